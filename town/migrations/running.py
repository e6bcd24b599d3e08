"""Brings every schema of a database to the newest revision: all of them, or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from chassis.postgres_database import REVISION, postgres_engine
from chassis.store_errors import UnusableDatabase
from gateway.dbos_carrier import prepare
from town.layout import NAMES

# The newest revision: services that start ask for the same, and a test compares.
HEAD = REVISION
_FOLDER = Path(__file__).resolve().parent
# "MLK1", as in the header of the SQLite files: no other program takes this lock by accident.
_LOCK = 0x4D4C4B31


@dataclass(frozen=True)
class Moved:
    """One schema, and the revision it had before; None when it was not there."""

    schema: str
    before: str | None
    after: str


def expected_revision() -> str:
    """What `alembic_version` must say in the schema of a service that this program may use."""
    return HEAD


def migrate(url: str) -> list[Moved]:
    """Make what is missing, in one transaction. Run twice it does nothing; two at once wait in line."""
    engine = postgres_engine(url, "public")
    try:
        with _explained(), engine.begin() as connection:
            # The lock is waited for; tables that a service holds are not waited for without end.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            connection.execute(text("SET LOCAL lock_timeout = '30s'"))
            moved = [_move(connection, name) for name in NAMES]
        # The engine that carries errands makes tables of its own, and waits for open transactions to do it:
        # so nobody waits here in line. Whoever comes while another is at it leaves it to that one.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK + 1}).scalar_one():
                prepare(url)
        return moved
    finally:
        engine.dispose()


def _move(connection: Connection, service: str) -> Moved:
    from alembic import command
    from alembic.migration import MigrationContext

    connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{service}"'))
    connection.execute(text(f'SET LOCAL search_path TO "{service}"'))
    before = MigrationContext.configure(connection).get_current_revision()
    if before != HEAD:
        command.upgrade(_config(connection, service), "head")
    return Moved(service, before, HEAD)


def _config(connection: Connection, service: str) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, service=service)
    return config


@contextmanager
def _explained() -> Iterator[None]:
    from alembic.util import CommandError

    try:
        yield
    except CommandError as error:
        raise UnusableDatabase(
            f"Cơ sở dữ liệu thuộc phiên bản mới hơn chương trình này: {error}",
            f"The database is of a newer version than this program: {error}",
        ) from error
    except DBAPIError as error:
        raise UnusableDatabase(
            f"Không tạo được bảng, chưa có gì thay đổi: {error.orig}",
            f"The tables could not be made, and nothing was changed: {error.orig}",
        ) from error
