"""docker-compose.yml carried out with processes: each service's own command, environment and health check.

What the image gives (Dockerfile) and what containers give (names for hosts, a port 8000 for each) is put
in their place: hosts become 127.0.0.1 with a free port each. PostgreSQL is a server of our own.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
import yaml
from psycopg.sql import SQL, Identifier

from tests.architecture.house import ROOT
from tests.databases import make_database
from town.programs import haproxy
from town.torture.ports import free_ports
from town.torture.postgres_server import PostgresServer

Service = dict[str, Any]
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::-([^}]*))?\}")
_SECONDS = 90.0


class Containers:
    """The services of the file, started in the order that it demands. `ports` says where each one answers."""

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        with (ROOT / "docker-compose.yml").open(encoding="utf-8") as file:
            told: dict[str, Service] = _filled_in(yaml.safe_load(file)["services"], variables or {})
        # What has a profile is started for whoever asks for it, and nobody does here.
        self.services = {name: each for name, each in told.items() if "profiles" not in each}
        self.folder = folder
        self.ports = dict(zip(self.services, free_ports(len(self.services)), strict=True))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._postgres: PostgresServer | None = None

    def start(self, name: str) -> None:
        """Start one service, after those it depends on are as far as it demands."""
        if name in self.processes or (name == "postgres" and self._postgres is not None):
            return
        wishes = self.services[name].get("depends_on", {})
        for other in wishes:  # all of them before any is waited for, as compose does
            self.start(other)
        for other, wish in wishes.items():
            if wish["condition"] == "service_healthy":
                self.wait_until_healthy(other)
            else:
                assert wish["condition"] == "service_completed_successfully"
                assert self.processes[other].wait(_SECONDS) == 0, self.said(other)
        if name == "postgres":
            self._start_postgres()
        else:
            self.start_again(name)

    def start_again(self, name: str) -> None:
        """Start a process for a service whose dependencies are there."""
        with self._log(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self._command(name, self.services[name]["command"]),
                cwd=ROOT,
                env=self._environment(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def healthy(self, name: str) -> bool:
        """Whether the service's own check finds it well."""
        kind, *command = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        asked = self._command(name, command)
        return subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0

    def kill(self, name: str) -> None:
        """kill -9."""
        self.processes[name].kill()
        self.processes[name].wait()

    def close(self) -> None:
        """Stop all of them, PostgreSQL last."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)  # stop_grace_period
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._postgres is not None:
            self._postgres.close()

    def said(self, name: str) -> str:
        """What a service wrote."""
        return f"{name}: {self._log(name).read_text(encoding='utf-8', errors='replace')[-2000:]}"

    def wait_until_healthy(self, name: str) -> None:
        """As compose waits before it starts what depends on a service."""
        started = perf_counter()
        while not self.healthy(name):
            process = self.processes.get(name)
            assert process is not None, f"{name} is not well"
            assert perf_counter() - started < _SECONDS, self.said(name)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
                raise AssertionError(f"ended with {process.returncode}: {self.said(name)}")

    def _start_postgres(self) -> None:
        wish = self.services["postgres"]["environment"]
        assert "--locale=C" in wish["POSTGRES_INITDB_ARGS"], "as our server has it"
        self._postgres = PostgresServer()
        self._postgres.start()
        self.ports["postgres"] = self._postgres.port
        user, password, name = (wish[f"POSTGRES_{each}"] for each in ("USER", "PASSWORD", "DB"))
        with psycopg.connect(self._postgres.url, autocommit=True) as connection:
            role = SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD {}").format(Identifier(user), password)
            connection.execute(role)
        make_database(self._postgres.url, name)

    def _environment(self, name: str) -> dict[str, str]:
        """What the image sets, and what the file sets over it."""
        own = {key: value for key, value in os.environ.items() if not key.startswith(("SANDBOX_", "PG"))}
        image = {"SANDBOX_HOST": "127.0.0.1", "SANDBOX_BASE_PORT": str(self.ports[name])}
        image["SANDBOX_VAR_DIR"] = str(self.folder / "data")
        (self.folder / "data").mkdir(exist_ok=True)
        wish = self.services[name].get("environment", {})
        return {**own, **image, **{key: self._placed(name, str(value)) for key, value in wish.items()}}

    def _command(self, name: str, command: list[str]) -> list[str]:
        program, *arguments = command
        programs = {"python": lambda: sys.executable, "haproxy": lambda: str(haproxy())}
        found = programs.get(program, lambda: program)()
        mounted = dict(volume.split(":")[1::-1] for volume in self.services[name].get("volumes", ()))
        files = {inside: str(ROOT / outside) for inside, outside in mounted.items()}
        return [found, *(files.get(each) or self._placed(name, each) for each in arguments)]

    def _placed(self, own: str, text: str) -> str:
        """Hosts and ports of containers, as they are here."""
        for name, port in self.ports.items():
            text = re.sub(rf"(?<![\w.-]){name}:\d+", f"127.0.0.1:{port}", text)
        text = re.sub(r"(?:127\.0\.0\.1|0\.0\.0\.0):(?:8000|5432)\b", f"127.0.0.1:{self.ports[own]}", text)
        return text.replace("--port=5432", f"--port={self.ports[own]}")

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def _filled_in(value: Any, variables: Mapping[str, str]) -> Any:
    """Every ${NAME:-default} replaced, as compose does it."""
    if isinstance(value, dict):
        return {key: _filled_in(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled_in(each, variables) for each in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: variables.get(found[1]) or found[2] or "", value)
    return value
