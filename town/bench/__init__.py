"""Speed, measured with what it is held against in the same run: a bare loop, and a durable engine."""
