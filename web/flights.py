"""Many visitors who ask the same thing at the same time: it is asked once for all of them.

Nobody is given an answer to a question that was asked before they came, so whoever has just changed something
sees the change: who comes while an answer is under way waits for the next one, together with all others.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any

Ask = Callable[[], Awaitable[Any]]


@dataclass
class _Flight:
    """A question under way, and the one that will be asked after it."""

    task: "asyncio.Task[Any]"
    following: "asyncio.Task[Any] | None" = None


class Flights:
    """Questions under way, by what is asked."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, _Flight] = {}

    async def ask(self, key: Hashable, ask: Ask) -> Any:
        """The answer, asked for after this was called, and perhaps given to others too: do not change it."""
        flight = self._under_way.get(key)
        if flight is None:
            task = asyncio.create_task(self._fly(key, ask))
            self._under_way[key] = _Flight(task)
            return await asyncio.shield(task)
        if flight.following is None:
            flight.following = asyncio.create_task(self._follow(key, flight.task, ask))
        return await asyncio.shield(flight.following)

    async def _follow(self, key: Hashable, before: "asyncio.Task[Any]", ask: Ask) -> Any:
        await asyncio.wait([before])
        return await self._fly(key, ask)

    async def _fly(self, key: Hashable, ask: Ask) -> Any:
        try:
            return await ask()
        finally:
            following = self._under_way[key].following
            if following is None:
                del self._under_way[key]
            else:
                self._under_way[key] = _Flight(following)
