"""The national year by other people's simulators: the same flows, the same draws, the same answers."""
