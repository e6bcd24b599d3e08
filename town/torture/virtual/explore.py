"""Schedules: every single fault, every pair of crashes, and random ones. Each in a copy of this process.

Copies are made with fork: what came before a fault is shared by all that follow it, so a pair of crashes
costs what comes after the second one.
"""

import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from town.torture.virtual.branching import Branch, Branches, Branching, Place, listed
from town.torture.virtual.checks import Everything, Watch, everything, violations
from town.torture.virtual.plans import COMMIT_FAULTS, MESSAGE_FAULTS, Drawn, Fault, Fixed, written
from town.torture.virtual.stage import RUN, Stage

_CRASHES = ("-", "+")
_LAST_LINES = 60
Json = dict[str, Any]


@dataclass
class Result:
    """What schedules came to."""

    schedules: int = 0
    crashes: int = 0
    virtual_seconds: float = 0.0
    fired: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[Json] = field(default_factory=list)

    def add(self, record: Json) -> None:
        """Count one schedule."""
        self.schedules += 1
        self.crashes += record["crashes"]
        self.virtual_seconds += record["virtual_seconds"]
        for step, kind, times in record["fired"]:
            self.fired[step, kind] += times
        if record["wrong"]:
            self.failures.append(record)

    def merge(self, other: "Result") -> None:
        """Count what another came to."""
        self.schedules += other.schedules
        self.crashes += other.crashes
        self.virtual_seconds += other.virtual_seconds
        self.fired.update(other.fired)
        self.failures += other.failures


