"""Charts as pure functions from data to SVG, each with a title, a description and a table twin."""
