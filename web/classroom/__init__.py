"""The classroom: a class on the LAN, a run for each trainee, and a board where the trainer sees them all."""
