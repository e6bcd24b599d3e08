"""What whoever watches a process asks it."""

from chassis.metrics import PATH as METRICS

# Never refused, and no work.
WATCHING = ("/health", METRICS)
