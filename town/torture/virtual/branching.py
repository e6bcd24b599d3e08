"""What may happen at a point, each in a copy of this process: schedules share what comes before they part."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, Literal, NamedTuple

from town.torture.virtual.plans import Drawn, Fault, Fixed, written
from town.torture.virtual.world import World

Json = dict[str, Any]
Place = Literal["commit", "message"]


class Branch(NamedTuple):
    """One thing that may happen at a point, and what happens after it. ``name``: of the schedule."""

    name: str
    kind: str
    after: Fixed | Drawn

    def words(self) -> Json:
        """The schedule's name, and its plan in one word."""
        plan = written(self.after.happened) if isinstance(self.after, Drawn) else self.name
        return {"name": self.name, "plan": plan}


Branches = Callable[[Place, int], Sequence[Branch]]


def listed(at_point: Mapping[tuple[Place, int], Sequence[Branch]]) -> Branches:
    """What may happen at a point, from a list by point."""
    return lambda at, number: at_point.get((at, number), ())


class Branching:
    """At each point, one copy of this process for each thing that may happen there: it goes on with that."""

    def __init__(self, world: World, pipe: BinaryIO, branches: Branches, first: Fault | None = None) -> None:
        self._world, self._pipe, self._branches = world, pipe, branches
        self.first = first
        self._first_done = first is None
        self.taken: Branch | None = None

    def fault(self, at: Place, number: int, step: str) -> str | None:
        """What happens at a point, in this copy."""
        if self.taken is not None:
            return self.taken.after.fault(at, number, step)
        if not self._first_done:
            assert self.first is not None
            self._first_done = (at, number) == (self.first.at, self.first.number)
            return self.first.kind if self._first_done else None
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
