"""On PostgreSQL a transaction begins when something is written: what is said, kept and undone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chassis.postgres_database import REVISION
from chassis.storage import Store, open_store
from chassis.store_errors import StoreGone

MARKED, BACK = "SAVEPOINT piece", "ROLLBACK TO SAVEPOINT piece"
AGAIN = f"RELEASE {MARKED};{MARKED}"


@dataclass
class Desk:
    """A store with one table of books, and what it said of transactions since it was last asked."""

    store: Store
    url: str
    _heard: list[str] = field(default_factory=list)

    def listen(self) -> None:
        driver = self.store.link.driver
        say = driver._say

        def heard(words: str) -> Any:
            self._heard.append(words)
            return say(words)

        driver._say = heard

    def said(self) -> list[str]:
        words, self._heard[:] = list(self._heard), []
        return words

    def write(self, book: str) -> None:
        with self.store.connection() as connection:
            self.add(connection, book)

    def add(self, connection: Connection, book: str) -> None:
        connection.exec_driver_sql("INSERT INTO book VALUES (%s)", (book,))

    def think_better_of(self, book: str) -> None:
        with self.store.connection() as connection:
            if book:
                self.add(connection, book)
            raise LookupError

    def hide_a_failure(self, book: str) -> None:
        with self.store.connection() as connection:
            self.add(connection, book)
            with suppress(DBAPIError):
                connection.exec_driver_sql("SELECT 1 / 0")

    def read(self) -> list[str]:
        with self.store.connection() as connection:
            return [row[0] for row in connection.exec_driver_sql("SELECT name FROM book ORDER BY name")]

    def kept(self) -> list[str]:
        """What another connection sees."""
        with psycopg.connect(self.url) as other:
            return [row[0] for row in other.execute("SELECT name FROM book ORDER BY name")]


@asynccontextmanager
async def desk(url: str) -> AsyncIterator[Desk]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES (%s)", [REVISION])
        connection.execute("CREATE TABLE book (name text PRIMARY KEY)")
    store = open_store(url, [], schema="public")
    try:
        there = Desk(store, url)
        there.read()
        await store.durable()
        there.listen()
        yield there
    finally:
        store.close()


async def test_who_only_reads_says_nothing_and_sees_what_was_kept(empty_database: str) -> None:
    async with desk(empty_database) as there:
        assert (there.read(), there.read()) == ([], [])
        with psycopg.connect(there.url, autocommit=True) as other:
            other.execute("INSERT INTO book VALUES ('others')")
        assert there.read() == ["others"]
        await there.store.durable()
        assert there.said() == []


async def test_the_pieces_of_a_turn_are_one_transaction_marked_where_they_write(
    empty_database: str,
) -> None:
    async with desk(empty_database) as there:
        there.write("a")
        assert there.read() == ["a"], "what this connection wrote is seen"
        assert there.kept() == []
        there.write("b")
        there.read()
        there.write("c")
        await there.store.durable()
        assert there.said() == ["BEGIN", MARKED, AGAIN, "COMMIT"]
        assert there.kept() == ["a", "b", "c"]
        there.write("d")
        there.write("e")
        await there.store.durable()
        assert there.said() == ["BEGIN", MARKED, "COMMIT"], "what was marked before went with its transaction"
        assert there.kept() == ["a", "b", "c", "d", "e"]


async def test_who_writes_after_others_have_read_begins_and_marks_in_one_breath(empty_database: str) -> None:
    async with desk(empty_database) as there:
        there.read()
        there.write("a")
        await there.store.durable()
        there.write("b")
        await there.store.durable()
        assert there.said() == [f"BEGIN;{MARKED}", "COMMIT", "BEGIN", "COMMIT"]
        assert there.kept() == ["a", "b"]


@pytest.mark.parametrize("before", [[], ["a"], ["a", "b"]])
async def test_a_piece_that_ends_badly_is_undone_alone(before: list[str], empty_database: str) -> None:
    async with desk(empty_database) as there:
        for book in before:
            there.write(book)
        for undone in ("undone", ""):
            with pytest.raises(LookupError):
                there.think_better_of(undone)
            there.write(f"z{undone}")
        await there.store.durable()
        assert there.kept() == [*before, "z", "zundone"]
        assert there.store.failures == 0


async def test_what_the_server_refuses_is_undone_alone_and_may_be_sent_again(empty_database: str) -> None:
    async with desk(empty_database) as there:
        there.write("a")
        with pytest.raises(Exception, match="wrote at the same time"):
            there.write("a")
        there.write("b")
        await there.store.durable()
        assert there.said() == ["BEGIN", MARKED, BACK, AGAIN, "COMMIT"]
        assert there.kept() == ["a", "b"]


async def test_reading_that_fails_before_anything_is_written_hurts_nobody_else(empty_database: str) -> None:
    async with desk(empty_database) as there:
        with pytest.raises(DBAPIError), there.store.connection() as connection:
            connection.exec_driver_sql("SELECT 1 / 0")
        there.write("a")
        await there.store.durable()
        assert there.kept() == ["a"]


async def test_reading_that_fails_after_others_wrote_is_told_to_them_all(empty_database: str) -> None:
    """Nothing was marked for it, so nothing can be undone alone: nothing is kept, and everybody hears so."""
    async with desk(empty_database) as there:
        there.write("a")
        with pytest.raises(StoreGone), there.store.connection() as connection:
            connection.exec_driver_sql("SELECT 1 / 0")
        with pytest.raises(StoreGone):
            await there.store.durable()
        assert (there.kept(), there.store.failures) == ([], 1)
        there.write("b")
        await there.store.durable()
        assert there.kept() == ["b"], "on another connection"


async def test_who_comes_after_such_a_failure_in_the_same_turn_is_served(empty_database: str) -> None:
    async with desk(empty_database) as there:
        there.write("a")
        with pytest.raises(StoreGone), there.store.connection() as connection:
            connection.exec_driver_sql("SELECT 1 / 0")
        there.write("b")
        await there.store.durable()
        assert (there.kept(), there.store.failures) == (["b"], 1)


async def test_a_failure_that_a_piece_keeps_to_itself_is_undone_with_it(empty_database: str) -> None:
    async with desk(empty_database) as there:
        there.write("a")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            there.hide_a_failure("b")
        there.write("c")
        await there.store.durable()
        assert there.kept() == ["a", "c"]


async def test_a_failure_that_the_first_piece_keeps_to_itself_is_not_taken_for_success(
    empty_database: str,
) -> None:
    async with desk(empty_database) as there:
        there.hide_a_failure("a")
        with pytest.raises(StoreGone):
            await there.store.durable()
        there.write("b")
        await there.store.durable()
        assert there.kept() == ["b"]


async def test_whoever_locks_what_he_reads_is_no_mere_reader(empty_database: str) -> None:
    async with desk(empty_database) as there:
        with there.store.connection() as connection:
            connection.exec_driver_sql("SELECT name FROM book FOR UPDATE")
        await there.store.durable()
        assert there.said() == ["BEGIN", "COMMIT"]
