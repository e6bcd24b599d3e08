"""So many cases at once, how long each took, and what it cost each process."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import psutil

Json = dict[str, Any]
Case = Callable[[str], Awaitable[None]]
Processes = Callable[[], Mapping[str, Sequence[int]]]


@dataclass
class Measured:
    """One go: cases, the seconds of each, the seconds in all, the CPU seconds of each process."""

    cases: int
    seconds: float
    each: list[float] = field(repr=False)
    cpu: dict[str, float]

    @property
    def per_second(self) -> float:
        """Cases a second."""
        return self.cases / self.seconds

    def milliseconds(self, percent: int) -> float:
        """A quantile of what a case took."""
        if len(self.each) == 1:
            return self.each[0] * 1000
        return quantiles(self.each, n=100, method="inclusive")[percent - 1] * 1000


async def measured(
    case: Case, names: Sequence[str], at_once: int, processes: Processes, size: int = 1
) -> Measured:
    """Do a case for each name, so many at once. A case counts for ``size`` (a batch is many)."""
    waiting = iter(names)
    each: list[float] = []

    async def work() -> None:
        for name in waiting:
            began = perf_counter()
            await case(name)
            each.append(perf_counter() - began)

    before, began = _cpu(processes()), perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(names))):
            group.create_task(work())
    seconds, after = perf_counter() - began, _cpu(processes())
    cpu = {name: after[name] - before.get(name, 0.0) for name in after}
    return Measured(len(names) * size, seconds, each, cpu)


def _cpu(processes: Mapping[str, Sequence[int]]) -> dict[str, float]:
    used = dict[str, float]()
    for name, pids in processes.items():
        used[name] = 0.0
        for pid in pids:
            with suppress(psutil.NoSuchProcess):
                times = psutil.Process(pid).cpu_times()
                used[name] += times.user + times.system
    return used


def row(name: str, store: str, gateways: int, batch: int, in_flight: int, goes: Sequence[Measured]) -> Json:
    """The medians of several goes, as the document has them."""

    def middle(of: Callable[[Measured], float], digits: int) -> float:
        return round(median(of(go) for go in goes), digits)

    processes = list(dict.fromkeys(process for go in goes for process in go.cpu))
    return {
        "name": name,
        "store": store,
        "gateways": gateways,
        "batch": batch,
        "in_flight": in_flight,
        "cases": sum(go.cases for go in goes),
        "cases_per_s": middle(lambda go: go.per_second, 2),
        "p50_ms": middle(lambda go: go.milliseconds(50), 1),
        "p99_ms": middle(lambda go: go.milliseconds(99), 1),
        "cpu_ms_per_case": {
            process: round(1000 * median(go.cpu.get(process, 0.0) / go.cases for go in goes), 2)
            for process in processes
        },
    }
