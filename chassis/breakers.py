"""Who calls a service that is gone is told so at once; one that hangs holds up its own callers only.

The breaker counts connections that fail (refused, timed out, broken off) one after the other, of all callers
of a process. It never changes what a caller is told, only how soon. Calls that break off together, as when a
process dies, count once: who comes after them waits for the next process and is served. The bulkhead bounds
how many calls to one service are under way: whoever is beyond it waits a little.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from chassis.clock import seconds_passed
from chassis.mishaps import Reason

OPENS_AFTER = 5
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 0.5


class Open(Exception):
    """The service was gone a moment ago, in this way; nobody is sent there now."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Crowded(Exception):
    """Too many calls to this service are under way already."""


class Going(NamedTuple):
    """A call under way: 0 or the number under which it looks, and how many waves broke off before it."""

    look: int
    waves: int


class Breaker:
    """Closed: all go. Open: none goes. After a pause one goes and looks; the next pause is twice as long."""

    def __init__(self, seconds: Callable[[], float] = seconds_passed) -> None:
        self._seconds = seconds
        self._failures = 0
        self._reason: Reason = "refused"
        self._pause = FIRST_PAUSE_SECONDS
        self._open_until: float | None = None
        self._looks = self._looking = self._waves = 0

    @property
    def is_open(self) -> bool:
        """Whether nobody is sent there for the moment."""
        return self._open_until is not None

    def begin(self) -> Going:
        """Before a call; raises Open."""
        if self._open_until is None:
            return Going(0, self._waves)
        if self._looking or self._seconds() < self._open_until:
            raise Open(self._reason)
        self._looks += 1
        self._looking = self._looks
        return Going(self._looking, self._waves)

    def answered(self) -> None:
        """The service answered, whatever it said and whoever asked."""
        self._failures, self._pause = 0, FIRST_PAUSE_SECONDS
        self._open_until, self._looking = None, 0

    def failed(self, going: Going, reason: Reason) -> None:
        """The service could not be reached. What was begun before it was given up counts no further."""
        self._reason = reason
        if going.look and going.look == self._looking:
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            self._open_for(self._pause)
        elif self._open_until is None and (reason != "reset" or going.waves == self._waves):
            self._waves += reason == "reset"
            self._failures += 1
            if self._failures >= OPENS_AFTER:
                self._open_for(self._pause)

    def dropped(self, going: Going) -> None:
        """The caller stopped waiting: nothing was learnt. Somebody else may look."""
        if going.look == self._looking:
            self._looking = 0

    def _open_for(self, seconds: float) -> None:
        self._failures = self._looking = 0
        self._open_until = self._seconds() + seconds


class Bulkhead:
    """So many calls under way to one service; the next ones wait in line, each only so long."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._line: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place inside the block; raises Crowded."""
        if self._free:
            self._free -= 1
        else:
            await self._wait()
        try:
            yield
        finally:
            self._give_back()

    async def _wait(self) -> None:
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(called)
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await called
        except BaseException as error:
            if called.done() and not called.cancelled():
                self._give_back()  # it was given in the same moment
            elif called in self._line:
                self._line.remove(called)
            if isinstance(error, TimeoutError):
                raise Crowded from None
            raise

    def _give_back(self) -> None:
        while self._line:
            called = self._line.popleft()
            if not called.done():
                called.set_result(None)
                return
        self._free += 1
