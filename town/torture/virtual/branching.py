"""What may happen at a point, each in a copy of this process: schedules share what comes before they part."""

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO, Literal, NamedTuple

from town.torture.virtual.plans import Drawn, Fault, Fixed
from town.torture.virtual.world import World

Place = Literal["commit", "message"]


class Branch(NamedTuple):
    """One thing that may happen at a point, and what happens after it. ``name``: of the schedule."""

    name: str
    kind: str
    after: Fixed | Drawn


Branches = Callable[[Place, int], Sequence[Branch]]


def listed(branches: Iterable[tuple[Fault, Branch]]) -> Branches:
    """These branches, each at the point of its first fault."""
    at_point: dict[tuple[Place, int], list[Branch]] = {}
    for first, branch in branches:
        at_point.setdefault((first.at, first.number), []).append(branch)
    return lambda at, number: at_point.get((at, number), ())


class Branching:
    """At each point, one copy of this process for each thing that may happen there: it goes on with that."""

    def __init__(self, world: World, pipe: BinaryIO, branches: Branches, first: Fault | None = None) -> None:
        self._world, self._pipe, self._branches = world, pipe, branches
        self._first = first  # not done yet
        self.taken: Branch | None = None

    def fault(self, at: Place, number: int, step: str) -> str | None:
        """What happens at a point, in this copy."""
        if self.taken is not None:
            return self.taken.after.fault(at, number, step)
        if self._first is not None:
            first = self._first
            if (at, number) != (first.at, first.number):
                return None
            self._first = None
            return first.kind
        for branch in self._branches(at, number):
            self._pipe.flush()
            child = os.fork()
            if child == 0:
                self.taken = branch
                # The copy is in the loop, and asyncio asks whose it is.
                asyncio._set_running_loop(self._world.loop)
                return branch.kind
            os.waitpid(child, 0)
        return None
