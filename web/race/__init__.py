"""The race: the same family on both paths, on one simulated clock."""
