"""The store of a service: what a transaction keeps, and files that cannot be used."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from chassis.storage import Store, UnusableFile, open_store
from tests.unit.club import TennisMatch, TennisMember


def names(store: Store) -> list[str]:
    with store.session() as session:
        return list(session.exec(select(TennisMember.name)))


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store) -> None:
    with store.session() as session:
        session.add(TennisMember(name="An"))
    with suppress(LookupError), store.session() as session:
        session.add(TennisMember(name="Bình"))
        session.flush()
        raise LookupError
    with suppress(LookupError), store.connection() as connection:
        connection.execute(insert(TennisMember).values(name="Chi"))
        raise LookupError
    with store.connection() as connection:
        connection.execute(insert(TennisMember).values(name="Dung"))
    assert names(store) == ["An", "Dung"]


def test_what_was_read_can_be_used_after_the_transaction(store: Store) -> None:
    with store.session() as session:
        member = TennisMember(name="An")
        session.add(member)
    assert member.name == "An"


def test_a_second_transaction_inside_the_first_is_refused(store: Store) -> None:
    with store.connection():
        with pytest.raises(RuntimeError, match="await nothing"), store.session():
            pass
        with pytest.raises(RuntimeError, match="await nothing"):
            store.check()
    store.check()


def test_the_database_keeps_what_it_promises(store: Store) -> None:
    with pytest.raises(IntegrityError), store.session() as session:
        session.add(TennisMatch(member="nobody"))
    with store.connection() as connection:
        pragma = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("synchronous", "foreign_keys", "busy_timeout", "trusted_schema", "journal_mode")
        }
    journal = pragma.pop("journal_mode")
    assert journal in ("wal", "memory")
    assert pragma == {"synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "trusted_schema": 0}


def test_two_stores_in_memory_share_nothing_and_hold_only_their_tables() -> None:
    first, second = open_store(None, [TennisMember]), open_store(None, [TennisMember])
    with first.session() as session:
        session.add(TennisMember(name="An"))
    assert names(second) == []
    with first.connection() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).scalars()
        assert list(tables) == ["tennismember"]
    first.close()
    second.close()


def test_a_file_is_found_again_as_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "club.db"
    for expected in ([], ["An"]):
        store = open_store(path, [TennisMember])
        assert names(store) == expected
        if not expected:
            with store.session() as session:
                session.add(TennisMember(name="An"))
        store.close()


def test_the_write_lock_is_taken_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "club.db"
    store = open_store(path, [TennisMember])
    other = sqlite3.connect(path, timeout=0)
    try:
        with store.connection(), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    finally:
        other.close()
        store.close()


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (a)")
    connection.close()


def older(path: Path) -> None:
    open_store(path, [TennisMember]).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE tennismember")
        connection.execute("CREATE TABLE tennismember (nickname TEXT)")
    connection.close()


def half_written(path: Path) -> None:
    store = open_store(path, [TennisMember])
    with store.session() as session:
        session.add_all(TennisMember(name=f"{number:0400}") for number in range(400))
    store.close()
    path.write_bytes(path.read_bytes()[:30_000])


def garbled(path: Path) -> None:
    half_written(path)
    path.write_bytes(path.read_bytes()[:16] + b"\xff" * 8000)


BROKEN_FILES: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_text("Xin chào, đây là thư của tôi."), "not an SQLite file"),
    (lambda path: path.mkdir(), "folder"),
    (foreign, "another program"),
    (older, "tennismember.name"),
    (half_written, ""),
    (garbled, ""),
]


@pytest.mark.parametrize(
    ("spoil", "said"), BROKEN_FILES, ids=["letter", "folder", "foreign", "older", "half", "garbled"]
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    path = tmp_path / "club.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(UnusableFile) as caught:
        open_store(path, [TennisMember])
    assert str(path) in caught.value.detail_vi
    assert "restore a copy" in caught.value.detail_en
    assert said in caught.value.detail_en
    assert "\n" not in caught.value.detail_en
    assert (path.read_bytes() if path.is_file() else b"") == before
