"""What Alembic runs for each schema; town/migrations/running.py hands it the connection and the service."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"])
with context.begin_transaction():
    context.run_migrations(service=given["service"])
