"""Fixtures with a real PostgreSQL: one server for all tests that run at once, a database for each of them.

`TEST_DATABASE_URL` names a server that is there (its role must be allowed to make databases). Without it the
first test that needs one starts one (tests/databases.py).
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import IO, TYPE_CHECKING

import pytest

from tests.databases import SESSION, alone, drop_template, fresh_database

if TYPE_CHECKING:
    from town.torture.postgres_server import PostgresServer

_held: list[tuple[Path, IO[str]]] = []


def pytest_configure(config: pytest.Config) -> None:
    """The process that people started opens a folder that all its workers share."""
    if os.name == "posix" and not hasattr(config, "workerinput"):
        import fcntl

        folder = Path(mkdtemp(prefix="town-tests-"))
        os.environ[SESSION] = str(folder)
        alive = (folder / "alive").open("w")
        fcntl.flock(alive, fcntl.LOCK_EX)
        _held.append((folder, alive))


def pytest_unconfigure() -> None:
    """At the end, after Ctrl-C too: the server ends; on somebody's own server nothing of ours is left."""
    while _held:
        folder, alive = _held.pop()
        drop_template()
        alive.close()
        with suppress(FileNotFoundError), alone("keeper"):
            pass  # the server has ended
        rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def posix() -> None:
    """The servers of the tests are started with the means of POSIX."""
    if os.name != "posix":
        pytest.skip("PostgreSQL is started on POSIX systems only")


@pytest.fixture
def empty_database(posix: None) -> Iterator[str]:
    """The URL of a database of its own without any table."""
    with fresh_database(migrated=False) as url:
        yield url


@pytest.fixture
def database(posix: None) -> Iterator[str]:
    """The URL of a database of its own with the tables of every service."""
    with fresh_database() as url:
        yield url


@pytest.fixture
def private_postgres(posix: None) -> "Iterator[PostgresServer]":
    """A running server of its own, to be killed and started again. Making one takes two seconds."""
    from town.torture.postgres_server import PostgresServer

    with PostgresServer() as server:
        yield server
