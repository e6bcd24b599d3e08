"""Real processes, killed in the middle of real work: gateway and agencies by SIGKILL, one after the other."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from chassis.client import ServiceClient, ServiceUnreachable
from chassis.clock import WallClock
from services import NAMES
from town.servers import Running
from town.stage import on_free_ports
from town.torture.families import Citizen, Told, crowd, judged, undisturbed
from town.torture.luck import Luck

HOST = "127.0.0.1"
AT_ONCE = 8
_POLL_SECONDS = 0.02
_MOST_SECONDS = 60.0
Progress = Callable[[int, int], None]


@dataclass
class Kills:
    """What killing came to. Seconds are from a kill to the first answer of the process in its place."""

    kills: int = 0
    declared: int = 0
    finished: int = 0
    lost: int = 0
    otherwise: int = 0
    contradictions: list[str] = field(default_factory=list)
    resumed_seconds: list[float] = field(default_factory=list)
    tries: int = 0
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        """Whether nothing was lost, doubled or told in two ways."""
        return not (self.lost or self.otherwise or self.contradictions) and self.declared == self.finished

    def quantile(self, percent: int) -> float:
        """Of the seconds until a process was back."""
        if len(self.resumed_seconds) < 2:
            return max(self.resumed_seconds, default=0.0)
        return quantiles(self.resumed_seconds, n=100, method="inclusive")[percent - 1]

    def count(self, told: Told, seconds: float) -> None:
        """What the citizens were told, and how long it all took."""
        self.declared, self.finished = len(told.dossiers), len(told.finished)
        self.contradictions, self.tries, self.seconds = told.contradictions, told.tries, seconds

    def as_json(self) -> dict[str, Any]:
        """The figures."""
        document = asdict(self)
        document["resumed_seconds"] = {f"p{at}": round(self.quantile(at), 3) for at in (50, 95, 99)}
        return document | {"fine": self.fine, "seconds": round(self.seconds, 1)}


def run(kills: int, seed: int, progress: Progress, how: signal.Signals = signal.SIGKILL) -> Kills:
    """Kill so many processes of a town with files, under load; or tell them to end, by SIGTERM."""
    with TemporaryDirectory() as folder:
        return asyncio.run(_killing(kills, seed, Path(folder), progress, how))


async def _killing(kills: int, seed: int, folder: Path, progress: Progress, how: signal.Signals) -> Kills:
    expected = await undisturbed(seed)
    figures, began = Kills(), perf_counter()
    async with (
        on_free_ports(folder, processes=True) as running,
        ServiceClient.over_http(running.urls) as client,
    ):
        citizen, stop = Citizen(client, Told()), asyncio.Event()
        working = asyncio.create_task(crowd(citizen, AT_ONCE, seed, stop))
        luck = Luck(seed, "kills")
        while figures.kills < kills and not working.done():
            await WallClock().pause(0.05 + luck.below(400) / 1000)
            await _kill_one(running, client, luck, figures, how)
            progress(figures.kills, kills)
        stop.set()
        await working
        figures.lost, figures.otherwise = await judged(citizen, expected)
    figures.count(citizen.told, perf_counter() - began)
    return figures


async def _kill_one(
    running: Running, client: ServiceClient, luck: Luck, figures: Kills, how: signal.Signals
) -> None:
    # The gateway knows most: it is killed as often as all the others together.
    name = "gateway" if luck.happens(0.5) else luck.choose(NAMES)
    pid = running.servers()[name]
    os.kill(pid, how)
    figures.kills += 1
    figures.resumed_seconds.append(
        await _seconds_until_up(client, name, lambda: running.servers()[name] != pid)
    )


async def _seconds_until_up(client: ServiceClient, name: str, replaced: Callable[[], bool]) -> float:
    began = perf_counter()
    while (passed := perf_counter() - began) < _MOST_SECONDS:
        with suppress(ServiceUnreachable):
            if replaced() and (await client.call(name, "GET", "/health")).status == 200:
                return perf_counter() - began
        await WallClock().pause(_POLL_SECONDS)
    return passed
