"""When things happen at a desk: pure functions of the matter and the legal clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flow_model.limits import Limit
from flow_model.working_time import CALENDAR
from services.instants import instant_of
from services.matter import Matter

RETRY_SECONDS = 30 * 60
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Due:
    """When a decision falls due, and by which limit."""

    at: datetime
    limit: Limit

    @property
    def unknown(self) -> bool:
        """Whether the law in force was looked for and not found."""
        return self.limit.value is None


def receive_at(matter: Matter, since: datetime) -> datetime:
    """When the counter acknowledges what came at an instant: in office time."""
    wait = matter.seconds("acknowledge", matter.row.round)
    return CALENDAR.add_working_seconds(since, wait) if wait else CALENDAR.next_open(since)


def due(matter: Matter, received_at: datetime, *, verifying: bool = False) -> Due:
    """The due date by the law in force, moved by the office time that supplements took.

    Where no limit was found in the law, the agency's own habit stands in for one.
    """
    limit = matter.limit("verification") if verifying or matter.row.verified else matter.limit()
    if limit.value is None:
        habit = matter.seconds("decide_without_limit", 0)
        at = CALENDAR.add_working_seconds(received_at, habit)
    else:
        at = CALENDAR.due_at(received_at, limit.value, limit.unit)
    return Due(CALENDAR.add_working_seconds(at, matter.row.paused_seconds), limit)


def take_up_at(matter: Matter, since: datetime, due_at: datetime) -> datetime:
    """When the officer opens it: after the queue, but before three quarters of the time are gone."""
    waits = matter.seconds("desk_queue", matter.row.round)
    latest = office_seconds(since, max(since, due_at)) * 3 // 4
    return CALENDAR.add_working_seconds(CALENDAR.next_open(since), min(waits, latest))


def decide_at(matter: Matter, received_at: datetime, taken_up_at: datetime, due_at: datetime) -> datetime:
    """When the officer decides: at the drawn share of the limit, and not before the work is done."""
    turn = matter.row.round
    share = int(matter.share_of_limit(turn) * office_seconds(received_at, max(received_at, due_at)))
    by_share = CALENDAR.add_working_seconds(received_at, share)
    return max(by_share, CALENDAR.add_working_seconds(taken_up_at, matter.seconds("work", turn)))


def answer_by(matter: Matter, asked_at: datetime) -> datetime:
    """The end of the last day on which a supplement is taken."""
    term = matter.term("supplement")
    assert term.value is not None, "proved when the agency was built"
    return CALENDAR.due_at(asked_at, term.value, term.unit)


def expires_at(last_moment: str) -> datetime:
    """The instant after the last moment for a supplement."""
    return instant_of(last_moment) + _SECOND


def corrected_at(matter: Matter, asked_at: datetime, number: int) -> datetime:
    """When an error in a certificate will have been corrected."""
    return CALENDAR.add_working_seconds(CALENDAR.next_open(asked_at), matter.seconds("correction", number))


def next_try(now: datetime, retry_after_seconds: int | None) -> datetime:
    """When to ask a registry again that did not answer."""
    by_habit = CALENDAR.add_working_seconds(now, RETRY_SECONDS)
    return max(by_habit, now + (retry_after_seconds or 0) * _SECOND)


def office_seconds(begins: datetime, ends: datetime) -> int:
    """Whole seconds of office time between two instants, begun ones counted."""
    return ceil(CALENDAR.working_time_between(begins, ends) / _SECOND)
