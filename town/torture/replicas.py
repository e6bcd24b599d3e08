"""The town on PostgreSQL as on many machines: two gateways and every agency, each a process of its own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import services
from chassis.client import Answer, ServiceClient, ServiceUnreachable
from chassis.clock import WallClock
from town.torture.ports import free_ports
from town.torture.postgres_server import PostgresServer

ROOT = Path(__file__).resolve().parent.parent.parent
GATEWAYS = ("gateway_1", "gateway_2")
SERVICES = services.NAMES
_HOST = "127.0.0.1"
_MOST_SECONDS = 60.0
_POLL_SECONDS = 0.05


class Replicas:
    """The processes by name; `gateways` is the way to either gateway, as through a proxy."""

    def __init__(
        self, server: PostgresServer, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.server = server
        self._folder = folder
        self.names = (*GATEWAYS, *SERVICES)
        self.ports = dict(zip(self.names, free_ports(len(self.names)), strict=True))
        self.urls = {name: f"http://{_HOST}:{port}" for name, port in self.ports.items()}
        self._environment = dict(environment or {})
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        made = self._command("migrate")
        if made.returncode:
            raise RuntimeError(made.stderr.decode()[-2000:])
        for name in self.names:
            self.start(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes.values():
            process.kill()
        for process in self._processes.values():
            process.wait()

    def start(self, name: str) -> None:
        """Start a process, or start it again."""
        service = "gateway" if name in GATEWAYS else name
        with (self._folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "town", "serve", service, "--port", str(self.ports[name])],
                cwd=ROOT,
                env=self._variables(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal: SIGKILL, SIGSTOP, SIGCONT, SIGTERM."""
        self._processes[name].send_signal(number)

    def pids(self) -> dict[str, int]:
        """The process of each by name, as it is now."""
        return {name: process.pid for name, process in self._processes.items()}

    def kill(self, name: str) -> None:
        """Kill a process and wait until it is gone."""
        self._processes[name].kill()
        self._processes[name].wait()

    def ended(self, name: str, seconds: float) -> int:
        """The exit code of a process that was told to end."""
        return self._processes[name].wait(seconds)

    def said(self, name: str) -> str:
        """The log of a process."""
        return (self._folder / f"{name}.log").read_text(encoding="utf-8")

    def _variables(self) -> dict[str, str]:
        services = {name: url for name, url in self.urls.items() if name in SERVICES}
        urls = {**services, "gateway": self.urls[GATEWAYS[0]]}
        own = {
            "SANDBOX_DATABASE_URL": self.server.url_of("town"),
            "SANDBOX_SERVICE_URLS": json.dumps(urls),
            "SANDBOX_LOG_LEVEL": "error",
        }
        return {**os.environ, **own, **self._environment}

    def _command(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "town", *words],
            cwd=ROOT,
            env=self._variables(),
            capture_output=True,
            check=False,
        )

    @contextmanager
    def doors(self) -> Iterator["Doors"]:
        """A client to either gateway."""
        yield Doors([self.urls[name] for name in GATEWAYS])

    async def until_up(self, name: str) -> None:
        """Wait until a process answers; raises TimeoutError with what it said."""
        client = ServiceClient.over_http({name: self.urls[name]}, timeout_seconds=2)
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                while not await _well(client, name):
                    await WallClock().pause(_POLL_SECONDS)
        except TimeoutError:
            raise TimeoutError(f"{name} did not come up: {self.said(name)[-2000:]}") from None
        finally:
            await client.aclose()


class Doors(ServiceClient):
    """Asks one gateway and the other by turns, as a proxy does; one that refuses is left out that time."""

    def __init__(self, urls: list[str], timeout_seconds: float = 10.0) -> None:
        super().__init__({}, {"gateway": ""}, None)
        self._doors = [
            ServiceClient.over_http({"gateway": url}, timeout_seconds=timeout_seconds) for url in urls
        ]
        self._turns = count()

    async def call(self, service: str, method: str, path: str, **sent: Any) -> Answer:
        """One request to the gateway whose turn it is; to the other when nobody is there."""
        turn = next(self._turns)
        first, second = (self._doors[(turn + offset) % len(self._doors)] for offset in (0, 1))
        try:
            return await first.call(service, method, path, **sent)
        except ServiceUnreachable as down:
            if down.reason != "refused":
                raise
            return await second.call(service, method, path, **sent)

    async def aclose(self) -> None:
        for door in self._doors:
            await door.aclose()


async def _well(client: ServiceClient, name: str) -> bool:
    try:
        return (await client.call(name, "GET", "/health")).status == 200
    except ServiceUnreachable:
        return False
