"""The network between real processes, cut and mended under load: connections break, or bytes go nowhere."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from chassis.client import ServiceClient
from chassis.clock import WallClock
from services import NAMES as SERVICES
from town.layout import NAMES, specs
from town.listening import ServerSpec
from town.servers import in_processes
from town.torture.families import Citizen, Told, crowd, judged, undisturbed
from town.torture.kills import AT_ONCE, HOST, Kills, Progress
from town.torture.luck import Luck
from town.torture.ports import free_ports

# A cut is over before a caller loses patience, now and then only just.
_SHORTEST_MS, _LONGEST_MS = 100, 4000
_CHUNK = 65_536


class Cable:
    """One way to one service. Whole, it hands bytes on; cut, it breaks what is open and takes nothing new;
    silent, it takes everything and hands on nothing, as a firewall that drops packets does.
    """

    def __init__(self, port: int, target: int) -> None:
        self.port, self.target = port, target
        self._silent = False
        self._writers: dict[int, asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None
        self._whole = asyncio.Event()
        self._carrying: dict[int, asyncio.Task[None]] = {}

    async def mend(self) -> None:
        """Let everything through again."""
        self._silent = False
        self._whole.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, HOST, self.port)

    async def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._break()

    def silence(self) -> None:
        """Hand on nothing any more; whoever waits, waits."""
        self._silent = True
        self._whole.clear()

    async def aclose(self) -> None:
        """Take it away."""
        await self.cut()
        carrying = list(self._carrying.values())
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    def _break(self) -> None:
        for writer in list(self._writers.values()):
            writer.transport.abort()
        self._writers.clear()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._carrying[id(task)] = task
        task.add_done_callback(lambda done: self._carrying.pop(id(done), None))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers[id(writer)] = writer
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers[id(far_writer)] = far_writer
        try:
            await asyncio.gather(self._hand_on(reader, far_writer), self._hand_on(far_reader, writer))
        finally:
            for each in (writer, far_writer):
                self._writers.pop(id(each), None)
                each.close()
            await asyncio.gather(writer.wait_closed(), far_writer.wait_closed(), return_exceptions=True)

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(_CHUNK):
                if self._silent:
                    await self._whole.wait()
                writer.write(chunk)
                await writer.drain()
            writer.write_eof()
        except OSError:
            writer.transport.abort()


def run(cuts: int, seed: int, progress: Progress) -> Kills:
    """So many cuts between the processes of a town with files, under load."""
    with TemporaryDirectory() as folder:
        return asyncio.run(_cutting(cuts, seed, Path(folder), progress))


def _through(cables: Mapping[str, Cable], folder: Path) -> list[ServerSpec]:
    """The servers of a town, each at the far end of a cable, by which the others reach it."""
    ways = {name: f"http://{HOST}:{cable.port}" for name, cable in cables.items()}
    found = []
    for spec in specs(0, folder, HOST):
        port = cables[spec.name].target
        own = {spec.name: f"http://{HOST}:{port}"}
        arguments = {**spec.arguments, "service_urls": ways | own}
        found.append(replace(spec, port=port, arguments=arguments))
    return found


async def _cutting(cuts: int, seed: int, folder: Path, progress: Progress) -> Kills:
    expected, figures, began = await undisturbed(seed), Kills(), perf_counter()
    ports = free_ports(2 * len(NAMES))
    cables = {name: Cable(*ports[2 * at : 2 * at + 2]) for at, name in enumerate(NAMES)}
    async with AsyncExitStack() as stack:
        for cable in cables.values():
            await cable.mend()
            stack.push_async_callback(cable.aclose)
        running = await stack.enter_async_context(in_processes(_through(cables, folder), HOST))
        client = await stack.enter_async_context(ServiceClient.over_http(running.urls))
        citizen, stop = Citizen(client, Told()), asyncio.Event()
        working = asyncio.create_task(crowd(citizen, AT_ONCE, seed, stop, "network"))
        luck = Luck(seed, "network cuts")
        while figures.kills < cuts and not working.done():
            await WallClock().pause(0.05 + luck.below(400) / 1000)
            await _cut_one(cables[luck.choose(SERVICES)], luck)
            figures.kills += 1
            progress(figures.kills, cuts)
        stop.set()
        await working
        figures.lost, figures.otherwise = await judged(citizen, expected)
    figures.count(citizen.told, perf_counter() - began)
    return figures


async def _cut_one(cable: Cable, luck: Luck) -> None:
    if luck.happens(0.5):
        await cable.cut()
    else:
        cable.silence()
    await WallClock().pause((_SHORTEST_MS + luck.below(_LONGEST_MS - _SHORTEST_MS)) / 1000)
    await cable.mend()
