"""What is tortured, part by part, each with its figures and with what did not hold."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from town.torture.virtual.plans import written
from town.torture.virtual.runner import LEAST_FIRED, Job, Schedules, seldom
from town.torture.virtual.stage import SEED_STORIES

Json = dict[str, Any]
Told = Callable[[int, int], None]
_EVERY_SECONDS = 60
PARTS = {
    "single": "every single fault at every point of both flows, in virtual time",
    "pairs": "every pair of crashes",
    "seeds": "random schedules",
    "mistakes": "mistakes planted in our own code: schedules must show each",
    "cuts": "power cuts: what was acknowledged stays, and the control without sync loses",
    "calls": "the n-th call to the disk fails, for every n",
    "disk": "a disk that is full in three ways, and one that fails",
    "kills": "kill -9 of real processes under load",
    "ends": "SIGTERM of real processes under load: nothing that was accepted fails",
    "network": "the network between real processes, cut and mended",
    "replicas": "two gateways on PostgreSQL: everything is killed, and one is stopped for three leases",
}


@dataclass(frozen=True)
class Wish:
    """What is to be tried, and how much of it."""

    parts: tuple[str, ...] = tuple(PARTS)
    seeds: int = 2000
    first_seed: int = 1
    kills: int = 50
    cuts: int = 2000
    minutes: float = 60.0
    replay: str | None = None
    relearn: bool = False
    json: bool = False


@dataclass
class Outcome:
    """What one part came to: its figures, what did not hold, and how long it took."""

    part: str
    figures: Json
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Torture:
    """Carries out the parts of a wish, one after the other."""

    def __init__(self, wish: Wish, clock: Callable[[], float] = perf_counter) -> None:
        self._wish = wish
        self._clock = clock
        self._began = clock()
        self._console = Console(stderr=True)
        self._made: Schedules | None = None

    def late(self) -> bool:
        """Whether there is no time to begin anything more."""
        return self._clock() - self._began > self._wish.minutes * 60

    def do(self, part: str) -> Outcome:
        """One part, with a bar; where nobody can see one, with a line every minute."""
        began = self._clock()
        with self._bar(part) as tell:
            outcome: Outcome = getattr(self, f"_{part}")(tell)
        outcome.seconds = self._clock() - began
        return outcome

    @contextmanager
    def _bar(self, part: str) -> Iterator[Told]:
        if not self._console.is_terminal:
            yield self._in_lines(part)
            return
        columns = (TextColumn(part), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task(part, total=None)
            yield lambda done, of: bar.update(task, completed=done, total=of)

    def _in_lines(self, part: str) -> Told:
        told = self._clock()

        def tell(done: int, of: int) -> None:
            nonlocal told
            if self._clock() - told >= _EVERY_SECONDS:
                told = self._clock()
                self._console.print(f"{part}: {done:,} of {of:,}", highlight=False)

        return tell

    @property
    def _schedules(self) -> Schedules:
        if self._made is None:
            self._made = Schedules()
        return self._made

    def _single(self, tell: Told) -> Outcome:
        return self._scheduled("single", self._schedules.singles(), tell)

    def _pairs(self, tell: Told) -> Outcome:
        return self._scheduled("pairs", self._schedules.pairs(), tell)

    def _seeds(self, tell: Told) -> Outcome:
        wish, schedules = self._wish, self._schedules
        outcome = self._scheduled("seeds", schedules.seeds(wish.first_seed, wish.seeds), tell)
        if wish.seeds >= 20_000:  # fewer cannot come by everything so often
            cells = {cell for story in range(len(SEED_STORIES)) for cell in schedules.cells(story)}
            outcome.wrong += seldom(self._last, sorted(cells), LEAST_FIRED)
        return outcome

    def _scheduled(self, part: str, jobs: list[Job], tell: Told) -> Outcome:
        began = perf_counter()
        self._last = result = self._schedules.run(jobs, tell, late=self.late)
        figures: Json = {
            "schedules": result.schedules,
            "jobs": len(jobs),
            "crashes": result.crashes,
            "virtual_hours": round(result.virtual_seconds / 3600, 1),
            "kinds_fired": len({kind for _, kind in result.fired}),
            "cells_fired": len(result.fired),
            "per_second": round(result.schedules / max(perf_counter() - began, 0.001), 1),
        }
        return Outcome(part, figures, [self._explained(record) for record in result.failures[:10]])

    def _explained(self, record: Json) -> str:
        plan = written(self._schedules.shrunk(record))
        lines = "\n".join(f"    {line}" for line in record["log"][-20:])
        replay = f"python3 run.py torture --replay '{record['story']} {plan}'"
        return f"{record['name']} at {commit()}: {record['wrong'][0]}\n{lines}\n    {replay}"

    def _mistakes(self, tell: Told) -> Outcome:
        from town.torture.virtual import caught
        from town.torture.virtual.mistakes import mistakes

        names, done = list(mistakes()), iter(range(1, 10**6))
        figures = caught.learn(
            names,
            lambda _said: tell(next(done), len(names)),
            schedules=self._schedules,
            anew=self._wish.relearn,
            late=self.late,
        )
        missed = figures.pop("not_caught")
        return Outcome("mistakes", figures, [f"no schedule shows it: {name}" for name in missed])

    def _cuts(self, tell: Told) -> Outcome:
        from town.torture import power_cuts

        report = power_cuts.run(self._wish.cuts, 1, tell)
        wrong = [] if report.fine else ["a commit that was acknowledged is lost, or the control lost none"]
        return Outcome("cuts", report.as_json(), wrong)

    def _calls(self, tell: Told) -> Outcome:
        from town.torture import nth_acts

        done = iter(range(1, 10**6))
        report = nth_acts.run(progress=lambda _loop: tell(next(done), nth_acts.most_loops()), late=self.late)
        figures = {
            "loops": len(report.loops),
            "failures": sum(each.attempts - 1 for each in report.loops),
        }
        wrong = [f"{each.act}, {each.way}: {wrong}" for each in report.loops for wrong in each.wrong]
        return Outcome("calls", figures, wrong if report.fine else wrong or ["a loop met no failure"])

    def _disk(self, tell: Told) -> Outcome:
        from town.torture import disk_faults

        done = iter(range(1, 10**6))
        ways = disk_faults.WAYS
        report = disk_faults.run(20, progress=lambda _borne: tell(next(done), len(ways)))
        figures = {each.way: each.skipped or sum(each.met.values()) for each in report.ways}
        wrong = [f"{each.way}: {each.wrong or each.met}" for each in report.ways if not each.fine]
        return Outcome("disk", dict(figures), wrong)

    def _kills(self, tell: Told) -> Outcome:
        from town.torture import kills

        figures = kills.run(self._wish.kills, 7, tell)
        return Outcome("kills", figures.as_json(), [] if figures.fine else ["see the figures"])

    def _ends(self, tell: Told) -> Outcome:
        from town.torture import kills

        how_many = max(1, self._wish.kills // 5)
        figures = kills.run(how_many, 7, tell, signal.SIGTERM)
        return Outcome("ends", figures.as_json(), [] if figures.fine else ["see the figures"])

    def _network(self, tell: Told) -> Outcome:
        from town.torture import network_cuts

        figures = network_cuts.run(self._wish.kills, 7, tell)
        return Outcome("network", figures.as_json(), [] if figures.fine else ["see the figures"])

    def _replicas(self, tell: Told) -> Outcome:
        from town.torture import replica_kills

        stops = max(1, self._wish.kills // 25)
        figures = replica_kills.run(self._wish.kills, 7, tell, stops)
        return Outcome("replicas", figures.as_json(), [] if figures.fine else ["see the figures"])


def commit() -> str:
    """The commit of this checkout, so that the schedule can be played on the same code."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "an unknown commit"
