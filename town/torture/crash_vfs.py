"""A disk in memory for SQLite: it can lose its power, outlive the process that used it, or fail at a call."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, cast

import apsw

from town.torture.crash_content import SECTOR, Content, Folder, Write
from town.torture.luck import Luck

# Told of every call before it is done: what, and with which file. A result code of SQLite makes it fail.
Asked = Callable[[str, str], int | None]
CHANGES = frozenset({"create", "write", "truncate", "sync", "delete"})
FAILURES = {
    "open": apsw.SQLITE_CANTOPEN,
    "create": apsw.SQLITE_CANTOPEN,
    "read": apsw.SQLITE_IOERR_READ,
    "write": apsw.SQLITE_IOERR_WRITE,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "delete": apsw.SQLITE_IOERR_DELETE,
    "size": apsw.SQLITE_IOERR_FSTAT,
    "access": apsw.SQLITE_IOERR_ACCESS,
    "lock": apsw.SQLITE_IOERR_LOCK,
}
_NUMBERS = count(1)


class Disk(apsw.VFS):
    """A folder as one process uses it. No other process is there: every lock is given."""

    def __init__(self, luck: Luck, folder: Folder) -> None:
        self.name = f"disk-{next(_NUMBERS)}"
        self.luck = luck
        self.folder = folder
        self.asked: Asked = lambda _what, _file: None
        self.dark = False
        self.opened: list[apsw.Connection] = []
        super().__init__(self.name, "")

    def end(self) -> None:
        """The process ends, with or without the power: nothing is done any more.

        Of a call that is under way the change is made, but not synced: a power cut may undo it.
        """
        self.dark = True

    def leave(self) -> None:
        """End, and leave nothing open behind."""
        self.end()
        for connection in self.opened:
            with suppress(apsw.Error):
                connection.close(True)
        self.unregister()

    def failure(self, what: str, file: str) -> apsw.Error | None:
        """What SQLite is to be told instead of an answer."""
        if self.dark:
            raise _error(FAILURES[what])
        code = self.asked(what, file)
        return None if code is None else _error(code)

    def require(self, what: str, file: str) -> None:
        """Raises the failure."""
        failed = self.failure(what, file)
        if failed is not None:
            raise failed

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        file = _plain(name)
        there = file in self.folder.files
        self.require("open" if there else "create", file)
        if not there:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise _error(apsw.SQLITE_CANTOPEN)
            self.folder.files[file] = Content()
        flags[1] = flags[0]
        return cast(apsw.VFSFile, _File(self, file, self.folder.files[file]))  # any object will do for apsw

    def xDelete(self, name: str, synced: bool) -> None:  # noqa: N802
        failed = self.failure("delete", name)
        if failed is None or self.dark:
            self.folder.remove(name, synced and not self.dark)
        if failed is not None:
            raise failed

    def xAccess(self, name: str, _flags: int) -> bool:  # noqa: N802
        self.require("access", name)
        return name in self.folder.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name


class _File:
    """An open file, as SQLite asks for it."""

    def __init__(self, disk: Disk, name: str, content: Content) -> None:
        self._disk, self._name, self._content = disk, name, content

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._disk.require("read", self._name)
        return bytes(self._content.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        failed = self._disk.failure("write", self._name)
        # A disk that fails has often written a part; what a power cut leaves of it is drawn later.
        whole = failed is None or self._disk.dark
        self._content.change(Write(offset, bytes(data if whole else data[: len(data) // 2])))
        if failed is not None:
            raise failed

    def xTruncate(self, size: int) -> None:  # noqa: N802
        failed = self._disk.failure("truncate", self._name)
        if failed is None or self._disk.dark:
            self._content.change(Write(size, None))
        if failed is not None:
            raise failed

    def xSync(self, _flags: int) -> None:  # noqa: N802
        failed = self._disk.failure("sync", self._name)
        if failed is None:
            self._disk.folder.sync(self._name)
            return
        if not self._disk.dark:
            self._content.fail_to_sync(self._disk.luck)
        raise failed

    def xFileSize(self) -> int:  # noqa: N802
        self._disk.require("size", self._name)
        return len(self._content.seen)

    def xLock(self, _level: int) -> None:  # noqa: N802
        self._disk.require("lock", self._name)

    def xUnlock(self, _level: int) -> None:  # noqa: N802
        pass

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, _operation: int, _pointer: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None:  # noqa: N802
        pass


def _plain(name: Any) -> str:
    if isinstance(name, apsw.URIFilename):
        return name.filename()
    return str(name) if name else f"temporary {next(_NUMBERS)}"


def _error(code: int) -> apsw.Error:
    error: Any = apsw.exception_for(code)
    error.extendedresult = code
    return cast(apsw.Error, error)
