"""The tables in PostgreSQL: one schema for each service, made and changed by Alembic, by one command.

A change of a table is a new revision in `versions/`, written by hand: `tests/town/test_migrations.py` shows
what is missing. There is no way back: a copy of the data is.
"""
