"""What the town bears: real databases and processes, ended at bad moments on purpose."""
