"""One store for one owner: an SQLite file, a PostgreSQL schema, or memory. Used inline, without a thread.

Work is done in pieces: each is kept whole or not at all. The pieces of one turn of the event loop share one
commit, however many requests they belong to (group commit), and nothing may leave the process before what
it rests on is durable: answers and calls wait for ``durable()``, in chassis/boundary.py and
chassis/committed.py. Nothing may be awaited inside a piece.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel

from chassis.group_commit import Group, require_kept
from chassis.postgres_database import postgres_engine, require_revision
from chassis.rows import write
from chassis.sqlite_file import Connect, holds_nothing, mark_as_ours, refused, sqlite_engine
from chassis.store_errors import (
    StoreBroken,
    StoreGone,
    StoreTrouble,
    Unfit,
    UnusableDatabase,
    UnusableFile,
    of_driver,
    trouble_of,
)
from chassis.store_link import Link
from chassis.table_shapes import ddl, require_columns, tables_of
from flow_model.errors import ServiceDown

__all__ = ["Store", "UnusableDatabase", "UnusableFile", "open_store"]

Where = Path | str | None


class Store:
    """The tables of one service. Work goes through `session()` or, on the hot path, `connection()`.

    ``failures`` counts commits that failed: who remembers what was read forgets it when this grows.
    ``last_failure`` is what the last of them met.
    ``around_commit`` is called with the commit, for those who try what happens when a process dies there.
    """

    def __init__(self, engine: Engine, tables: Sequence[type[SQLModel]] = ()) -> None:
        self.failures = 0
        self.last_failure: StoreTrouble | None = None
        self.around_commit: Callable[[Callable[[], None]], None] = lambda commit: commit()
        self.link = Link(engine)
        self.tables = tuple(tables)
        self._group: Group | None = None
        self._busy = False
        self._closed = False
        self._broken: StoreBroken | None = None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session in one piece: kept if the block ends well, undone if it raises, forgotten after it."""
        with self._piece():
            session = self.link.session
            try:
                yield session
                write(session, last=True)
            except BaseException:
                with suppress(SQLAlchemyError):
                    session.rollback()
                raise
            finally:
                session.expunge_all()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A plain connection in one piece, for statements that need no objects."""
        with self._piece() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for statements that change nothing: no transaction is begun for them alone."""
        with self._piece(begins=False) as connection:
            yield connection

    async def durable(self) -> None:
        """Wait until all that was done so far is kept; raises StoreTrouble when it could not be."""
        require_kept(self)
        if self._group is None:
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._group.waiting.append(waiting)
        await waiting

    def move_to(self, where: Path | str, schema: str = "") -> None:
        """Leave what this store held and work elsewhere from now on, with the same tables.

        For an app that was built before its process knew which file is its own.
        """
        self._let_go()
        self.link = open_store(where, self.tables, schema=schema).link

    @property
    def shared(self) -> bool:
        """Whether other processes may keep the same tables."""
        return self.link.shared

    def check(self) -> None:
        """Raise if the store does not answer."""
        with self.connection() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Keep what is done and let go. A closed store refuses work instead of opening the file again."""
        if not self._closed:
            self._closed = True
            self._let_go()

    def die(self) -> None:
        """Lose what is not kept yet, as a process that is killed does, and refuse work from now on."""
        self._closed, self._group = True, None
        self.link.roll_back()
        self.link.leave()

    def take_over(self, dead: "Store") -> None:
        """Go on with what a store that died has kept, as a process does that is started on the same file."""
        if self.link.engine is not dead.link.engine:
            self._let_go()
        self._closed, self.link = False, dead.link

    def wrote(self) -> bool:
        """Whether the pieces that wait for their commit changed anything (known of SQLite only)."""
        return self.link.changed()

    def _let_go(self) -> None:
        self._commit()
        self.link.leave()
        self.link.engine.dispose()

    @contextmanager
    def _piece(self, *, begins: bool = True) -> Iterator[Connection]:
        if self._closed:
            raise ServiceDown("Kho dữ liệu đã đóng.", "The store is closed.")
        if self._broken is not None:
            raise self._broken
        if self._busy:
            raise RuntimeError(
                "a piece of work is open already: do not nest them, and await nothing inside one"
            )
        self._busy = True
        try:
            yield self._joined(begins)
            self._end_piece()
        except BaseException as error:
            trouble = self._undo_piece(trouble_of(error))
            if trouble is not None:
                self._after(trouble)
                if trouble is not error:
                    raise trouble from error
            raise
        finally:
            self._busy = False
        if self._group is not None and self._group.loop is None:
            self._commit()

    def _joined(self, begins: bool) -> Connection:
        """The connection, in the transaction that the pieces of this turn share, or without one."""
        loop = _running()
        if self._group is not None and self._group.loop is not loop:
            self._commit()  # its turn never came: the loop that it waited for is gone
        connection = self.link.connection
        if self._group is None:
            if not begins:
                return connection
            self.link.begin()
            self._group = Group(self, loop)
            if loop is not None:
                loop.call_soon(self._commit_group, self._group)
        if self._group.pieces:  # the first can be undone with the whole transaction
            self.link.begin_piece()
        self._group.remember()
        return connection

    def _end_piece(self) -> None:
        if self._group is None:
            return
        if self._group.pieces:
            self.link.end_piece()
        self._group.pieces += 1

    def _undo_piece(self, trouble: StoreTrouble | None) -> StoreTrouble | None:
        """Undo what the piece did, and nothing else; the trouble that it met, or that this meets."""
        if self._group is None or not self.link.in_transaction:
            return trouble
        undo = self.link.undo_piece if self._group.pieces else self.link.begin_again
        try:
            undo()
        except Exception as error:
            if not of_driver(error):
                raise
            return trouble or trouble_of(error) or StoreBroken(type(error).__name__)
        return trouble

    def _commit_group(self, group: Group) -> None:
        if self._group is group:
            self._commit()

    def _commit(self) -> None:
        group, self._group = self._group, None
        if group is None:
            return
        try:
            self.around_commit(self.link.commit)
        except Exception as error:
            if not of_driver(error):
                raise
            trouble = trouble_of(error) or StoreBroken(type(error).__name__)
            self._undo(group, trouble)
            if group.loop is None:
                raise trouble from error
        else:
            group.end(None)

    def _after(self, trouble: StoreTrouble) -> None:
        """A piece met trouble. Where that undid the whole transaction, all who share it are told."""
        if isinstance(trouble, StoreBroken):
            self._broken = trouble
        group = self._group
        if group is None and isinstance(trouble, StoreGone):
            self.link.break_off()  # nothing was begun, and on this connection nothing ever will be
        if group is not None and not self.link.in_transaction:
            self._group = None
            self._undo(group, trouble)

    def _undo(self, group: Group, trouble: StoreTrouble) -> None:
        self.failures += 1
        self.last_failure = trouble
        if isinstance(trouble, StoreBroken):
            self._broken = trouble
        self.link.roll_back()
        self.link.break_off()
        group.end(trouble)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def open_store(
    where: Where,
    tables: Sequence[type[SQLModel]],
    *,
    schema: str = "",
    connect: Connect | None = None,
    durable: str = "FULL",
) -> Store:
    """Open a file (a Path), a PostgreSQL database (a URL, and the schema in it) or memory (None).

    A file and memory get exactly these tables. UnusableFile and UnusableDatabase say what to put right.
    """
    if isinstance(where, str):
        return _in_database(where, schema, tables)
    engine = sqlite_engine(where, connect, durable)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            if holds_nothing(connection):
                for statement in ddl(tuple(tables)):
                    connection.exec_driver_sql(statement)
            else:
                SQLModel.metadata.create_all(connection, tables=tables_of(tables))
                require_columns(connection, tables_of(tables))
            mark_as_ours(connection)
            connection.exec_driver_sql("COMMIT")
    except (Unfit, SQLAlchemyError, sqlite3.Error) as error:
        engine.dispose()
        if where is None:
            raise
        raise refused(where, error) from error
    return Store(engine, tables)


def _in_database(where: str, schema: str, tables: Sequence[type[SQLModel]]) -> Store:
    engine = postgres_engine(where, schema, store=True)
    try:
        with engine.connect() as connection:
            require_columns(connection, tables_of(tables))
            require_revision(connection)
    except Unfit as unfit:
        engine.dispose()
        raise UnusableDatabase(
            f"Lược đồ {schema}: {unfit.why_vi} Hãy chạy: python3 run.py migrate",
            f"The schema {schema} is {unfit.why_en} Run: python3 run.py migrate",
        ) from None
    return Store(engine, tables)
