"""Statements of the hot path, compiled once for each kind of store and then told to the driver as they are.

SQLAlchemy writes them, from the same tables as everything else, and its types still translate values. Telling
one costs little more than the driver takes; what that saves is in docs/decisions/0013.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, SelectBase, Update, bindparam
from sqlalchemy.types import TypeEngine

Statement = Select[Any] | SelectBase | Insert | Update | Delete
Translate = Callable[[Any], Any] | None


@dataclass(frozen=True)
class _Compiled:
    text: str
    names: Sequence[str] | None
    """The order of the values, where they stand by position."""
    fixed: dict[str, Any]
    """Values that stand in the statement itself: how many rows, and the like."""
    sent: dict[str, Translate]
    columns: Sequence[str]
    received: Sequence[tuple[int, Callable[[Any], Any]]]


def matching(*columns: Any) -> list[Any]:
    """Conditions: each of these columns has the value of its own name."""
    return [column == bindparam(column.key) for column in columns]


class Prepared:
    """One statement whose values are all named by ``bindparam``. Rows are tuples, or dicts by column."""

    def __init__(self, statement: Statement, columns: Iterable[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        compiled, cursor = self._told(connection, values)
        row = cursor.fetchone()
        return None if row is None else _translated(compiled, row)

    def one(self, connection: Connection, **values: Any) -> Any:
        """The only value of the only row."""
        row = self.first(connection, **values)
        assert row is not None
        return row[0]

    def all(self, connection: Connection, **values: Any) -> list[dict[str, Any]]:
        """Every row, by the names of its columns."""
        compiled, cursor = self._told(connection, values)
        return [
            dict(zip(compiled.columns, _translated(compiled, row), strict=True)) for row in cursor.fetchall()
        ]

    def run(self, connection: Connection, **values: Any) -> int:
        """How many rows it changed."""
        return int(self._told(connection, values)[1].rowcount)

    def run_many(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """The same with the values of each row."""
        if not rows:
            return
        if len(rows) == 1:  # the drivers make more of several
            self._told(connection, rows[0])
            return
        compiled = self._on(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.executemany(compiled.text, [_values(compiled, row) for row in rows])

    def _told(self, connection: Connection, values: dict[str, Any]) -> tuple[_Compiled, Any]:
        compiled = self._on(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(compiled.text, _values(compiled, values))
        return compiled, cursor

    def _on(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = self._compile(dialect)
        return found

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        binds = {compiled.bind_names[bind]: bind for bind in compiled.bind_names}
        chosen = self._statement.selected_columns if isinstance(self._statement, Select) else ()
        back = [_type(column.type, dialect).result_processor(dialect, None) for column in chosen]
        return _Compiled(
            text=str(compiled),
            names=compiled.positiontup,
            fixed={name: bind.value for name, bind in binds.items() if not bind.required},
            sent={name: _type(bind.type, dialect).bind_processor(dialect) for name, bind in binds.items()},
            columns=[str(column.key) for column in chosen],
            received=[(at, translate) for at, translate in enumerate(back) if translate is not None],
        )


def _type(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


def _values(compiled: _Compiled, values: dict[str, Any]) -> Any:
    ready = {}
    for name, translate in compiled.sent.items():
        value = values[name] if name in values else compiled.fixed[name]
        ready[name] = value if translate is None else translate(value)
    return ready if compiled.names is None else [ready[name] for name in compiled.names]


def _translated(compiled: _Compiled, row: tuple[Any, ...]) -> tuple[Any, ...]:
    if not compiled.received:
        return row
    changed = list(row)
    for at, translate in compiled.received:
        changed[at] = translate(changed[at])
    return tuple(changed)
