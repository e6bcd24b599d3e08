"""Ends a private PostgreSQL whose owner is gone, however the owner ended: python watcher.py FOLDER.

Standard library only and started by its path, so that it is there at once. The owner holds the lock on
the file `alive`; the system lets go of it even after kill -9.
"""

import fcntl
import os
import select
import shutil
import signal
import sys
from contextlib import closing, suppress
from pathlib import Path

_SECONDS = 20.0


def postmaster(data: Path) -> int | None:
    """The number of the first process of a server; None when it is not running."""
    with suppress(OSError, ValueError, IndexError):
        return int((data / "postmaster.pid").read_text().splitlines()[0])
    return None


def wait_for_end(pid: int, seconds: float) -> bool:
    """Whether a process, ours or not, ended in time. Nothing is asked again and again: the system says it."""
    if sys.platform != "linux":
        exits = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
        with closing(select.kqueue()) as queue, suppress(ProcessLookupError):
            return bool(queue.control([exits], 1, seconds))
        return True
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def watch(folder: Path) -> None:
    with (folder / "alive").open() as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
    pid = postmaster(folder / "data")
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)  # PostgreSQL's "immediate": every process of the server ends
        wait_for_end(pid, _SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
