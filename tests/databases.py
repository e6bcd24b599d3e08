"""Databases on the PostgreSQL that the tests share: who starts it, and how each test gets its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.architecture.house import ROOT

# The folder that one run of the tests and all its workers share.
SESSION = "TOWN_TEST_SESSION"
_numbers = count(1)


@contextmanager
def fresh_database(*, migrated: bool = True) -> Iterator[str]:
    """A database that is there inside the block, for tests and fixtures of any scope."""
    admin = server_url()
    name = f"{_prefix()}_{os.getpid()}_{next(_numbers)}"
    make_database(admin, name, _template(admin) if migrated else "template0")
    try:
        yield at(admin, name)
    finally:
        drop_database(admin, name)


def server_url() -> str:
    """The URL of the server that the tests share; the first who asks starts it."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    told = _session() / "url"
    with alone("server"):
        if not told.exists():
            _start_keeper()
    return told.read_text(encoding="utf-8")


def at(url: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def make_database(admin: str, name: str, template: str = "template0") -> None:
    """A database that sorts by bytes, as the town demands."""
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    _tell(admin, made.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(admin: str, name: str) -> None:
    """Gone, whoever still uses it."""
    _tell(admin, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_template() -> None:
    """For somebody's own server, which goes on after the tests."""
    told = _session() / "template"
    if told.exists():
        drop_database(server_url(), told.read_text(encoding="utf-8"))


@contextmanager
def alone(what: str) -> Iterator[None]:
    """One of all workers at a time."""
    import fcntl

    with (_session() / f"{what}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _template(admin: str) -> str:
    """A database with the tables of every service, made once, of which the others are copies."""
    told = _session() / "template"
    with alone("template"):
        if not told.exists():
            from town.migrations.running import migrate

            name = f"{_prefix()}_template"
            make_database(admin, name)
            told.write_text(name, encoding="utf-8")
            migrate(at(admin, name))
    return told.read_text(encoding="utf-8")


def _start_keeper() -> None:
    # In a session of its own: after Ctrl-C it still has to end the server.
    command = [sys.executable, "-m", "tests.postgres_keeper", str(_session())]
    keeper = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert keeper.stdout is not None
    assert keeper.stderr is not None
    with keeper.stdout, keeper.stderr:
        assert keeper.stdout.readline() == "ready\n", keeper.stderr.read()
    keeper.returncode = 0  # it outlives this process on purpose: nobody here will ask how it ended


def _tell(admin: str, statement: sql.Composed) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(statement)


def _session() -> Path:
    return Path(os.environ[SESSION])


def _prefix() -> str:
    """Nobody else's databases have such names, should the server be somebody's."""
    return _session().name.replace("-", "_")
