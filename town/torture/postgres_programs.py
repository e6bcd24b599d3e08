"""Runs initdb and pg_ctl: as which user, where, and what they say when they fail."""

import os
import pwd
import subprocess
from contextlib import suppress
from pathlib import Path

from flow_model.errors import SandboxError


class NotRunning(SandboxError):
    """Whoever started the server reads its last words."""

    slug = "postgres-not-running"


class Programs:
    """The programs of one installation, run in a folder of the user that the server will be."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder, self._user = programs, folder, _server_user()
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def run(self, name: str, *arguments: str | Path) -> None:
        """Run one to its end; NotRunning tells what it and the server's log said."""
        who = self._user
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        ended = subprocess.run(
            [str(self._programs / name), *map(str, arguments)],
            cwd=self._folder,
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
            user=who and who.pw_uid,
            group=who and who.pw_gid,
            extra_groups=who and [],
        )
        if ended.returncode != 0:
            said = f"{name}: {ended.stdout.strip()}\n{self._last_words()}".strip()
            raise NotRunning(f"PostgreSQL không chạy. {said}", f"PostgreSQL does not run. {said}")

    def _last_words(self) -> str:
        with suppress(OSError):
            lines = (self._folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()
            return "\n".join(lines[-5:])
        return ""


def _server_user() -> "pwd.struct_passwd | None":
    """PostgreSQL refuses to be root: then it is the user that its package made, or nobody."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NotRunning("Không có người dùng nobody.", "There is no user nobody.")
