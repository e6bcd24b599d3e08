"""Stories: one file each, played through the gateway's HTTP API and a clock, and nothing else."""
