"""``python3 run.py torture``: all that can go wrong, made to go wrong; what was tried and what held."""

import json as json_library
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from flow_model.errors import SandboxError
from town.torture.ports import free_ports
from town.torture.virtual.plans import Fixed, read, written
from town.torture.virtual.runner import LEAST_FIRED, Job, Schedules, seldom
from town.torture.virtual.stage import SEED_STORIES, Stage

Json = dict[str, Any]
Told = Callable[[int, int], None]
PARTS = ("single", "pairs", "seeds", "cuts", "kills", "replicas")


class NoSuchPart(SandboxError):
    """The developer names a part that there is."""

    slug = "no-such-part"


@dataclass(frozen=True)
class Wish:
    """What is to be tried, and how much of it."""

    parts: tuple[str, ...] = PARTS
    seeds: int = 2000
    first_seed: int = 1
    kills: int = 50
    cuts: int = 2000
    minutes: float = 60.0
    replay: str | None = None
    json: bool = False


@dataclass
class Outcome:
    """What one part came to: its figures, what did not hold, and how long it took."""

    part: str
    figures: Json
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


def main(wish: Wish) -> int:
    """Try it all; 0 when everything held."""
    unknown = [part for part in wish.parts if part not in PARTS]
    if unknown:
        known = ", ".join(PARTS)
        raise NoSuchPart(
            f"Không có phần {unknown[0]}; có: {known}", f"no part {unknown[0]}; there are: {known}"
        )
    os.environ.setdefault("SANDBOX_LOG_LEVEL", "error")
    if wish.replay is not None:
        return _replay(wish.replay)
    torture = _Torture(wish)
    outcomes = [torture.do(part) for part in wish.parts if not torture.late()]
    left_out = wish.parts[len(outcomes) :]
    if wish.json:
        print(json_library.dumps(_document(outcomes, left_out), ensure_ascii=False, indent=1))
    else:
        _tell(outcomes, left_out)
    return 1 if any(outcome.wrong for outcome in outcomes) else 0


class _Torture:
    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._began = perf_counter()
        self._console = Console(stderr=True)
        self._made: Schedules | None = None

    def late(self) -> bool:
        """Whether there is no time to begin anything more."""
        return perf_counter() - self._began > self._wish.minutes * 60

    def do(self, part: str) -> Outcome:
        """One part, with a bar."""
        began = perf_counter()
        with self._bar(part) as tell:
            outcome: Outcome = getattr(self, f"_{part}")(tell)
        outcome.seconds = perf_counter() - began
        return outcome

    @contextmanager
    def _bar(self, part: str) -> Iterator[Told]:
        columns = (TextColumn(part), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task(part, total=None)
            yield lambda done, of: bar.update(task, completed=done, total=of)

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
        return f"{record['name']} at {_commit()}: {record['wrong'][0]}\n{lines}\n    {replay}"

    def _cuts(self, tell: Told) -> Outcome:
        from town.torture import power_cuts

        report = power_cuts.run(self._wish.cuts, 1, lambda figures: tell(figures.cuts, self._wish.cuts))
        wrong = [] if report.fine else ["a commit that was acknowledged is lost, or the control lost none"]
        return Outcome("cuts", report.as_json(), wrong)

    def _kills(self, tell: Told) -> Outcome:
        from town.torture import kills

        figures = kills.run(self._wish.kills, 7, free_ports(1)[0], tell)
        return Outcome("kills", figures.as_json(), [] if figures.fine else ["see the figures"])

    def _replicas(self, tell: Told) -> Outcome:
        from town.torture import replica_kills

        stops = max(1, self._wish.kills // 25)
        figures = replica_kills.run(self._wish.kills, 7, tell, stops)
        return Outcome("replicas", figures.as_json(), [] if figures.fine else ["see the figures"])


def _replay(text: str) -> int:
    """One schedule again, with all that happened in it."""
    story, _, plan = text.strip().partition(" ")
    known = {str(each): each for each in SEED_STORIES}
    if story not in known:
        listed = ", ".join(known)
        raise NoSuchPart(f"Không có chuyện {story}; có: {listed}", f"no story {story}; there are: {listed}")
    from town.torture.virtual.explore import Explorer

    record = Explorer(Stage(known[story])).run(Fixed(read(plan)), plan, whole=True)
    print("\n".join(record["log"]))
    for wrong in record["wrong"] or ["everything held"]:
        print(wrong)
    return 1 if record["wrong"] else 0


def _commit() -> str:
    """The commit of this checkout, so that the schedule can be played on the same code."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "an unknown commit"


def _document(outcomes: list[Outcome], left_out: tuple[str, ...]) -> Json:
    return {
        "commit": _commit(),
        "cores": os.cpu_count(),
        "parts": {
            each.part: {"figures": each.figures, "wrong": each.wrong, "seconds": round(each.seconds, 1)}
            for each in outcomes
        },
        "left_out_for_lack_of_time": list(left_out),
    }


def _tell(outcomes: list[Outcome], left_out: tuple[str, ...]) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False)
    for title in ("part", "held", "seconds", "figures"):
        table.add_column(title, justify="right" if title == "seconds" else "left")
    for outcome in outcomes:
        held = "[red]no[/]" if outcome.wrong else "[green]yes[/]"
        table.add_row(outcome.part, held, f"{outcome.seconds:.1f}", _shown(outcome.figures))
    for part in left_out:
        table.add_row(part, "[yellow]not tried: no time left[/]", "", "")
    console.print(table)
    for outcome in outcomes:
        for wrong in outcome.wrong:
            console.print(f"[red]{outcome.part}[/] {wrong}", markup=True, highlight=False)


def _shown(figures: Json) -> str:
    plain = {name: value for name, value in figures.items() if not isinstance(value, list | dict)}
    return ", ".join(f"{name} {value}" for name, value in plain.items())
