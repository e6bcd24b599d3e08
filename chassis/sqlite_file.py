"""One SQLite file for one owner: looked at before it is touched, durable, opened once.

One connection alone writes and checkpoints. The SQLite of many systems (3.7.0 to 3.51.2) can damage a file
when two connections reset its write-ahead log at once, so with such a version the file is opened for this
process alone; a second program is told that the file is taken.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from chassis.store_errors import FileInUse, Unfit, UnusableFile

# "MLK1": SQLite keeps this number in the file's header for the program that made the file.
APPLICATION_ID = 0x4D4C4B31
DURABLE = "FULL"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)
# After a failed sync, or a death before the sync, the system may show what no disk keeps. It is written anew
# before anybody reads it: an answer could rest on it, and no later sync of the log would keep it.
_SETTLE = "PRAGMA wal_checkpoint(TRUNCATE)"
Connect = Callable[[], Any]


class OurConnection(sqlite3.Connection):
    """Only the store begins and ends transactions: what SQLAlchemy says of them on its own goes nowhere."""

    def commit(self) -> None:
        """Nothing."""

    def rollback(self) -> None:
        """Nothing."""


def wal_reset_race(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the race: 3.7.0 to 3.51.2, but for the two older lines that got the cure."""
    if version[:2] == (3, 44):
        return version < (3, 44, 6)
    if version[:2] == (3, 50):
        return version < (3, 50, 7)
    return (3, 7, 0) <= version < (3, 51, 3)


def sqlite_engine(path: Path | None, connect: Connect | None = None, durable: str = DURABLE) -> Engine:
    """An engine with one connection, to a file or (None) to memory. UnusableFile says what is wrong.

    ``connect`` opens the file in a way of its own, and ``durable`` is another ``synchronous``: for those
    who try what a power cut does.
    """
    if path is None:
        return _engine("sqlite://", connect, durable, alone=False)
    try:
        if connect is None:
            require_ours(path)
            path.parent.mkdir(parents=True, exist_ok=True)
    except (Unfit, sqlite3.Error) as error:
        raise refused(path, error) from None
    except OSError as error:
        raise UnusableFile(path, f"{error.strerror}.", f"{error.strerror}.") from error
    return _engine(f"sqlite:///{path}", connect, durable, wal_reset_race(sqlite3.sqlite_version_info))


def require_ours(path: Path) -> None:
    """Look before anything is written: a file of somebody else stays as it is."""
    if path.is_dir():
        raise Unfit("đây là thư mục.", "it is a folder.")
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        return
    if not start:
        return
    if start != b"SQLite format 3\x00":
        raise Unfit("đây không phải tệp SQLite.", "it is not an SQLite file.")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as reader:
        (made_by,) = reader.execute("PRAGMA application_id").fetchone()
        (holds,) = reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (verdict,) = reader.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise Unfit("nội dung bị hỏng.", "its content is damaged.")
    if holds and made_by != APPLICATION_ID:
        raise Unfit("tệp do chương trình khác tạo ra.", "another program made it.")


def _engine(url: str, connect: Connect | None, durable: str, alone: bool) -> Engine:
    more: dict[str, Any] = {"creator": connect} if connect is not None else {}
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "factory": OurConnection},
        hide_parameters=True,
        **more,
    )

    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions late and on its own
        mode = ("PRAGMA locking_mode=EXCLUSIVE",) if alone else ()
        for pragma in (*mode, *_PRAGMAS, f"PRAGMA synchronous={durable}", _SETTLE):
            connection.execute(pragma).fetchall()

    event.listen(engine, "connect", set_up)
    return engine


def holds_nothing(connection: Connection) -> bool:
    """Whether the file is new."""
    found = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    return not found


def mark_as_ours(connection: Connection) -> None:
    """Write into the file's header which program made it."""
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")


def refused(path: Path, error: Exception) -> UnusableFile:
    """Why a file cannot be used, as the operator is told."""
    if isinstance(error, Unfit):
        return UnusableFile(path, error.why_vi, error.why_en)
    cause = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    if "locked" in cause:
        return FileInUse(path, "một tiến trình khác đang mở tệp này.", "another process has this file open.")
    return UnusableFile(path, f"SQLite báo “{cause}”.", f"SQLite says “{cause}”.")
