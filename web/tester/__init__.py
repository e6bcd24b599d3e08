"""The tester's page: the library of stories, plays as they go on, what differs, and agencies in trouble."""
