"""Rows of the hot path as objects of a session, without the ORM's ways of finding and of writing them.

What is found is as if the session had found it, and what is new or changed is written as its flush would:
only these two are ours, because they cost a fourth of what the ORM takes (docs/decisions/0013 and 0021).
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, bindparam, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper, make_transient, make_transient_to_detached
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel

from chassis.prepared import Prepared

Row = TypeVar("Row", bound=SQLModel)


class Rows(Generic[Row]):
    """The rows of a table that meet conditions, whose values are all named by ``bindparam``."""

    def __init__(self, model: type[Row], *conditions: Any, order_by: Any = ()) -> None:
        self._mapper: Mapper[Row] = inspect(model)
        table = self._mapper.local_table
        self._keys = [str(column.key) for column in self._mapper.primary_key]
        self._wanted = Prepared(select(table).where(*conditions).order_by(*order_by))

    def all(self, session: Session, **values: Any) -> list[Row]:
        """Every row, after what the session has still to write."""
        write(session)
        return [self._known(session, row) for row in self._wanted.all(session.connection(), **values)]

    def first(self, session: Session, **values: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self.all(session, **values)), None)

    def _known(self, session: Session, row: dict[str, Any]) -> Row:
        identity = self._mapper.identity_key_from_primary_key(tuple(row[key] for key in self._keys))
        known: Row | None = session.identity_map.get(identity)
        if known is not None:
            return known
        found: Row = self._mapper.class_manager.new_instance()
        found.__dict__.update(row)
        make_transient_to_detached(found)
        session.add(found)
        return found


def get(session: Session, model: type[Row], *key: Any) -> Row | None:
    """The row with this primary key, or None; as ``Session.get``."""
    found: Row | None = _by_key(model).first(session, **dict(zip(_key_names(model), key, strict=True)))
    return found


def get_one(session: Session, model: type[Row], *key: Any) -> Row:
    """The row with this primary key; LookupError when there is none."""
    found = get(session, model, *key)
    if found is None:
        raise LookupError(f"no {model.__name__} {key}")
    return found


def value(session: Session, wanted: Prepared, **values: Any) -> Any:
    """The only value of the only row, after what the session has still to write."""
    write(session)
    return wanted.one(session.connection(), **values)


def enter(session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Many rows at once, each with the same columns; no objects are made of them."""
    if rows:
        _insert(model, tuple(rows[0])).run_many(session.connection(), rows)


def write(session: Session, *, last: bool = False) -> None:
    """Write what is new or changed, as ``Session.flush``; ``last``: nothing more is done in the session.

    New rows are written a table at a time, in the order in which the first of each was added. A row that is
    to be deleted, or that the database is to number, is left to the ORM, with everything else.
    """
    changed = [each for each in session.dirty if _changes(each)]
    new = list(session.new)
    if session.deleted or any(None in _key(each) for each in new):
        session.flush()
        return
    if not changed and not new:
        return
    connection = session.connection()
    refused = connection.dialect.loaded_dbapi.Error
    try:
        for row in sorted(changed, key=_named):
            _write_changes(connection, row)
        for model, rows in _by_model(new):
            _insert(model, _columns(model)).run_many(connection, [row.__dict__ for row in rows])
    except refused as error:
        # As whoever uses a session expects it. What was to be written may tell of people: it is hidden.
        raise DBAPIError.instance(None, None, error, refused, hide_parameters=True) from error
    if not last:
        for row in (*changed, *new):  # the session knows them from here on as they were written
            session.expunge(row)
            make_transient(row)
            make_transient_to_detached(row)
            session.add(row)


def _write_changes(connection: Connection, row: SQLModel) -> None:
    changes = _changes(row)
    keys = dict(zip(_key_names(type(row)), _key(row), strict=True))
    written = _update(type(row), tuple(changes)).run(connection, **changes, **keys)
    if written != 1:
        raise StaleDataError(f"{written} rows of {type(row).__name__} were changed, not one")


def _key(row: SQLModel) -> tuple[Any, ...]:
    return tuple(inspect(type(row)).primary_key_from_instance(row))


def _changes(row: SQLModel) -> dict[str, Any]:
    """What is not as it was read. A primary key is never changed."""
    before, now = inspect(row).committed_state, row.__dict__
    return {name: now[name] for name, was in before.items() if now[name] != was}


def _named(row: SQLModel) -> tuple[str, str]:
    state = inspect(row)
    return state.mapper.local_table.name, str(state.identity)


def _by_model(rows: Iterable[SQLModel]) -> Iterable[tuple[type[SQLModel], list[SQLModel]]]:
    found: dict[type[SQLModel], list[SQLModel]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row)
    return found.items()


@lru_cache
def _by_key(model: type[Any]) -> Rows[Any]:
    return Rows(model, *_with_key(model))


@lru_cache
def _key_names(model: type[Any]) -> tuple[str, ...]:
    return tuple(f"key_{column.key}" for column in inspect(model).primary_key)


@lru_cache
def _columns(model: type[Any]) -> tuple[str, ...]:
    return tuple(str(column.key) for column in inspect(model).local_table.columns)


@lru_cache
def _insert(model: type[Any], columns: tuple[str, ...]) -> Prepared:
    return Prepared(insert(inspect(model).local_table), columns)


@lru_cache
def _update(model: type[Any], columns: tuple[str, ...]) -> Prepared:
    return Prepared(update(inspect(model).local_table).where(*_with_key(model)), columns)


def _with_key(model: type[Any]) -> list[Any]:
    return [column == bindparam(f"key_{column.key}") for column in inspect(model).primary_key]
