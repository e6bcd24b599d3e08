"""One SQLite file for one owner: durable, opened once, used inline.

Every piece of work is one transaction that starts by taking the write lock, so two never meet half-way.
There is one connection and no thread. Nothing may be awaited inside a transaction: a second one that starts
meanwhile is refused with a RuntimeError, because it would read what is not yet decided.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel

from flow_model.errors import SandboxError, ServiceDown

# "MLK1": SQLite keeps this number in the file's header for the program that made the file.
APPLICATION_ID = 0x4D4C4B31
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)


class UnusableFile(SandboxError):
    """The operator looks at the file: it is broken, somebody else's, or of another version."""

    slug = "unusable-file"

    def __init__(self, path: Path, why_vi: str, why_en: str) -> None:
        super().__init__(
            f"Không dùng được tệp {path}: {why_vi} Hãy dời tệp đi hoặc phục hồi bản sao, rồi khởi động lại.",
            f"The file {path} cannot be used: {why_en} Move it away or restore a copy, then start again.",
        )
        self.path = path


class Store:
    """The tables of one service. Work goes through `session()` or, on the hot path, `connection()`."""

    def __init__(self, engine: Engine, tables: Sequence[type[SQLModel]] = ()) -> None:
        self._engine = engine
        self._tables = tuple(tables)
        self._busy = False
        self._closed = False

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session in one transaction: kept if the block ends well, undone if it raises."""
        with self._alone(), Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A plain connection in one transaction, for statements that need no objects."""
        with self._alone(), self._engine.begin() as connection:
            yield connection

    def move_to(self, path: Path) -> None:
        """Leave what this store held and work on a file from now on, with the same tables.

        For an app that was built before its process knew which file is its own.
        """
        self._engine.dispose()
        moved = open_store(path, self._tables)
        self._engine = moved._engine

    def check(self) -> None:
        """Raise if the store does not answer."""
        with self.connection() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let go of the file. A closed store refuses work instead of opening the file again."""
        self._closed = True
        self._engine.dispose()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._closed:
            raise ServiceDown("Kho dữ liệu đã đóng.", "The store is closed.")
        if self._busy:
            raise RuntimeError(
                "a transaction is open already: do not nest them, and await nothing inside one"
            )
        self._busy = True
        try:
            yield
        finally:
            self._busy = False


def open_store(path: Path | None, tables: Sequence[type[SQLModel]]) -> Store:
    """Open or make the file (None: in memory, for this store alone) with exactly these tables."""
    if path is None:
        return _opened("sqlite://", tables)
    try:
        _require_ours(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        return _opened(f"sqlite:///{path}", tables)
    except _Unfit as unfit:
        raise UnusableFile(path, unfit.why_vi, unfit.why_en) from None
    except (DBAPIError, sqlite3.Error) as error:
        cause = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        raise UnusableFile(path, f"SQLite báo “{cause}”.", f"SQLite says “{cause}”.") from error
    except OSError as error:
        raise UnusableFile(path, f"{error.strerror}.", f"{error.strerror}.") from error


class _Unfit(Exception):
    def __init__(self, why_vi: str, why_en: str) -> None:
        super().__init__(why_en)
        self.why_vi, self.why_en = why_vi, why_en


def _require_ours(path: Path) -> None:
    """Look before anything is written: a file of somebody else stays as it is."""
    if path.is_dir():
        raise _Unfit("đây là thư mục.", "it is a folder.")
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        return
    if not start:
        return
    if start != b"SQLite format 3\x00":
        raise _Unfit("đây không phải tệp SQLite.", "it is not an SQLite file.")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as reader:
        (made_by,) = reader.execute("PRAGMA application_id").fetchone()
        (holds,) = reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (verdict,) = reader.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _Unfit("nội dung bị hỏng.", "its content is damaged.")
    if holds and made_by != APPLICATION_ID:
        raise _Unfit("tệp do chương trình khác tạo ra.", "another program made it.")


def _opened(url: str, tables: Sequence[type[SQLModel]]) -> Store:
    engine = create_engine(
        url, poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            wanted: list[Table] = [inspect(table).local_table for table in tables]
            SQLModel.metadata.create_all(connection, tables=wanted)
            _require_columns(connection, wanted)
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, tables)


def _set_up(connection: Any, _record: Any) -> None:
    # The driver would begin transactions late and on its own; SQLAlchemy's recipe takes that over.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).fetchall()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _require_columns(connection: Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        there = {column["name"] for column in inspect(connection).get_columns(table.name)}
        missing = [column.name for column in table.columns if column.name not in there]
        if missing:
            named = f"{table.name}.{missing[0]}"
            raise _Unfit(
                f"phiên bản khác, thiếu cột {named}.", f"of another version, without column {named}."
            )
