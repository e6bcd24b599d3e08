"""Rows that are found, and written, by prepared statements behave as if the session had done it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import JSON, Field, Session, SQLModel, col, func

from chassis.prepared import Prepared
from chassis.rows import Rows, enter, get, get_one, value, write
from chassis.storage import Store, open_store
from tests.unit.club import TennisMatch, TennisMember


class Player(SQLModel, table=True):
    club: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    name: str
    here: bool = True
    scores: list[int] = Field(default_factory=list, sa_type=JSON)


OF_CLUB = Rows(Player, col(Player.club) == bindparam("club"), order_by=[col(Player.number)])


@pytest.fixture
def store() -> Iterator[Store]:
    made = open_store(None, [Player])
    with made.session() as session:
        for number in (2, 1):
            session.add(Player(club="a", number=number, name=f"p{number}", scores=[number]))
    yield made
    made.close()


def test_what_is_found_has_its_values_and_is_in_order(store: Store) -> None:
    with store.session() as session:
        found = OF_CLUB.all(session, club="a")
        assert [(each.number, each.name, each.here, each.scores) for each in found] == [
            (1, "p1", True, [1]),
            (2, "p2", True, [2]),
        ]
        assert OF_CLUB.first(session, club="b") is None
        assert get(session, Player, "a", 3) is None
        assert found[0].model_dump()["name"] == "p1"


def test_what_is_changed_on_it_is_written_and_nothing_else(store: Store) -> None:
    with store.session() as session:
        player = get(session, Player, "a", 1)
        assert player is not None
        assert not session.dirty
        player.name = "q"
        player.scores = [*player.scores, 9]
    with store.session() as session:
        again = get(session, Player, "a", 1)
        assert again is not None
        assert (again.name, again.scores) == ("q", [1, 9])


def test_it_is_the_object_that_the_session_has_already(store: Store) -> None:
    with store.session() as session:
        first = session.get(Player, ("a", 1))
        assert get(session, Player, "a", 1) is first
        assert OF_CLUB.first(session, club="a") is first
    with store.session() as session:
        mine = get(session, Player, "a", 1)
        assert session.get(Player, ("a", 1)) is mine


def test_what_the_session_has_still_to_write_is_found(store: Store) -> None:
    with store.session() as session:
        session.add(Player(club="b", number=7, name="new"))
        found = get(session, Player, "b", 7)
        assert found is not None
        found.name = "newer"
        (same,) = OF_CLUB.all(session, club="b")
        assert same.name == "newer"
        session.delete(same)
        assert get(session, Player, "b", 7) is None


def change_and_fail(store: Store) -> None:
    with store.session() as session:
        player = get(session, Player, "a", 1)
        assert player is not None
        player.name = "never"
        session.flush()
        raise ZeroDivisionError


def test_what_was_undone_is_not_found_in_the_next_piece(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        change_and_fail(store)
    with store.session() as session:
        again = get(session, Player, "a", 1)
        assert again is not None
        assert again.name == "p1"


def told(session: Session) -> list[str]:
    """The names in club b, past the session."""
    rows = session.connection().exec_driver_sql("SELECT name FROM player WHERE club = 'b'")
    return [row[0] for row in rows]


def test_what_is_new_is_known_once_it_is_written_and_what_is_changed_on_it_is_written_too(
    store: Store,
) -> None:
    with store.session() as session:
        new = Player(club="b", number=1, name="new")
        session.add(new)
        write(session)
        assert not session.new
        assert get(session, Player, "b", 1) is new
        new.name = "newer"
        write(session)
        assert not session.dirty
        assert told(session) == ["newer"]
        new.scores = [5]
    with store.session() as session:
        assert get_one(session, Player, "b", 1).model_dump() == {
            "club": "b",
            "number": 1,
            "name": "newer",
            "here": True,
            "scores": [5],
        }


def test_only_what_was_changed_is_written(store: Store) -> None:
    with store.session() as session:
        player = get_one(session, Player, "a", 1)
        player.scores = [3]
        player.here = True
        session.connection().execute(update(Player).values(name="by another hand", here=False))
    with store.session() as session:
        player = get_one(session, Player, "a", 1)
        assert (player.name, player.here, player.scores) == ("by another hand", False, [3])


def test_a_row_that_is_not_there_any_more_cannot_be_changed(store: Store) -> None:
    def change() -> None:
        with store.session() as session:
            get_one(session, Player, "a", 1).name = "nobody"
            session.connection().execute(delete(Player).where(col(Player.number) == 1))

    with pytest.raises(StaleDataError, match="0 rows of Player"):
        change()
    with store.session() as session:
        assert get_one(session, Player, "a", 1).name == "p1"


def test_what_the_table_refuses_is_told_without_its_values(store: Store) -> None:
    with pytest.raises(IntegrityError) as refused, store.session() as session:
        session.add(Player(club="a", number=1, name="a secret"))
    assert "secret" not in str(refused.value)
    with store.session() as session:
        assert get_one(session, Player, "a", 1).name == "p1"


def test_many_rows_at_once_and_one_value_after_what_is_still_to_be_written(store: Store) -> None:
    last = Prepared(select(func.max(col(Player.number))).where(col(Player.club) == bindparam("club")))
    rows: list[dict[str, Any]] = [
        {"club": "c", "number": number, "name": "", "here": False, "scores": []} for number in (1, 2, 3)
    ]
    with store.session() as session:
        enter(session, Player, rows)
        enter(session, Player, [])
        assert value(session, last, club="c") == 3
        session.add(Player(club="c", number=9, name="new"))
        assert value(session, last, club="c") == 9
        assert value(session, last, club="nobody's") is None
        with pytest.raises(LookupError, match="Player"):
            get_one(session, Player, "c", 4)


def test_a_number_that_the_database_gives_is_left_to_the_orm() -> None:
    made = open_store(None, [TennisMember, TennisMatch])
    with made.session() as session:
        session.add(TennisMember(name="An"))
    with made.session() as session:
        match = TennisMatch(member="An")
        session.add(match)
        write(session)
        assert match.id == 1
    made.close()