class Explorer:
    """Runs schedules of one story on one stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.expected: Everything
        self.points: list[tuple[Place, str]] = []
        self._learn()

    @property
    def commits(self) -> list[str]:
        """The step of each commit, in their order, when nothing goes wrong."""
        return [step for at, step in self.points if at == "commit"]

    @property
    def messages(self) -> list[str]:
        """The step of each message."""
        return [step for at, step in self.points if at == "message"]

    def _learn(self) -> None:
        """How the story goes undisturbed: told by a copy, so that the stage stays as it is."""
        everything(self.stage)  # what asks for all rows is made ready here, and not in each copy
        told = _in_copy(self._undisturbed)
        self.expected = Everything(told["parts"])
        self.points = [(at, step) for at, step in told["points"]]

    def _undisturbed(self) -> Json:
        stage, listening = self.stage, _Listening()
        stage.world.plan = listening
        dossier = stage.play(Watch)
        wrong = [*stage.world.wrong, *stage.world.loop.mistakes]
        if wrong or not stage.ask("gateway", f"/runs/{RUN}/dossiers/{dossier}/events")["whole"]:
            raise AssertionError(f"nothing went wrong, and yet: {wrong or 'the chain is broken'}")
        return {
            "parts": dict(everything(stage).parts),
            "points": listening.seen,
        }

    def run(self, plan: Fixed | Drawn, name: str, *, whole: bool = False) -> Json:
        """One schedule, in a copy. ``whole`` keeps all that happened, not only the last of what failed."""

        def scheduled() -> Json:
            record = self._schedule(plan, name)
            return record | {"log": self.stage.world.log} if whole else record

        return _in_copy(scheduled)

    def with_mistake(self, plant: Callable[[], None], plan: Fixed | Drawn) -> Json:
        """One schedule of a production code in which somebody has made a mistake."""

        def planted() -> Json:
            plant()
            return self._schedule(plan, "")

        return _in_copy(planted)

    def _schedule(self, plan: Fixed | Drawn, name: str) -> Json:
        self.stage.world.plan = plan
        return self._record(name, self._wrong(), plan)

    def _wrong(self) -> list[str]:
        """Play the story; what did not hold."""
        stage, world = self.stage, self.stage.world
        try:
            stage.play(Watch)
            return violations(stage, self.expected)
        except Exception as error:  # a schedule that ends so is a finding, whatever it is
            return [*world.wrong, "".join(traceback.format_exception_only(error)).strip()]

    def _record(self, name: str, wrong: list[str], plan: Fixed | Drawn) -> Json:
        world = self.stage.world
        happened = written(plan.happened) if isinstance(plan, Drawn) else name
        return {
            "story": str(self.stage.story),
            "name": name,
            "plan": happened,
            "wrong": wrong[:5],
            "log": world.log[-_LAST_LINES:] if wrong else [],
            "fired": [[step, kind, times] for (step, kind), times in world.fired.items()],
            "crashes": sum(process.lives - 1 for process in world.processes.values()),
            "messages": world.messages,
            "virtual_seconds": round(world.loop.time(), 3),
        }

    def single_faults(self) -> list[Fault]:
        """Every fault at every point."""
        commits = [
            Fault("commit", number, kind)
            for number in range(1, len(self.commits) + 1)
            for kind in COMMIT_FAULTS
        ]
        messages = [
            Fault("message", number, kind)
            for number in range(1, len(self.messages) + 1)
            for kind in MESSAGE_FAULTS
        ]
        return [*commits, *messages]

    def crashes(self) -> list[Fault]:
        """Every crash before and after a commit."""
        return [each for each in self.single_faults() if each.at == "commit" and each.kind in _CRASHES]

    def singles(self, part: int, parts: int) -> Iterator[Json]:
        """All schedules with one fault, at every ``parts``-th point."""
        yield from self.each(fault for fault in self.single_faults() if fault.number % parts == part)

    def each(self, faults: Iterable[Fault], plant: Callable[[], None] | None = None) -> Iterator[Json]:
        """A schedule for each of these faults; ``plant`` makes a mistake in the production code before."""
        branches = ((fault, Branch(written([fault]), fault.kind, Fixed([]))) for fault in faults)
        yield from self._grown(listed(branches), plant=plant)

    def drawn(self, plans: Mapping[str, Drawn]) -> Iterator[Json]:
        """A schedule for each plan by name; what is undisturbed before their first faults happens once."""
        branches = list[tuple[Fault, Branch]]()
        for name, plan in plans.items():
            first = self._first(plan)
            if first is None:
                yield self.run(plan, name)
            else:
                branches.append((first, Branch(name, first.kind, plan)))
        yield from self._grown(listed(branches))

    def _first(self, plan: Drawn) -> Fault | None:
        """The first fault of a plan, which then knows that it has happened; None when there is none."""
        numbers: Counter[Place] = Counter()
        for at, step in self.points:
            numbers[at] += 1
            kind = plan.fault(at, numbers[at], step)
            if kind is not None:
                return Fault(at, numbers[at], kind)
        return None

    def pairs_after(self, first: Fault) -> Iterator[Json]:
        """All schedules in which the process that commits dies at the first point and then at one more."""

        def second(at: Place, number: int) -> Sequence[Branch]:
            kinds = _CRASHES if at == "commit" else ()
            return [Branch(written([first, Fault(at, number, kind)]), kind, Fixed([])) for kind in kinds]

        yield from self._grown(second, first)

    def _grown(
        self, branches: Branches, first: Fault | None = None, plant: Callable[[], None] | None = None
    ) -> Iterator[Json]:
        """The story in one copy of this process, and its branches in copies of that."""

        def trunk(pipe: BinaryIO) -> None:
            if plant is not None:
                plant()
            branching = Branching(self.stage.world, pipe, branches, first)
            self.stage.world.plan = branching
            wrong, taken = self._wrong(), branching.taken
            if taken is not None:
                _say(pipe, self._record(taken.name, wrong, taken.after))

        yield from _from_copy(trunk)


class _Listening:
    """Hears of every point."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def fault(self, at: Place, _number: int, step: str) -> str | None:
        self.seen.append((at, step))
        return None


def _say(pipe: BinaryIO, record: Json) -> None:
    pipe.write(json.dumps(record).encode() + b"\n")
    pipe.flush()


def _in_copy(work: Callable[[], Json]) -> Json:
    (record,) = _from_copy(lambda pipe: _say(pipe, work()))
    return record


def _from_copy(work: Callable[[BinaryIO], None]) -> Iterator[Json]:
    """What a copy of this process says, line by line; the copy does the work and ends."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            with os.fdopen(writing, "wb") as pipe:
                work(pipe)
            code = 0
        except BrokenPipeError:
            pass  # nobody wants to know any more: there was no time for all of it
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        for line in pipe:
            yield json.loads(line)
    _, status = os.waitpid(child, 0)
    if status:
        raise ChildProcessError(f"a copy ended with {os.waitstatus_to_exitcode(status)}: see above")
