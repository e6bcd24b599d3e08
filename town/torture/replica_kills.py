"""Two gateways on one PostgreSQL under load: processes and the database killed, a gateway stopped."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import psycopg

from chassis.clock import WallClock
from gateway.executors import LEASE
from town.torture.families import Citizen, Told, crowd, judged, undisturbed
from town.torture.kills import AT_ONCE, Kills, Progress
from town.torture.luck import Luck
from town.torture.postgres_server import PostgresServer
from town.torture.replicas import GATEWAYS, SERVICES, Replicas

_LEASES = 3
_MAKE = "CREATE DATABASE town TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"


def run(kills: int, seed: int, progress: Progress, stops: int = 1, databases: int | None = None) -> Kills:
    """So many kills, ``databases`` of them of the database (a third if not said), and stops of a gateway."""
    with TemporaryDirectory() as folder, PostgresServer() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(_MAKE)
        with Replicas(server, Path(folder)) as replicas:
            torture = _Torture(replicas, seed, progress)
            return asyncio.run(torture.go_on(kills, stops, kills // 3 if databases is None else databases))


class _Torture:
    def __init__(self, replicas: Replicas, seed: int, progress: Progress) -> None:
        self._replicas, self._seed, self._progress = replicas, seed, progress
        self._luck = Luck(seed, "replica kills")
        self.figures = Kills()

    async def go_on(self, kills: int, stops: int, databases: int) -> Kills:
        expected, began = await undisturbed(self._seed), perf_counter()
        for name in self._replicas.names:
            await self._replicas.until_up(name)
        acts = self._shuffled(kills, stops, databases)
        with self._replicas.doors() as doors:
            citizen, stop = Citizen(doors, Told()), asyncio.Event()
            working = asyncio.create_task(crowd(citizen, AT_ONCE, self._seed, stop, "replica"))
            for number, act in enumerate(acts, 1):
                await WallClock().pause(0.1 + self._luck.below(500) / 1000)
                if working.done():
                    break
                await act()
                self._progress(number, len(acts))
            stop.set()
            await working
            self.figures.lost, self.figures.otherwise = await judged(citizen, expected)
            await doors.aclose()
        self.figures.count(citizen.told, perf_counter() - began)
        return self.figures

    def _shuffled(self, kills: int, stops: int, databases: int) -> list[Callable[[], Awaitable[None]]]:
        left = [self._kill_database] * databases
        left += [self._kill_process] * (kills - databases)
        left += [self._stop_gateway] * stops
        return [left.pop(self._luck.below(len(left))) for _ in range(len(left))]

    async def _kill_process(self) -> None:
        name = self._luck.choose(GATEWAYS if self._luck.happens(0.5) else SERVICES)
        self._replicas.kill(name)
        began = perf_counter()
        self._replicas.start(name)
        await self._replicas.until_up(name)
        self.figures.kills += 1
        self.figures.resumed_seconds.append(perf_counter() - began)

    async def _kill_database(self) -> None:
        server = self._replicas.server
        await asyncio.to_thread(server.kill)
        began = perf_counter()
        await asyncio.to_thread(server.start)
        await self._replicas.until_up(self._luck.choose(GATEWAYS))
        self.figures.kills += 1
        self.figures.resumed_seconds.append(perf_counter() - began)

    async def _stop_gateway(self) -> None:
        """Stopped for three leases, then set going again amid what it did: no effect is doubled."""
        name = self._luck.choose(GATEWAYS)
        self._replicas.signal(name, signal.SIGSTOP)
        await WallClock().pause(_LEASES * LEASE.total_seconds())
        self._replicas.signal(name, signal.SIGCONT)
