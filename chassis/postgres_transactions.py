"""Transactions on PostgreSQL that begin when there is something to undo, and are ended in few words.

Each word to the server is a way there and back, and four in ten were BEGIN, COMMIT, SAVEPOINT and RELEASE,
half of them around nothing but reading. So they are said when something is about to be written, several in
one breath, and past psycopg's cursors. Reading sees the same with or without them: what was committed when
the statement began (READ COMMITTED), and what this connection wrote.
"""

from typing import Any

import psycopg
from psycopg import errors
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

_BEGIN, _COMMIT, _MARK = "BEGIN", "COMMIT", "SAVEPOINT piece"
_FORGET, _BACK = "RELEASE SAVEPOINT piece", "ROLLBACK TO SAVEPOINT piece"
_WELL = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


class OurConnection(psycopg.Connection[Any]):
    """In autocommit; ``tell`` is the only way to begin and end anything."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.cursor_factory = OurCursor
        self._to_say: list[str] = []
        self._is_marked = False

    def commit(self) -> None:
        """Nothing: SQLAlchemy's idea of a transaction."""

    def rollback(self) -> None:
        """Nothing."""

    def tell(self, statement: str) -> None:
        """Begin, mark, forget, go back, keep or undo: at once, later with what is written, or never."""
        if statement in (_BEGIN, _MARK):
            self._to_say.append(statement)
        elif statement == _FORGET:
            self._require_sound()
            if _MARK in self._to_say:
                self._to_say.remove(_MARK)
        elif _BEGIN in self._to_say:
            if statement != _BACK:  # COMMIT or ROLLBACK of nothing
                self._to_say.clear()
        elif statement == _BACK and _MARK in self._to_say:
            self._require_whole()
        else:
            self._end(statement)

    def before(self, query: Any) -> None:
        """A statement is about to be told: if it may change something, what must stand before it is said."""
        if not self._to_say or _only_reads(query):
            return
        # A mark that was forgotten still stands there: one of a name is enough.
        words = [f"{_FORGET};{word}" if word == _MARK and self._is_marked else word for word in self._to_say]
        self._is_marked = self._is_marked or _MARK in self._to_say
        self._to_say.clear()
        self._say(";".join(words))

    def _end(self, statement: str) -> None:
        if statement != _BACK:
            self._to_say.clear()
            self._is_marked = False
        told = self._say(statement)
        if statement == _COMMIT and told != _COMMIT.encode():
            raise psycopg.OperationalError("nothing was kept: a statement had failed, and nobody went back")

    def _require_sound(self) -> None:
        if self.pgconn.transaction_status == TransactionStatus.INERROR:
            raise errors.InFailedSqlTransaction("a statement failed, and nobody went back")

    def _require_whole(self) -> None:
        """Reading failed after others had written: nothing of it can be undone alone."""
        if self.pgconn.transaction_status == TransactionStatus.INERROR:
            self.close()
            raise psycopg.OperationalError("a statement that reads failed, and all with it")

    def _say(self, words: str) -> bytes | None:
        told = self.pgconn.exec_(words.encode())
        if told.status in _WELL:
            return told.command_status
        if self.pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError(self.pgconn.get_error_message())
        raise errors.error_from_result(told)


class OurCursor(psycopg.Cursor[Any]):
    """Says what must stand before a statement."""

    def execute(self, query: Any, *arguments: Any, **more: Any) -> "OurCursor":
        self.connection.before(query)  # type: ignore[attr-defined]
        super().execute(query, *arguments, **more)
        return self

    def executemany(self, query: Any, *arguments: Any, **more: Any) -> None:
        self.connection.before(query)  # type: ignore[attr-defined]
        super().executemany(query, *arguments, **more)


def _only_reads(query: Any) -> bool:
    return isinstance(query, str) and query.startswith("SELECT ") and " FOR " not in query
