"""What takes longer than a click may: it is begun, and whoever comes again finds it."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")
MOST = 16


class Later(Generic[Value]):
    """What was asked for last, made or being made. Losing it costs time only."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._tasks: OrderedDict[Hashable, asyncio.Task[Value]] = OrderedDict()

    async def get(
        self, key: Hashable, make: Callable[[], Awaitable[Value]], seconds: float | None = None
    ) -> Value | None:
        """It, if it is there within so many seconds, or None. What failed is made anew next time."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(make())
            while len(self._tasks) > self._most:
                self._tasks.popitem(last=False)
        self._tasks.move_to_end(key)
        done, _ = await asyncio.wait([task], timeout=seconds)
        if not done:
            return None
        if task.cancelled() or task.exception() is not None:
            self._tasks.pop(key, None)
        return task.result()
