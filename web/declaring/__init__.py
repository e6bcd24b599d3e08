"""Declaring: the citizen types once, topic by topic; nothing here knows which life event it is."""
