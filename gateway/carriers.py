"""Who does errands. A gateway with a file of its own does them itself; on PostgreSQL an engine shares out."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Protocol

from gateway.errands import Errands

AT_ONCE = 4


class Carrier(Protocol):
    """Sees to it that errands are done, by this gateway or another."""

    def turn(self) -> None:
        """Take what is due, as far as there are hands; called now and then, and at each new errand."""

    async def close(self) -> None:
        """End; what is unfinished stays on the list."""


class OwnHands:
    """A loop over the list. When the process ends in the middle, the next one begins that errand again."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._carried: dict[str, asyncio.Task[str]] = {}
        errands.on_order = self.turn

    def turn(self) -> None:
        """Begin with what is due, a few at a time."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # nobody is at work yet; the first turn in a loop begins
        free = AT_ONCE - len(self._carried)
        if free <= 0:
            return
        for name in self._fresh(self._errands.due(free + len(self._carried)))[:free]:
            task = loop.create_task(self._errands.carry(name))
            self._carried[name] = task
            task.add_done_callback(partial(self._done, name))

    def _fresh(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if name not in self._carried]

    def _done(self, name: str, task: "asyncio.Task[str]") -> None:
        del self._carried[name]
        if not task.cancelled() and task.exception() is None:
            self.turn()

    async def close(self) -> None:
        """End what is being done: it is done again by the next process."""
        carried = list(self._carried.values())
        for task in carried:
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
