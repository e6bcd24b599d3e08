"""A PostgreSQL server of one's own: started, stopped, killed and started again."""

import fcntl
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Literal, Self

import psutil
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL

from town.programs import postgres_folder
from town.torture import watcher
from town.torture.ports import free_ports
from town.torture.postgres_programs import NotRunning, Programs

__all__ = ["NotRunning", "PostgresServer"]

Mode = Literal["smart", "fast", "immediate"]
_SECONDS = 60
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "recovery_init_sync_method": "syncfs",  # file by file takes seconds
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgresServer:
    """One server with a folder of its own, reached by password on 127.0.0.1.

    It keeps its port and its data over `stop`, `kill` and `start`, and is gone with the process that made it,
    even if that one is killed. `settings` go into its postgresql.conf.
    """

    def __init__(self, settings: Mapping[str, str] | None = None, programs: Path | None = None) -> None:
        found = programs or postgres_folder()
        self.folder = Path(mkdtemp(prefix="town-postgres-"))
        self.data, self.log = self.folder / "data", self.folder / "log"
        self.port = 0
        self._settings = {**_SETTINGS, **(settings or {})}
        self._password = ""
        self._alive = (self.folder / "alive").open("w")
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        # In a session of its own: Ctrl-C at the keyboard is not for it.
        command = [sys.executable, "-I", watcher.__file__, str(self.folder)]
        self._watcher = subprocess.Popen(command, start_new_session=True)
        self._programs = Programs(found, self.folder)

    @property
    def url(self) -> str:
        """Where the superuser reaches the database `postgres`."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Where the superuser reaches a database."""
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the data if there is none yet, and start. When it returns the server answers."""
        if not self.port:
            self._make()
        self._pg_ctl("-l", self.log, "start")
        if not self._password:
            self._password = self._drawn_password()

    def stop(self, mode: Mode = "fast") -> None:
        """End as an administrator does; `immediate` leaves the rest to recovery. Nothing if it is down."""
        if self.pids():
            self._pg_ctl("-m", mode, "stop")

    def kill(self) -> None:
        """kill -9 to every process of the server, as if the machine had lost its power."""
        processes = self._processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        for process in processes:
            if not watcher.wait_for_end(process.pid, _SECONDS):
                raise NotRunning("PostgreSQL không dừng.", "PostgreSQL does not end.")
        if any(process.is_running() for process in processes[:1]):
            # It has ended and nobody has taken note of it yet: a new server would hold it for alive.
            for left in (self.data / "postmaster.pid", self.folder / f".s.PGSQL.{self.port}.lock"):
                left.unlink(missing_ok=True)

    def pids(self) -> list[int]:
        """Every process of the server, the first one first; none when it is not running."""
        return [process.pid for process in self._processes()]

    def close(self) -> None:
        """End it and remove what it left."""
        with suppress(NotRunning):
            self.stop("immediate")
        self._alive.close()
        self._watcher.wait()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _make(self) -> None:
        # Nothing is forced to the disk here: only what comes later has to last.
        self._programs.run(
            "initdb",
            *("--pgdata", self.data, "--data-checksums", "--no-sync", "--no-instructions"),
            *("--encoding=UTF8", "--locale=C", "--username=postgres"),
            *("--auth-local=trust", "--auth-host=scram-sha-256"),
        )
        (self.port,) = free_ports(1)
        own = {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        lines = [f"{name} = '{value}'\n" for name, value in {**self._settings, **own}.items()]
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as config:
            config.writelines(lines)

    def _pg_ctl(self, *arguments: str | Path) -> None:
        self._programs.run("pg_ctl", "-D", self.data, "-w", "-t", str(_SECONDS), *arguments)

    def _drawn_password(self) -> str:
        """The server draws it. Until then only who may enter the folder can come in, by its socket."""
        way = make_conninfo(host=str(self.folder), port=self.port, user="postgres", dbname="postgres")
        with closing(psycopg.connect(way, autocommit=True)) as connection:
            row = connection.execute("SELECT gen_random_uuid()::text").fetchone()
            assert row is not None
            connection.execute(SQL("ALTER ROLE postgres PASSWORD {}").format(row[0]))
        return str(row[0])

    def _processes(self) -> list[psutil.Process]:
        pid = watcher.postmaster(self.data)
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(pid) if pid is not None else None
            if first is not None and first.status() != psutil.STATUS_ZOMBIE:
                return [first, *first.children(recursive=True)]
        return []
