"""One command makes exactly the tables that the services use, however often and by however many it is run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, inspect, text
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from chassis.postgres_database import database_url
from chassis.storage import open_store
from chassis.store_errors import UnusableDatabase
from gateway.tables import TABLES
from tests.architecture.house import ROOT
from town.layout import NAMES, in_memory
from town.migrations.running import Moved, expected_revision, migrate

FRESH = [Moved(name, None, expected_revision()) for name in NAMES]
DONE = [Moved(name, expected_revision(), expected_revision()) for name in NAMES]
_CATALOGUE = text(
    """
    SELECT table_name || '.' || column_name AS what, concat_ws(' ', ordinal_position, data_type, is_nullable,
        column_default, is_identity) AS how FROM information_schema.columns WHERE table_schema = :schema
    UNION ALL
    SELECT conname, conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = to_regnamespace(:schema)
    UNION ALL
    SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = :schema
    """
)


@pytest.fixture(scope="module")
def tables() -> dict[str, MetaData]:
    """The tables that each service opens its store with."""
    _, apps = in_memory()
    return {name: _tables_of(app.state.store) for name, app in apps.items()}


def _tables_of(store: object) -> MetaData:
    metadata = MetaData()
    with store.connection() as connection:  # type: ignore[attr-defined]
        for name in inspect(connection).get_table_names():
            SQLModel.metadata.tables[name].to_metadata(metadata)
    return metadata


@contextmanager
def connected(url: str, schema: str = "public") -> Iterator[Connection]:
    engine = create_engine(database_url(url), poolclass=NullPool)
    with engine.connect() as connection, connection.begin():
        connection.execute(text(f'SET LOCAL search_path TO "{schema}"'))
        yield connection


def catalogue(url: str, schema: str) -> dict[str, str]:
    """Everything that PostgreSQL knows about the tables of a schema, the table of revisions apart."""
    with connected(url, schema) as connection:
        rows = connection.execute(_CATALOGUE, {"schema": schema}).all()
    return {row.what: row.how for row in rows if not row.what.startswith("alembic_version")}


def schemas(url: str) -> set[str]:
    with connected(url) as connection:
        return set(inspect(connection).get_schema_names()) - {"information_schema", "public"}


@pytest.mark.parametrize("name", NAMES)
def test_alembic_sees_no_difference(name: str, database: str, tables: dict[str, MetaData]) -> None:
    with connected(database, name) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, tables[name]) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_what_the_tables_themselves_would_make(
    name: str, database: str, empty_database: str, tables: dict[str, MetaData]
) -> None:
    with connected(empty_database, name) as connection:
        connection.execute(text(f'CREATE SCHEMA "{name}"'))
        tables[name].create_all(connection)
    assert len(catalogue(database, name)) > 5
    assert catalogue(database, name) == catalogue(empty_database, name)


def test_run_again_it_does_nothing(empty_database: str) -> None:
    assert migrate(empty_database) == FRESH
    assert migrate(empty_database) == DONE
    assert schemas(empty_database) == {*NAMES, "dbos"}


def test_of_several_at_once_one_does_it(empty_database: str) -> None:
    with ThreadPoolExecutor(4) as several:
        told = list(several.map(migrate, [empty_database] * 4))
    assert told.count(FRESH) == 1
    assert told.count(DONE) == 3


def test_all_schemas_are_made_or_none(empty_database: str) -> None:
    last = NAMES[-2]  # of those that keep runs
    with connected(empty_database) as connection:
        connection.execute(text(f"CREATE SCHEMA {last} CREATE TABLE runrow (x integer)"))
    with pytest.raises(UnusableDatabase, match="nothing was changed"):
        migrate(empty_database)
    assert schemas(empty_database) == {last}


def test_a_newer_database_is_left_alone(database: str) -> None:
    with connected(database, "gateway") as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnusableDatabase, match="newer version"):
        migrate(database)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "of revision 9999"),
        ("DROP TABLE alembic_version", "not made by the command"),
    ],
)
def test_a_service_does_not_begin_on_tables_of_another_revision(
    database: str, change: str, said: str
) -> None:
    with connected(database, "gateway") as connection:
        connection.execute(text(change))
    with pytest.raises(UnusableDatabase, match=said):
        open_store(database, TABLES, schema="gateway")
    open_store(database, [], schema="health").close()


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
    return subprocess.run(
        [sys.executable, "-m", "town", "migrate", *arguments],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_what_it_did(empty_database: str) -> None:
    first = run(SANDBOX_DATABASE_URL=empty_database)
    assert (first.returncode, first.stdout) == (
        0,
        "".join(f"{name}: – → {expected_revision()}\n" for name in NAMES),
    )
    second = run("--database", empty_database)
    assert (second.returncode, second.stdout.count(f"is at {expected_revision()}")) == (0, len(NAMES))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "SANDBOX_DATABASE_URL"),
        (["--database", "mysql://town@127.0.0.1/town"], "postgresql://"),
        (["--database", "postgresql://town:dau-kin@127.0.0.1:1/town"], "127.0.0.1:1/town"),
    ],
)
def test_what_an_operator_can_put_right_is_one_line(arguments: list[str], said: str) -> None:
    ended = run(*arguments)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "dau-kin" not in ended.stderr


def test_services_expect_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "town" / "migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [expected_revision()]
