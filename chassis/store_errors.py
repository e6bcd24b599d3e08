"""What can go wrong with a store, and who must act; what SQLite and PostgreSQL call it."""

import sqlite3
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from flow_model.errors import SandboxError, ServiceDown

# Base codes of SQLite: the store cannot be trusted any more until it is opened, and so checked, again.
_BROKEN = {10: "IOERR", 11: "CORRUPT", 14: "CANTOPEN", 26: "NOTADB"}
_FULL = 13
_BUSY = (5, 6)
# SQLSTATE of PostgreSQL: somebody else wrote at the same time; the same request again goes well.
_LOST_A_RACE = ("40001", "40P01", "55P03", "23505")
_DISK_FULL = ("53100", "53200")
_SHUT = ("57P01", "57P02", "57P03", "08006", "08003", "08001", "53300")


class StoreTrouble(ServiceDown):
    """The store cannot keep anything now. Nothing of the request was kept: send the same again later.

    A trouble of this process, never an event of a run.
    """

    slug = "store-trouble"


class StoreFull(StoreTrouble):
    """The operator makes room on the disk; nothing has to be started again."""

    slug = "store-full"

    def __init__(self) -> None:
        super().__init__(
            "Hết chỗ trên đĩa: chưa ghi gì cả. Hãy giải phóng chỗ rồi gửi lại.",
            "The disk is full: nothing was kept. Make room, then send it again.",
            retry_after_seconds=5,
        )


class StoreBroken(StoreTrouble):
    """The operator looks at the disk and starts the service again: it opens, and checks, its file then."""

    slug = "store-broken"

    def __init__(self, cause: str) -> None:
        super().__init__(
            f"Kho dữ liệu hỏng ({cause}): dịch vụ ngừng nhận. Hãy xem lại đĩa rồi khởi động lại.",
            f"The store is broken ({cause}): the service stops. Look at the disk, then start it again.",
            retry_after_seconds=5,
        )


class StoreGone(StoreTrouble):
    """The operator starts the database; what was being done is sent again."""

    slug = "store-gone"

    def __init__(self) -> None:
        super().__init__(
            "Máy chủ cơ sở dữ liệu không trả lời: chưa ghi gì cả. Hãy gửi lại sau.",
            "The database server does not answer: nothing was kept for certain. Send it again later.",
            retry_after_seconds=1,
        )


class LostRace(StoreTrouble):
    """Another process wrote at the same time: the caller sends the same again."""

    slug = "lost-race"

    def __init__(self) -> None:
        super().__init__(
            "Một tiến trình khác vừa ghi cùng lúc: chưa ghi gì cả. Hãy gửi lại.",
            "Another process wrote at the same time: nothing was kept. Send it again.",
            retry_after_seconds=1,
        )


class UnusableFile(SandboxError):
    """The operator looks at the file: it is broken, somebody else's, or of another version."""

    slug = "unusable-file"
    what_to_do: ClassVar[tuple[str, str]] = (
        "Hãy dời tệp đi hoặc phục hồi bản sao, rồi khởi động lại.",
        "Move it away or restore a copy, then start again.",
    )

    def __init__(self, path: Path, why_vi: str, why_en: str) -> None:
        super().__init__(
            f"Không dùng được tệp {path}: {why_vi} {self.what_to_do[0]}",
            f"The file {path} cannot be used: {why_en} {self.what_to_do[1]}",
        )
        self.path = path


class FileInUse(UnusableFile):
    """The operator ends the other program: nothing is wrong with the file."""

    what_to_do = (
        "Có thể là một dịch vụ hoặc demo khác đang chạy với tệp đó, hay một chương trình đang xem nó "
        "(sqlite3): tắt chương trình ấy, hoặc chọn tệp khác (--store, SANDBOX_VAR_DIR), rồi khởi động lại.",
        "It may be another service or demo that runs on that file, or a program that looks into it "
        "(sqlite3): end that one, or name another file (--store, SANDBOX_VAR_DIR), then start again.",
    )


class UnusableDatabase(SandboxError):
    """The operator prepares the database: the message says with which command."""

    slug = "unusable-database"


class Unfit(Exception):
    """Why a file or a schema is not one of ours."""

    def __init__(self, why_vi: str, why_en: str) -> None:
        super().__init__(why_en)
        self.why_vi, self.why_en = why_vi, why_en


def trouble_of(error: BaseException) -> StoreTrouble | None:
    """What an error of the driver means to whoever asked; None when it is a mistake in a statement."""
    if isinstance(error, StoreTrouble):
        return error
    if not of_driver(error):
        return None
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _of_sqlite(code & 0xFF)
    state = getattr(cause, "sqlstate", None)
    invalidated = isinstance(error, DBAPIError) and error.connection_invalidated
    if invalidated or state in _SHUT or (state is None and _cannot_connect(cause)):
        return StoreGone()
    if state in _LOST_A_RACE:
        return LostRace()
    return StoreFull() if state in _DISK_FULL else None


def of_driver(error: BaseException) -> bool:
    """Whether SQLAlchemy, SQLite or PostgreSQL raised this; the store speaks to the drivers itself, too."""
    return isinstance(error, SQLAlchemyError | sqlite3.Error) or type(error).__module__.startswith("psycopg")


def _of_sqlite(code: int) -> StoreTrouble | None:
    if code == _FULL:
        return StoreFull()
    if code in _BUSY:
        return LostRace()
    return StoreBroken(_BROKEN[code]) if code in _BROKEN else None


def _cannot_connect(cause: Any) -> bool:
    """psycopg has no SQLSTATE for a server that it never reached, or that went away."""
    return type(cause).__module__.startswith("psycopg") and type(cause).__name__ == "OperationalError"
