"""Rows of the hot path as objects of a session, without the ORM's way of finding them.

What is found is as if the session had found it: it is known there, and what is changed on it is written at
the next flush. Only the finding is ours, because it costs a fourth (docs/decisions/0013).
"""

from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Mapper, make_transient_to_detached
from sqlmodel import Session, SQLModel

from chassis.prepared import Prepared

Row = TypeVar("Row", bound=SQLModel)


class Rows(Generic[Row]):
    """The rows of a table that meet conditions, whose values are all named by ``bindparam``."""

    def __init__(self, model: type[Row], *conditions: Any, order_by: Any = ()) -> None:
        self._model = model
        self._mapper: Mapper[Row] = inspect(model)
        table = self._mapper.local_table
        self._keys = [str(column.key) for column in self._mapper.primary_key]
        self._wanted = Prepared(select(table).where(*conditions).order_by(*order_by))

    def all(self, session: Session, **values: Any) -> list[Row]:
        """Every row, after what the session has still to write."""
        if session.new or session.dirty or session.deleted:
            session.flush()
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
    by_key, names = _by_key(model)
    found: Row | None = by_key.first(session, **dict(zip(names, key, strict=True)))
    return found


@lru_cache
def _by_key(model: type[Any]) -> tuple[Rows[Any], list[str]]:
    columns = inspect(model).primary_key
    names = [f"key_{column.key}" for column in columns]
    conditions = [column == bindparam(name) for column, name in zip(columns, names, strict=True)]
    return Rows(model, *conditions), names
