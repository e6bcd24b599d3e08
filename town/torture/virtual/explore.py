"""Schedules: every single fault, every pair of crashes, and random ones. Each in a copy of this process.

Copies are made with fork: what came before a fault is shared by all that follow it, so a pair of crashes
costs what comes after the second one.
"""

import asyncio
import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from town.torture.virtual.checks import Everything, Watch, everything, violations
from town.torture.virtual.plans import COMMIT_FAULTS, MESSAGE_FAULTS, Drawn, Fault, Fixed, written
from town.torture.virtual.stage import Stage

_CRASHES = ("-", "+")
_LAST_LINES = 60
Json = dict[str, Any]


@dataclass
class Result:
    """What schedules came to."""

    schedules: int = 0
    crashes: int = 0
    restarts: int = 0
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
        self.commits: list[str] = []
        self.messages: list[str] = []
        self._learn()

    def _learn(self) -> None:
        """How the story goes undisturbed: told by a copy, so that the stage stays as it is."""
        told = _in_copy(self._undisturbed)
        self.expected = Everything(told["parts"])
        self.commits, self.messages = told["commits"], told["messages"]

    def _undisturbed(self) -> Json:
        steps: list[str] = []
        seen: list[tuple[str, str]] = []
        stage = self.stage

        class Listening:
            """Hears of every point."""

            def fault(self, at: str, _number: int, step: str) -> str | None:
                seen.append((at, step))
                return None

        stage.world.plan = Listening()
        dossier = stage.play(Watch)
        wrong = [*stage.world.wrong, *stage.world.loop.mistakes]
        if wrong:
            raise AssertionError(f"nothing went wrong, and yet: {wrong}")
        commits = [step for at, step in seen if at == "commit"]
        messages = [step for at, step in seen if at == "message"]
        return {
            "parts": dict(everything(stage, dossier).parts),
            "commits": commits,
            "messages": messages,
            "steps": steps,
        }

    def run(self, plan: Fixed | Drawn, name: str) -> Json:
        """One schedule, in a copy."""
        return _in_copy(lambda: self._schedule(plan, name))

    def with_mistake(self, plant: Callable[[], None], plan: Fixed | Drawn) -> Json:
        """One schedule of a production code in which somebody has made a mistake."""

        def planted() -> Json:
            plant()
            return self._schedule(plan, "")

        return _in_copy(planted)

    def _schedule(self, plan: Fixed | Drawn, name: str) -> Json:
        self.stage.world.plan = plan
        return self._told(name, plan)

    def _told(self, name: str, plan: Fixed | Drawn | None) -> Json:
        stage, world = self.stage, self.stage.world
        try:
            dossier = stage.play(Watch)
            wrong = violations(stage, dossier, self.expected)
        except Exception as error:  # a schedule that ends so is a finding, whatever it is
            wrong = [*world.wrong, "".join(traceback.format_exception_only(error)).strip()]
        return self._record(name, wrong, plan)

    def _record(self, name: str, wrong: list[str], plan: Fixed | Drawn | None) -> Json:
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

    def pairs_after(self, first: Fault) -> Iterator[Json]:
        """All schedules in which the process that commits dies at the first point and then at one more."""
        yield from _from_copy(lambda pipe: self._branch(first, pipe))

    def _branch(self, first: Fault, pipe: BinaryIO) -> None:
        """In a copy: crash at the first point, and at each later one make a copy that crashes there too."""
        world = self.stage.world
        plan = _Branching(first)
        world.plan = plan

        def fork_here(number: int, _name: str) -> None:
            if (
                plan.second is not None
                or (number <= first.number and first.kind == "+")
                or number < first.number
            ):
                return
            if number == first.number and plan.first_done is False:
                return
            for kind in _CRASHES:
                pipe.flush()
                child = os.fork()
                if child == 0:
                    plan.second = Fault("commit", number, kind)
                    asyncio._set_running_loop(
                        world.loop
                    )  # it goes on in the copy, and asyncio asks whose it is
                    return
                os.waitpid(child, 0)

        world.at_commit = fork_here
        record = self._told("", None)
        if plan.second is not None:
            record["name"] = record["plan"] = written([first, plan.second])
            _say(pipe, record)


class _Branching:
    """Dies at the first point, and at the second when there is one."""

    def __init__(self, first: Fault) -> None:
        self.first = first
        self.first_done = False
        self.second: Fault | None = None

    def fault(self, at: str, number: int, _step: str) -> str | None:
        if at == "commit" and number == self.first.number and not self.first_done:
            self.first_done = True
            return self.first.kind
        if self.second is not None and at == "commit" and number == self.second.number:
            return self.second.kind
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
