"""A few tries at one piece of work, so that a passing fault leaves no trace, and a lasting one is noticed.

They are made one after the other, within one turn, and are kept nowhere: a process that dies begins anew, and
comes to the same end. What waits for somebody else (a process that is gone, busy or full) is no fault.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from chassis.clock import WallClock
from chassis.har import ReplayDiffers
from flow_model.errors import Busy, NeighbourBroken, NeighbourGone, SandboxError, ServiceDown

MOST_ATTEMPTS = 4
# Real time between them: a service that is just being put in order has some seconds for it.
PAUSES_SECONDS = (0.1, 0.4, 1.5)
# Who is to be waited for; and a recording that says otherwise would say so again.
_NO_FAULTS = (ServiceDown, Busy, NeighbourGone, ReplayDiffers)
T = TypeVar("T")
_log = structlog.get_logger("chassis.attempts")


class Poisoned(Exception):
    """Work that failed as often as it was tried. ``service`` is where, None for a fault of this process.

    ``reason`` is short and names no person.
    """

    def __init__(self, service: str | None, reason: str, attempts: int) -> None:
        super().__init__(reason)
        self.service = service
        self.reason = reason
        self.attempts = attempts


class Attempts:
    """Makes tries. Who was waited for in vain is tried again at once, until it does something again."""

    def __init__(self) -> None:
        self._in_vain: dict[str, bool] = {}

    async def make(
        self, what: str, work: Callable[[], Awaitable[T]], passing: tuple[type[Exception], ...] = ()
    ) -> T:
        """What the work gives; Poisoned after the last fault. What is waited for, and ``passing``, rises."""
        for number in range(1, MOST_ATTEMPTS + 1):
            try:
                done = await work()
            except passing:
                raise
            except Exception as error:
                if not is_fault(error):
                    raise
                failed = _poisoned(error, number)
                _log.error(
                    "attempt-failed", what=what, attempt=number, reason=failed.reason, of=failed.service
                )
                if number == MOST_ATTEMPTS:
                    self._in_vain[failed.service or ""] = True
                    raise failed from error
            else:
                self._in_vain.clear()
                return done
            await self._pause(failed.service, number)
        raise AssertionError("the last failure is raised")

    async def _pause(self, service: str | None, number: int) -> None:
        """Our own fault comes again at once; a neighbour's may have passed in a moment."""
        if service is not None and service not in self._in_vain:
            await WallClock().pause(PAUSES_SECONDS[number - 1])


def is_fault(error: Exception) -> bool:
    """Whether this is a fault of a program, and nothing that has to be told as it is."""
    return isinstance(error, NeighbourBroken) or not isinstance(error, _NO_FAULTS)


def _poisoned(error: Exception, number: int) -> Poisoned:
    if isinstance(error, NeighbourBroken):
        return Poisoned(error.service, error.what, number)
    kind = error.slug if isinstance(error, SandboxError) else "internal-error"
    return Poisoned(None, f"{kind} ({type(error).__name__})", number)


def broken_answer(service: str, status: int, problem: object) -> NeighbourBroken | NeighbourGone:
    """What an answer of 500 and above means: a fault of that program, or one that is not there."""
    slug = str(problem.get("type", "")).rpartition(":")[2] if isinstance(problem, dict) else ""
    what = f"HTTP {status}" + (f" {slug}" if slug.replace("-", "").isalpha() and len(slug) < 40 else "")
    if status in (500, 501):
        return NeighbourBroken(service, what)
    return NeighbourGone(f"{service}: {what}", f"{service}: {what}")
