"""A folder for what a command keeps while it goes on: its own, and gone afterwards.

A command that is killed leaves its folder behind. Each holds a lock in its own as long as it lives, so who
comes next knows which of them nobody needs any more.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any

from flow_model.errors import SandboxError

_LOCK = "in-use"


class NoFolder(SandboxError):
    """The operator names a folder that may be written to."""

    slug = "no-folder"


@contextmanager
def own_folder(parent: Path, kind: str) -> Iterator[Path]:
    """A new folder ``kind-…`` below another one, for this block. What the dead of this kind left is removed.

    Raises NoFolder.
    """
    with ExitStack() as stack:
        try:
            parent.mkdir(parents=True, exist_ok=True)
            # One after the other: a folder without a lock in it belongs to nobody.
            with (parent / f".{kind}.lock").open("w") as alone:
                _lock(alone, wait=True)
                _remove_leftovers(parent, kind)
                folder = Path(mkdtemp(prefix=f"{kind}-", dir=parent)).resolve()
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
                _lock(stack.enter_context((folder / _LOCK).open("w")), wait=True)
        except OSError as error:
            raise NoFolder(
                f"Không ghi được vào {parent} ({error.strerror}): sửa SANDBOX_VAR_DIR hoặc quyền ghi.",
                f"Nothing can be written into {parent} ({error.strerror}): "
                "correct SANDBOX_VAR_DIR, or who may write there.",
            ) from error
        yield folder


def _remove_leftovers(parent: Path, kind: str) -> None:
    for folder in parent.glob(f"{kind}-*"):
        if _is_left_over(folder, folder.name.removeprefix(f"{kind}-")):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left_over(folder: Path, rest: str) -> bool:
    """Whether nobody lives in it. Folders without a lock are of earlier versions, named after a process."""
    try:
        with (folder / _LOCK).open("r+") as file:
            return _lock(file, wait=False)
    except OSError:
        return rest.isdecimal() and not _runs(int(rest))


def _runs(pid: int) -> bool:
    """Whether somebody else is this process; on Windows nobody can tell, and so it is."""
    if os.name != "posix" or pid == os.getpid():
        return os.name != "posix"
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
    return True


def _lock(file: IO[Any], *, wait: bool) -> bool:
    """Whether the lock is ours now; the system opens it when this process ends, however it ends.

    Where there are no such locks (Windows, some shared disks) none is ever ours without waiting, and so
    nothing is taken for left over.
    """
    try:
        fcntl = import_module("fcntl")
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
