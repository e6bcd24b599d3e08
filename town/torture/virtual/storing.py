"""Errors of a disk, as SQLite would raise them."""

import sqlite3

from sqlalchemy.exc import OperationalError

_CODES = {"full": 13, "ioerr": 10}


class StoreFault(OperationalError):
    """A commit that the disk does not take."""

    @classmethod
    def of(cls, kind: str) -> "StoreFault":
        """``full`` or ``ioerr``."""
        cause = sqlite3.OperationalError(kind)
        cause.sqlite_errorcode = _CODES[kind]
        return cls("COMMIT", None, cause)
