"""The agency contract, put to any implementation that is reached by URL."""
