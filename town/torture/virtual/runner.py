"""Schedules by the thousand, on all cores: what was tried, what fired, what did not hold."""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from town.torture.virtual.explore import Explorer, Result
from town.torture.virtual.plans import COMMIT_FAULTS, MESSAGE_FAULTS, Drawn, Fault, Fixed, read, written
from town.torture.virtual.stage import SEED_STORIES, STORIES, Stage, Story

Json = dict[str, Any]
Progress = Callable[[int, int], None]
# The least often that every fault must have hit every step in a whole run, or the run has proved little.
LEAST_FIRED = 20
_PARTS = 12
# Random schedules that share what comes before their first faults. All of a job are told at once.
_TOGETHER = 50


@dataclass(frozen=True)
class Job:
    """Schedules for a worker to do: ``kind`` is singles, pairs or seeds (``what``: their numbers)."""

    kind: str
    story: int
    what: str

    @property
    def numbers(self) -> list[int]:
        """The seeds of a job of random schedules."""
        return [int(each) for each in self.what.split()]


@dataclass
class Schedules:
    """The stages, made once; jobs are done in copies of this process."""

    stories: Sequence[Story] = SEED_STORIES
    explorers: list[Explorer] = field(default_factory=list)

    def _need(self, many: int) -> None:
        """Set up so many stages, if they are not there yet: each makes the copies dearer."""
        for story in self.stories[len(self.explorers) : many]:
            self.explorers.append(Explorer(Stage(story)))

    def singles(self) -> list[Job]:
        """Every fault at every point of both flows, in parts."""
        self._need(len(STORIES))
        return [Job("singles", story, str(part)) for part in range(_PARTS) for story in range(len(STORIES))]

    def pairs(self) -> list[Job]:
        """Every pair of crashes of both flows, by their first."""
        self._need(len(STORIES))
        return [
            Job("pairs", story, str(fault))
            for story in range(len(STORIES))
            for fault in self.explorers[story].crashes()
        ]

    def seeds(self, first: int, many: int) -> list[Job]:
        """Random ones, by turns for each story."""
        self._need(len(self.stories))
        step = len(self.stories)
        jobs = []
        for since in range(first, first + many, _TOGETHER * step):
            until = min(since + _TOGETHER * step, first + many)
            for offset in range(min(step, until - since)):
                numbers = " ".join(map(str, range(since + offset, until, step)))
                jobs.append(Job("seeds", (since + offset) % step, numbers))
        return jobs

    def cells(self, story: int) -> list[tuple[str, str]]:
        """What a fault can hit in a story: each step with each kind."""
        explorer = self.explorers[story]
        messages = [(step, kind) for step in dict.fromkeys(explorer.messages) for kind in MESSAGE_FAULTS]
        commits = [(step, kind) for step in dict.fromkeys(explorer.commits) for kind in COMMIT_FAULTS]
        return [*messages, *commits]

    def do(self, job: Job) -> list[Json]:
        """Do one job here; the records of its schedules."""
        explorer = self.explorers[job.story]
        match job.kind:
            case "singles":
                return list(explorer.singles(int(job.what), _PARTS))
            case "pairs":
                return list(explorer.pairs_after(read(job.what)[0]))
            case "seeds":
                return list(explorer.drawn({f"seed {seed}": self.plan(seed) for seed in job.numbers}))
            case _:
                raise ValueError(f"no such job: {job.kind}")

    def plan(self, seed: int) -> Drawn:
        """What a random schedule does: it is aimed at one cell, and all cells take turns."""
        aims = self._aims[seed % len(self.stories)]
        return Drawn(seed, aim=aims[seed // len(self.stories) % len(aims)])

    @cached_property
    def _aims(self) -> list[list[tuple[str, str]]]:
        """The turns of each story: the fewer stories come by a cell, the more turns it has in them."""
        cells = [self.cells(story) for story in range(len(self.stories))]
        stories = Counter(chain.from_iterable(cells))
        return [[cell for cell in each for _ in range(len(self.stories) // stories[cell])] for each in cells]

    def run(
        self,
        jobs: Sequence[Job],
        progress: Progress,
        workers: int | None = None,
        late: Callable[[], bool] = lambda: False,
    ) -> Result:
        """Do all jobs on all cores, or as many as there is time for.

        ``progress`` is told of schedules, where it is known how many there will be, and of jobs otherwise.
        """
        result = Result()
        schedules = sum(len(job.numbers) for job in jobs if job.kind == "seeds")
        for done, records in enumerate(self._done(jobs, workers or os.cpu_count() or 1), 1):
            for record in records:
                result.add(record)
            progress(*((result.schedules, schedules) if schedules else (done, len(jobs))))
            if late():
                break
        return result

    def _done(self, jobs: Sequence[Job], workers: int) -> Iterator[list[Json]]:
        _SHARED[:] = [self]  # the workers are copies of this process: nothing has to be sent to them
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            yield from pool.imap_unordered(_do, jobs, chunksize=1)

    def shrunk(self, record: Json) -> list[Fault]:
        """The faults of a schedule that failed, without those that it fails without."""
        story = [str(each) for each in self.stories].index(record["story"])
        faults = read(record["plan"])
        for fault in list(faults):
            fewer = [each for each in faults if each != fault]
            if fewer and self.explorers[story].run(Fixed(fewer), written(fewer))["wrong"]:
                faults = fewer
        return faults


_SHARED: list[Schedules] = []


def _do(job: Job) -> list[Json]:
    return _SHARED[0].do(job)


def seldom(result: Result, cells: Sequence[tuple[str, str]], least: int) -> list[str]:
    """The faults that hit a step less often than they must."""
    return [
        f"{step}: {kind} fired {result.fired[step, kind]} times"
        for step, kind in cells
        if result.fired[step, kind] < least
    ]
