"""The one module that reads the real clock. Everything else is told what time it is."""

import asyncio
from datetime import datetime, timedelta, timezone
from time import monotonic
from typing import Protocol

VIETNAM = timezone(timedelta(hours=7))


class Clock(Protocol):
    """Something that knows what time it is, in Vietnam's zone."""

    def now(self) -> datetime: ...


class WallClock:
    """The real clock: for logs, and for a run into which a real agency is plugged."""

    def now(self) -> datetime:
        return datetime.now(VIETNAM)  # noqa: TID251  this is the one place that reads it

    async def pause(self, seconds: float) -> None:
        """Let real time pass, the one place that waits for it."""
        await passed(asyncio.get_running_loop(), seconds)


async def passed(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    """Let time pass by the clock of the loop, which may be virtual."""
    future: asyncio.Future[None] = loop.create_future()
    timer = loop.call_later(seconds, _wake, future)
    try:
        await future
    finally:
        timer.cancel()


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():  # whoever waited may be told to end in the same turn
        future.set_result(None)


def seconds_passed() -> float:
    """Seconds by the clock of the running loop, for how long something takes: virtual in a schedule.

    Where no loop runs, by the one that loops go by.
    """
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        return monotonic()


class HeldClock:
    """A clock that moves only when told: for tests and for runs."""

    def __init__(self, starts_at: datetime) -> None:
        self._now = _in_vietnam(starts_at)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward; time never runs backwards."""
        return self.move_to(self._now + by)

    def move_to(self, instant: datetime) -> datetime:
        instant = _in_vietnam(instant)
        if instant < self._now:
            raise ValueError("a clock does not run backwards")
        self._now = instant
        return instant


def _in_vietnam(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset, such as +07:00")
    return instant.astimezone(VIETNAM)
