"""apsw behind the interface of sqlite3 that the store expects: its SQLite works on disks that are made up.

Only what SQLAlchemy and the store ask for. Errors are those of sqlite3, with the codes that it would give.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import apsw

from town.torture.crash_vfs import Disk

Values = Sequence[Any] | Mapping[str, Any]

_KINDS: dict[int, type[sqlite3.DatabaseError]] = {
    apsw.SQLITE_CONSTRAINT: sqlite3.IntegrityError,
    apsw.SQLITE_MISMATCH: sqlite3.IntegrityError,
    apsw.SQLITE_CORRUPT: sqlite3.DatabaseError,
    apsw.SQLITE_NOTADB: sqlite3.DatabaseError,
    apsw.SQLITE_TOOBIG: sqlite3.DataError,
}


@contextmanager
def _errors_of_sqlite3() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        raise _as_sqlite3(error) from error
    except UnicodeDecodeError as error:
        raise sqlite3.OperationalError(str(error)) from error


def _as_sqlite3(error: apsw.Error) -> sqlite3.Error:
    code = getattr(error, "extendedresult", -1)
    if code < 0:
        return sqlite3.ProgrammingError(str(error))  # apsw's own: a closed cursor, a wrong number of values
    told = _KINDS.get(code & 0xFF, sqlite3.OperationalError)(str(error))
    told.sqlite_errorcode = code
    return told


class _Columns:
    """What a statement's rows are made of, asked before it runs: apsw forgets it when there is no row.

    An object of its own, since a cursor that its own trace holds would be let go by the garbage collector:
    at some time or other, with a statement that is still open, and so no seed would give the same twice.
    """

    found: Any = None

    def ask(self, cursor: apsw.Cursor, _statement: str, _values: Any) -> bool:
        self.found = tuple((name, *[None] * 6) for name, _ in cursor.get_description()) or None
        return True


class Cursor:
    """The rows of one statement at a time."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._inner = connection.inner.cursor()
        self._columns = _Columns()
        self._inner.exec_trace = self._columns.ask
        self.arraysize = 1
        self.rowcount = -1

    @property
    def description(self) -> Any:
        return self._columns.found

    def execute(self, statement: str, values: Values = ()) -> "Cursor":
        self._columns.found, self.rowcount = None, -1
        with _errors_of_sqlite3():
            self._inner.execute(statement, values)
        if self.description is None:
            self.rowcount = self._connection.inner.changes()
        return self

    def executemany(self, statement: str, many: Iterable[Values]) -> "Cursor":
        changed = 0
        for values in many:
            changed += max(self.execute(statement, values).rowcount, 0)
        self.rowcount = changed
        return self

    @property
    def lastrowid(self) -> int:
        return self._connection.inner.last_insert_rowid()

    def fetchone(self) -> Any:
        with _errors_of_sqlite3():
            return self._inner.fetchone()

    def fetchmany(self, size: int = 0) -> list[Any]:
        found = (self.fetchone() for _ in range(size or self.arraysize))
        return [row for row in found if row is not None]

    def fetchall(self) -> list[Any]:
        with _errors_of_sqlite3():
            return list(self._inner.fetchall())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())

    def close(self) -> None:
        with suppress(apsw.Error):
            self._inner.close(True)


class Connection:
    """One connection to one file of a disk."""

    def __init__(self, path: str, disk: Disk, checkpoint_pages: int = 1000, cache_pages: int = 2000) -> None:
        self.isolation_level: str | None = None  # nothing begins by itself, whatever is set here
        with _errors_of_sqlite3():
            self.inner = apsw.Connection(path, vfs=disk.name)
            disk.opened.append(self.inner)
            self.inner.set_wal_hook(_checkpoints(checkpoint_pages))
            # A disk that is made up has no memory that processes share.
            self.inner.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
            self.inner.execute(f"PRAGMA cache_size={cache_pages}").fetchall()

    @property
    def in_transaction(self) -> bool:
        return self.inner.in_transaction

    def cursor(self) -> Cursor:
        return Cursor(self)

    def execute(self, statement: str, values: Values = ()) -> Cursor:
        return self.cursor().execute(statement, values)

    def commit(self) -> None:
        """Nothing: the store itself begins and ends transactions."""

    def rollback(self) -> None:
        """Nothing."""

    def close(self) -> None:
        with suppress(apsw.Error):
            self.inner.close(True)

    def create_function(
        self, name: str, arguments: int, function: Callable[..., Any], *, deterministic: bool = False
    ) -> None:
        self.inner.create_scalar_function(name, function, arguments, deterministic=deterministic)


def _checkpoints(limit: int) -> Callable[[apsw.Connection, str, int], int]:
    """What SQLite does by itself after a commit: who commits is not told of a checkpoint that failed."""

    def after_commit(connection: apsw.Connection, name: str, pages: int) -> int:
        if pages >= limit:
            with suppress(apsw.Error):  # apsw would tell
                connection.wal_checkpoint(name)
        return apsw.SQLITE_OK

    return after_commit
