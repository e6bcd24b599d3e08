"""``bench soak``: hours of work in minutes. Does any process grow?"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chassis.client import ServiceClient
from chassis.clock import WallClock
from town.bench.recording import one_case
from town.stage import on_free_ports

Json = dict[str, Any]
# What must hold for each process.
MOST_MB, MOST_DESCRIPTORS = 1.0, 0
_AT_ONCE, _EVERY_SECONDS = 4, 5.0
# What is learnt once (caches fill, pages are touched) is no growth: the first part is left out.
_WARM = 0.25


@dataclass(frozen=True)
class Seen:
    """A process at an instant: its memory in MB, and what it has open."""

    seconds: float
    megabytes: float
    descriptors: int


async def measure(minutes: float) -> Json:
    """Cases one after the other, four at once, each run removed at its end; the processes are looked at."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with (
        TemporaryDirectory() as folder,
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("cases", total=minutes * 60)
        async with (
            on_free_ports(Path(folder), processes=True) as running,
            ServiceClient.over_http(running.urls, timeout_seconds=60) as client,
        ):
            soak = _Soak(client, running.servers, minutes * 60)
            await soak.go_on(lambda passed: bar.update(task, completed=passed))
    return document(soak.seen, soak.cases, minutes)


class _Soak:
    def __init__(
        self, client: ServiceClient, processes: Callable[[], Mapping[str, int]], seconds: float
    ) -> None:
        self._client, self._processes, self._seconds = client, processes, seconds
        self._began = perf_counter()
        self.cases = 0
        self.seen: dict[str, list[Seen]] = {}

    @property
    def _passed(self) -> float:
        return perf_counter() - self._began

    async def go_on(self, tell: Callable[[float], None]) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(_AT_ONCE):
                group.create_task(self._live(number))
            while self._passed < self._seconds:
                await WallClock().pause(_EVERY_SECONDS)
                self._look()
                tell(self._passed)

    async def _live(self, number: int) -> None:
        while self._passed < self._seconds:
            self.cases += 1
            run = f"soak-{number}-{self.cases}"
            await one_case(self._client, run)
            (await self._client.call("gateway", "DELETE", f"/runs/{run}")).raise_for_problem()

    def _look(self) -> None:
        for name, pid in self._processes().items():
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                memory = own_megabytes(process)
                self.seen.setdefault(name, []).append(Seen(self._passed, memory, process.num_fds()))


def own_megabytes(process: psutil.Process) -> float:
    """What a process holds that is no file.

    Pages that it still shares with the process that it was forked from count as well: the first write to one
    makes it private, which takes room on the machine but is no growth of the process.
    """
    memory = process.memory_info()
    return float(memory.rss - getattr(memory, "shared", 0)) / 2**20


def slope(seen: Sequence[Seen]) -> float:
    """MB in 10 minutes, by the straight line that fits best."""
    if len(seen) < 2:
        return 0.0
    middle = sum(each.seconds for each in seen) / len(seen)
    mean = sum(each.megabytes for each in seen) / len(seen)
    spread = sum((each.seconds - middle) ** 2 for each in seen)
    along = sum((each.seconds - middle) * (each.megabytes - mean) for each in seen)
    return 600 * along / spread


def document(seen: Mapping[str, Sequence[Seen]], cases: int, minutes: float) -> Json:
    """The figures by process, and whether they are within bounds."""
    processes = {}
    for name, all_seen in seen.items():
        late = all_seen[int(_WARM * len(all_seen)) :]
        half = len(late) // 2
        most_before = max((each.descriptors for each in late[:half]), default=0)
        processes[name] = {
            "megabytes": round(late[-1].megabytes, 1),
            "mb_in_10_minutes": round(slope(late), 2),
            "descriptors": late[-1].descriptors,
            "more_descriptors": max(each.descriptors for each in late[half:]) - most_before,
        }
    held = {
        "memory": all(each["mb_in_10_minutes"] <= MOST_MB for each in processes.values()),
        "descriptors": all(each["more_descriptors"] <= MOST_DESCRIPTORS for each in processes.values()),
    }
    return {"minutes": minutes, "cases": cases, "processes": processes, "held": held}


def tell(figures: Json) -> None:
    """A table by process."""
    console = Console()
    table = Table(box=None, pad_edge=False, title=f"{figures['cases']} cases in {figures['minutes']} minutes")
    table.add_column("process")
    for title in ("MB", "MB in 10 minutes", "descriptors", "more of them"):
        table.add_column(title, justify="right")
    for name, each in figures["processes"].items():
        table.add_row(name, *(str(value) for value in each.values()))
    console.print(table)
    for name, held in figures["held"].items():
        console.print(f"{name}: {'[green]held[/]' if held else '[red]did not hold[/]'}")
