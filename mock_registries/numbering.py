"""Numbers within a run: the next one that is free, and how many rows there are."""

from functools import lru_cache
from typing import Any

from sqlalchemy import func, inspect, select
from sqlmodel import Session, SQLModel

from chassis.prepared import Prepared, matching
from chassis.rows import value


class Numbering:
    """Numbers of one column, from 1, among the rows that agree in other columns."""

    def __init__(self, column: Any, *among: Any) -> None:
        self._last = Prepared(select(func.max(column)).where(*matching(*among)))

    def next(self, session: Session, **among: Any) -> int:
        """The number after the greatest that is used."""
        return int(value(session, self._last, **among) or 0) + 1


def count(session: Session, table: type[SQLModel], run_id: str) -> int:
    """How many rows of a run a table has."""
    return int(value(session, _counting(table), run_id=run_id))


@lru_cache
def _counting(table: type[Any]) -> Prepared:
    columns = inspect(table).local_table.c
    return Prepared(select(func.count()).where(*matching(columns.run_id)))
