"""The pages: the citizen types once, and everybody sees what happened. README.md says how to add one."""
