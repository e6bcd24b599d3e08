"""An event loop whose time is a number: when nothing is ready, it is the time of the next timer at once."""

import asyncio
from asyncio import base_events
from collections.abc import Awaitable
from typing import Any, TypeVar

Result = TypeVar("Result")


class NothingLeft(Exception):
    """Everybody waits for somebody, and no timer is set: a deadlock."""


class _NoSelector:
    """Stands where a loop looks for sockets: there are none, and waiting costs nothing."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, seconds: float | None) -> list[Any]:
        if seconds is None:
            raise NothingLeft("nobody can go on, and no timer is set")
        self._loop.passed += seconds
        return []


class VirtualLoop(base_events.BaseEventLoop):
    """Runs coroutines in virtual time, in an order that depends on nothing but themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self.mistakes: list[str] = []
        self._selector = _NoSelector(self)
        self.set_exception_handler(self._note)

    def time(self) -> float:
        return self.passed

    def _process_events(self, events: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody has to be woken: there is one thread."""

    def _note(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and not isinstance(error, ConnectionError):
            self.mistakes.append(f"{context.get('message')}: {type(error).__name__}: {error}")

    def finish(self, work: Awaitable[Result], most_seconds: float) -> Result:
        """Run until the work is done; TimeoutError when it takes longer than so many virtual seconds."""

        async def bounded() -> Result:
            async with asyncio.timeout(most_seconds):
                return await work

        return self.run_until_complete(bounded())
