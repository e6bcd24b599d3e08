"""Rows that are found by a prepared statement behave as if the session had found them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import bindparam
from sqlmodel import JSON, Field, SQLModel, col

from chassis.rows import Rows, get
from chassis.storage import Store, open_store


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
