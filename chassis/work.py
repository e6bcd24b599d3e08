"""What the present task is at work on: for whom, how deep, and until when that is of use to whoever asked.

What is left travels as milliseconds (``Time-Left``) and not as an instant: the clocks of two machines differ
by more than a call takes. What a task has begun and left to others (an errand) is not bound by it.
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Work:
    """One admitted request."""

    client: str
    depth: int
    until: float | None
    over: bool = False
    has_place: bool = True


_present: ContextVar[Work | None] = ContextVar("present work", default=None)


def begin(work: Work) -> None:
    """The present task, and those that it begins, are at work on this."""
    _present.set(work)


def present_work() -> Work | None:
    """What the present task is at work on, as long as it is not over."""
    work = _present.get()
    return None if work is None or work.over else work
