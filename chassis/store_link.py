"""The one connection of a store, and what is said on it about transactions.

Transactions are begun and ended here and nowhere else, straight at the driver: said through SQLAlchemy they
were a third of all statements. Its own idea of them goes nowhere (chassis/sqlite_file.py and
chassis/postgres_transactions.py, where they begin when something is written).
"""

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from chassis.store_errors import of_driver


class Link:
    """Connects when it is first asked. ``shared``: other processes may keep the same tables."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.shared = engine.dialect.name != "sqlite"
        self._connection: Connection | None = None
        self._session: Session | None = None
        self._begin, self._telling = ("BEGIN", "tell") if self.shared else ("BEGIN IMMEDIATE", "execute")
        self._changes = 0

    @property
    def connection(self) -> Connection:
        """The connection, opened if need be."""
        if self._connection is None:
            self._connection = self.engine.connect()
        return self._connection

    @property
    def session(self) -> Session:
        """The session on it: one for all pieces of work, which it forgets one by one."""
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False)
        return self._session

    @property
    def driver(self) -> Any:
        """What the driver connected; None when nothing is."""
        return None if self._connection is None else self._connection.connection.driver_connection

    @property
    def in_transaction(self) -> bool:
        """SQLite undoes everything on some errors; PostgreSQL with the connection it was asked through."""
        connection = self._connection
        if connection is None or connection.invalidated or connection.closed:
            return False
        driver = self.driver
        return bool(getattr(driver, "in_transaction", not getattr(driver, "closed", False)))

    def begin(self) -> None:
        """Begin a transaction."""
        self._tell(self._begin)

    def commit(self) -> None:
        """Keep what was done in it."""
        self._tell("COMMIT")

    def begin_piece(self) -> None:
        """Mark a place that can be gone back to."""
        self._tell("SAVEPOINT piece")

    def end_piece(self) -> None:
        """Forget the place."""
        self._tell("RELEASE SAVEPOINT piece")

    def undo_piece(self) -> None:
        """Go back to the place, and forget it."""
        self._tell("ROLLBACK TO SAVEPOINT piece")
        self._tell("RELEASE SAVEPOINT piece")

    def begin_again(self) -> None:
        """Undo all of the transaction, and begin another."""
        self._tell("ROLLBACK")
        self._tell(self._begin)

    def roll_back(self) -> None:
        """Undo what is not kept, as far as there is anything."""
        try:
            if self.in_transaction:
                self._tell("ROLLBACK")
        except Exception as error:
            if not of_driver(error):
                raise

    def leave(self) -> None:
        """Let go of the connection; the next who asks gets another, or in SQLite the same."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.close()
        self._connection = self._session = None

    def break_off(self) -> None:
        """Let go of a connection that nobody can know the state of. SQLite has only one, and knows."""
        if self._connection is not None and self.shared:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
            self.leave()

    def changed(self) -> bool:
        """Whether anything was changed since this was asked last (known of SQLite only)."""
        changes = getattr(self.driver, "total_changes", None)
        if changes is None:
            return True
        before, self._changes = self._changes, changes
        return bool(changes != before)

    def _tell(self, statement: str) -> None:
        getattr(self.driver, self._telling)(statement)
