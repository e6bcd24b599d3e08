"""Starts the servers of a town, all in this process or one process each, and ends them in good order."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from chassis.client import ServiceClient
from town.listening import (
    CannotListen,
    PortTaken,
    Running,
    ServerSpec,
    bound,
    serving,
    stopped_by_sigterm,
    url_of,
)
from town.processes import Fleet, NotStarted

__all__ = ["CannotListen", "NotStarted", "PortTaken", "Running", "ServerSpec"]
__all__ += ["in_one_process", "in_processes", "serve_until_stopped"]
_START_SECONDS = 60.0
# A proxy that asks for health every second, and believes it the second time, has noticed by then.
_DRAIN_SECONDS = 2.5


@asynccontextmanager
async def in_one_process(specs: Sequence[ServerSpec], host: str) -> AsyncIterator[Running]:
    """One uvicorn server for each, all in this event loop. They listen when the block begins."""
    with bound(specs, host) as sockets:
        apps = [spec.app() for spec in specs]
        urls = {spec.name: url_of(each) for spec, each in zip(specs, sockets, strict=True)}
        async with serving(apps, sockets):
            yield Running(urls, lambda: [os.getpid()])


@asynccontextmanager
async def in_processes(specs: Sequence[ServerSpec], host: str) -> AsyncIterator[Running]:
    """One process for each. Every one has answered GET /health when the block begins.

    One that dies later is started again on its port, and standard error says so. All end with this process,
    however it ends.
    """
    with bound(specs, host) as sockets:
        urls = {spec.name: url_of(each) for spec, each in zip(specs, sockets, strict=True)}
        with Fleet(specs, sockets) as fleet:
            async with ServiceClient.over_http(urls, timeout_seconds=_START_SECONDS) as client:
                answers = await asyncio.gather(*(client.call(name, "GET", "/health") for name in urls))
                for answer in answers:
                    answer.raise_for_problem()
            yield Running(urls, fleet.pids, fleet.servers)


async def serve_until_stopped(spec: ServerSpec, host: str) -> int:
    """One server in the foreground, until SIGTERM (a container is stopped) or Ctrl-C. 0 after a SIGTERM."""
    with bound([spec], host) as sockets:
        app = spec.app()
        stop = asyncio.Event()
        async with serving([app], sockets, drain_seconds=_DRAIN_SECONDS), stopped_by_sigterm(stop):
            await stop.wait()
    return 0
