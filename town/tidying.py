"""Garbage in circles is looked for while nobody is served, and not amid those who are.

Python looks through all that a process holds whenever a fourth of it is new, and answers nobody meanwhile:
150 ms for a gateway that remembers 8,000 dossiers, every second and a half under load. What is new is still
looked through as often as ever, which is quick; after forty cases the rest held no garbage at all.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chassis.clock import WallClock, seconds_passed

# Not more often than this, however quiet it is; and once in so long, however much there is to do: it is felt.
LEAST_SECONDS, MOST_SECONDS = 10.0, 300.0
_NEVER = 2**31 - 1


class Tidying:
    """Looks through everything when it is time to. ``served`` says how many requests there were so far."""

    def __init__(
        self,
        served: Callable[[], int],
        collect: Callable[[], int] = gc.collect,
        seconds: Callable[[], float] = seconds_passed,
    ) -> None:
        self._served, self._collect, self._seconds = served, collect, seconds
        self._done_at, self._done, self._seen = seconds(), 0, 0

    async def go_on(self) -> None:
        """Look once a second, for ever."""
        while True:
            await WallClock().pause(1.0)
            self.look()

    def look(self) -> None:
        """Once a second: tidy if nobody came since the last look, or if it was put off for long enough."""
        served, passed = self._served(), self._seconds() - self._done_at
        quiet, self._seen = served == self._seen, served
        if served != self._done and passed >= (LEAST_SECONDS if quiet else MOST_SECONDS):
            self._collect()
            self._done_at, self._done = self._seconds(), served


@contextmanager
def tidied_by_us() -> Iterator[None]:
    """Inside the block Python looks through what is new, and leaves the rest to us."""
    before = gc.get_threshold()
    gc.set_threshold(*before[:2], _NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
