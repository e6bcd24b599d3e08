"""Which procedure the dossier was waiting for, instant by instant: the chain that made it as long as it was.

Read backwards: the results came back after the procedure that ended last; that one could start when the
required procedure that ended last was decided, or, with a visit, when the visit before it was over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flow_model.case import Case
from measurement.durations import ProcedureDurations
from measurement.history import Span

Times = Mapping[str, ProcedureDurations]


@dataclass(frozen=True)
class Leg:
    """A stretch of the dossier's time that one procedure accounts for; None is the return of the results."""

    procedure: str | None
    starts_at: datetime
    ends_at: datetime


def critical_chain(case: Case, times: Times, span: Span) -> list[Leg]:
    """The legs from declaration to end, each beginning where the one before it ends.

    While a dossier goes on, its first procedure (in the group's order) that has not ended is the one
    waited for.
    """
    last = _waited_for(case, times)
    current: str | None = last
    cursor = min(_end(case, times, last) or span.ends_at, span.ends_at)
    legs = [Leg(None, cursor, span.ends_at)]
    while current is not None:
        before = _before(case, times, current)
        starts_at = span.starts_at if before is None else min(before[1], cursor)
        legs.append(Leg(current, starts_at, cursor))
        current, cursor = (None if before is None else before[0]), starts_at
    return legs[::-1]


def goes_to_counter(case: Case, times: Times, name: str) -> bool:
    """Whether the citizen went, or will go, to a counter for this procedure."""
    return case.visited(case.group.procedure(name)) and times[name].outcome != "not_started"


def _end(case: Case, times: Times, name: str) -> datetime | None:
    """When a procedure was over for the citizen: collected at its counter, else decided."""
    if goes_to_counter(case, times, name) and times[name].outcome != "refused":
        return times[name].collected_at
    return times[name].decided_at


def _waited_for(case: Case, times: Times) -> str:
    ended: dict[str, datetime] = {}
    for name in case.procedures:
        end = _end(case, times, name)
        if end is None:
            return name
        ended[name] = end
    return max(ended, key=lambda name: ended[name])


def _before(case: Case, times: Times, name: str) -> tuple[str, datetime] | None:
    """What had to end before this procedure could start, and when it did."""
    if goes_to_counter(case, times, name):
        earlier = case.procedures[: case.procedures.index(name)]
        visited = [each for each in earlier if goes_to_counter(case, times, each)]
        ended = [(each, _end(case, times, each)) for each in visited[-1:]]
    else:
        required = [each for each in case.group.procedure(name).requires if each in times]
        ended = [(each, times[each].decided_at) for each in required]
    known = [(each, end) for each, end in ended if end is not None]
    return max(known, key=lambda each: each[1], default=None)
