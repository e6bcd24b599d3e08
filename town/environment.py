"""The folder .venv: made from a lock, known by its stamp, kept or made anew when the stamp is missing.

Standard library only: this runs before anything is installed (run.py starts it).
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO

from town.installation import Stop, install, last_line, say

# Run inside .venv: it has pip, and no installed file is missing or cut short.
_IS_WHOLE = """
import os, sys
from importlib.metadata import distributions
import pip
assert sys.version_info >= (3, 11) and os.path.samefile(sys.prefix, sys.argv[1])
for one in distributions():
    assert one.files is not None, one
    for file in one.files:
        if file.suffix != ".pyc":
            assert file.locate().exists() and file.size in (None, file.locate().stat().st_size), file
"""
_STAMP = "town-stamp"
# Each lock holds all of those before it, so who has installed one has them all.
_LOCKS = ("run", "cluster", "study", "dev")


class Environment:
    """One .venv. Only a stamp that says `finished` is trusted without looking further."""

    def __init__(self, root: str) -> None:
        self._locks = Path(root, "requirements")
        self._folder = Path(root, ".venv")
        self._stamp_file = self._folder / f"{_STAMP}.json"
        inside = ("bin", "python") if os.name == "posix" else ("Scripts", "python.exe")
        self._python = self._folder.joinpath(*inside)

    def ready(self, which: str) -> str:
        """The interpreter of .venv, once everything that `which` (a name in _LOCKS) locks is in it."""
        if not self._has(which):
            with _alone(self._folder.with_name(".venv.lock")):
                if not self._has(which):  # another start may have done it meanwhile
                    self._install(which)
        return str(self._python)

    def _has(self, which: str) -> bool:
        stamp = self._stamp()
        return (
            self._is_in_place(stamp)
            and stamp.get("state") == "finished"
            and stamp.get(which) == self._lock_hash(which)
        )

    def _install(self, which: str) -> None:
        stamp = self._stamp()
        whole = stamp.get("state") == "finished" or self._is_whole()
        # No stamp at all: somebody's own .venv. It is used if it is whole.
        if not whole or not self._is_in_place(stamp or self._place()):
            self._make()
            stamp = {}
        stamp = {**stamp, **self._place(), "state": "installing"}
        self._write(stamp)
        install(str(self._python), self._locks / f"{which}.txt", self._folder / "install.log")
        for done in _LOCKS[: _LOCKS.index(which) + 1]:
            stamp[done] = self._lock_hash(done)
        self._write({**stamp, "state": "finished"})

    def _place(self) -> dict[str, str]:
        return {"folder": os.path.realpath(self._folder), "python": os.path.realpath(self._python)}

    def _is_in_place(self, stamp: dict[str, str]) -> bool:
        """Not moved since, and the Python it was made from is still the same one."""
        return stamp.items() >= self._place().items() and self._python.is_file() and self._base().is_dir()

    def _base(self) -> Path:
        """The folder of the Python that this .venv was made from."""
        try:
            lines = (self._folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
        except OSError:
            lines = []
        homes = [value.strip() for key, _, value in (line.partition("=") for line in lines) if key == "home "]
        return Path(homes[0] if homes else self._folder / "unknown")

    def _is_whole(self) -> bool:
        command = [str(self._python), "-I", "-c", _IS_WHOLE, str(self._folder)]
        try:
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    def _lock_hash(self, which: str) -> str:
        try:
            content = (self._locks / f"{which}.txt").read_bytes()
        except FileNotFoundError:
            raise Stop(f"requirements/{which}.txt is missing: get the whole project again.") from None
        return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()

    def _stamp(self) -> dict[str, str]:
        try:
            stamp = json.loads(self._stamp_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _write(self, stamp: dict[str, str]) -> None:
        fresh = self._stamp_file.with_suffix(".new")
        fresh.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
        os.replace(fresh, self._stamp_file)

    def _make(self) -> None:
        if self._folder.is_symlink() or self._folder.exists():
            self._clear()
        say(f"making .venv with Python {sys.version.split()[0]}")
        self._folder.mkdir()
        self._write({"state": "installing"})
        command = [sys.executable, "-I", "-m", "venv", str(self._folder)]
        made = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if made.returncode != 0:
            if "ensurepip" in made.stdout or "No module named venv" in made.stdout:
                package = "python{}.{}-venv".format(*sys.version_info)
                raise Stop(f"this Python cannot make environments: run 'sudo apt install {package}'.")
            raise Stop(f"making .venv failed: {last_line(made.stdout)}")

    def _clear(self) -> None:
        """Remove what is at .venv, if it is an environment or the beginning of one."""
        if self._folder.is_symlink():
            raise Stop(".venv is a link to a folder that cannot be used: remove the link, then start again.")
        inside = sorted(path.name for path in self._folder.iterdir()) if self._folder.is_dir() else ["a file"]
        if inside and "pyvenv.cfg" not in inside and not any(name.startswith(_STAMP) for name in inside):
            raise Stop(".venv is there and is no Python environment: move it away, then start again.")
        say(".venv is unfinished, moved or broken: making it anew")
        shutil.rmtree(self._folder)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two starts at once: the second waits. The system opens the lock even if its holder is killed."""
    with path.open("a+b") as file:
        if os.name == "posix":
            _lock_posix(file)
        else:
            _lock_windows(file)
        yield


def _lock_posix(file: IO[bytes]) -> None:
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another start is making .venv: waiting for it")
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:
        return  # a file system without locks: better unlocked than not at all


def _lock_windows(file: IO[bytes]) -> None:
    msvcrt = import_module("msvcrt")
    file.seek(0)
    while True:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # tries for ten seconds
            return
        except OSError:
            say("another start is making .venv: waiting for it")
