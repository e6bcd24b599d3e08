"""The officer's desk of each agency: what waits, by due time, and a decision on one application."""
