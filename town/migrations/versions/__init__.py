"""The revisions, in order. Each is applied to the schema of every service, which it is told by name."""
