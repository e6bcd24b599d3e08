"""A store on PostgreSQL whose server is killed: it says so, and is there again with the server."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from sqlalchemy import Integer, literal_column, select

from chassis.postgres_database import REVISION
from chassis.prepared import Prepared
from chassis.storage import Store, open_store
from chassis.store_errors import StoreGone
from town.torture.postgres_server import PostgresServer


@contextmanager
def opened(server: PostgresServer) -> Iterator[Store]:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES (%s)", [REVISION])
    with closing(open_store(server.url, [], schema="public")) as store:
        yield store


_ONE = Prepared(select(literal_column("1", Integer)))


@pytest.mark.parametrize("way", ["reading", "connection", "session"])
def test_a_server_that_was_killed_is_told_once_and_then_found_again(
    way: str, private_postgres: PostgresServer
) -> None:
    def look(store: Store) -> int:
        with getattr(store, way)() as found:
            return int(_ONE.one(found.connection() if way == "session" else found))

    with opened(private_postgres) as store:
        assert look(store) == 1
        private_postgres.kill()
        with pytest.raises(StoreGone):
            look(store)
        private_postgres.start()
        assert look(store) == 1
