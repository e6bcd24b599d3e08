"""What is measured: the bare loop, ours on either store with one and two gateways, and the rival."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from chassis.client import ServiceClient
from town.bench.bare import Bare
from town.bench.load import Measured, Processes, measured
from town.bench.recording import BATCH, Call, one_batch, one_case, recorded
from town.bench.rival import Rival
from town.stage import on_free_ports
from town.torture.postgres_server import PostgresServer
from town.torture.replicas import GATEWAYS, SERVICES, Doors, Replicas

# A case among 256 waits for all of them.
PATIENT = 300.0
_MAKE = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
Go = Callable[[Sequence[str], int], Awaitable[Measured]]


@dataclass(frozen=True)
class Side:
    """One of those measured; ``go`` does cases under these names, so many at once.

    ``batch``: so many cases are one request, and one batch is measured whatever is in flight.
    """

    name: str
    store: str
    gateways: int
    go: Go
    batch: int = 1


@asynccontextmanager
async def sides(folder: Path, with_postgres: bool = True) -> AsyncIterator[list[Side]]:
    """All of them, with their processes up."""
    calls = await recorded()
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(on_free_ports(folder, processes=True))
        client = await stack.enter_async_context(
            ServiceClient.over_http(running.urls, timeout_seconds=PATIENT)
        )
        bare = Bare(folder / "bare.sqlite", calls)
        stack.callback(bare.close)
        here = partial(_with_driver, lambda: {name: [pid] for name, pid in running.servers().items()})
        found = [
            Side("bare", "sqlite", 0, _over(partial(bare.case, client), here)),
            Side("ours", "sqlite", 1, _over(partial(one_case, client), here)),
            Side("ours", "sqlite", 1, _over(partial(one_batch, client), here, BATCH), BATCH),
        ]
        if with_postgres:
            found += await _on_postgres(stack, folder, calls)
        yield found


async def _on_postgres(stack: AsyncExitStack, folder: Path, calls: Sequence[Call]) -> list[Side]:
    server = stack.enter_context(PostgresServer())
    with psycopg.connect(server.url, autocommit=True) as connection:
        for name in ("town", "rival"):
            connection.execute(_MAKE.format(name).encode())
    replicas = stack.enter_context(Replicas(server, folder))
    for name in replicas.names:
        await replicas.until_up(name)
    services = {name: replicas.urls[name] for name in SERVICES}
    rival = stack.enter_context(Rival(server.url_of("rival"), services, calls))

    def processes(more: Mapping[str, Sequence[int]] | None = None) -> Mapping[str, Sequence[int]]:
        own = {name: [pid] for name, pid in replicas.pids().items()}
        return own | {"postgres": server.pids()} | dict(more or {})

    async def rival_go(names: Sequence[str], at_once: int) -> Measured:
        told: dict[str, Any] = {}

        async def all_at_once(_name: str) -> None:
            told.update(await rival.do(names, at_once))

        whole = await measured(all_at_once, ["all"], 1, lambda: processes({"dbos": [rival.pid]}), len(names))
        return Measured(whole.cases, told["seconds"], told["each"], whole.cpu)

    there = partial(_with_driver, processes)
    found = []
    for many in (1, len(GATEWAYS)):
        door = Doors([replicas.urls[name] for name in GATEWAYS[:many]], PATIENT)
        stack.push_async_callback(door.aclose)
        found.append(Side("ours", "postgres", many, _over(partial(one_case, door), there)))
    return [*found, Side("dbos", "postgres", 0, rival_go)]


def _with_driver(processes: Processes) -> Mapping[str, Sequence[int]]:
    return {"driver": [os.getpid()], **processes()}


def _over(case: Callable[[str], Awaitable[None]], processes: Processes, size: int = 1) -> Go:
    async def go(names: Sequence[str], at_once: int) -> Measured:
        return await measured(case, names, at_once, processes, size)

    return go
