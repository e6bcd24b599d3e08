"""Both lanes of a race, from two event logs: who had each application when, and what it cost until then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from flow_model.case import ENDED
from flow_model.events import Event
from flow_model.working_time import CALENDAR, VIETNAM
from measurement.burden import burden
from measurement.durations import durations
from measurement.history import in_order, span_of
from measurement.stages import APPOINTMENT, CITIZEN, CORRECTION, QUEUE, RETRY, TRANSPORT, WORK, cuts_of
from web.histories import Told

# What is drawn alike: where an application lies.
WHERE = {
    WORK: "desk",
    QUEUE: "desk",
    TRANSPORT: "way",
    CITIZEN: "citizen",
    APPOINTMENT: "citizen",
    CORRECTION: "trouble",
    RETRY: "trouble",
}
# What changes the citizen's burden.
_COSTS = frozenset({"declared", "visited", "supplement_sent"})
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Axis:
    """The common clock: minutes since midnight of the first day."""

    starts_at: datetime
    days: int

    @property
    def minutes(self) -> int:
        return self.days * 24 * 60

    def minute(self, at: datetime) -> float:
        """Where an instant lies."""
        return (at - self.starts_at) / MINUTE

    def instant(self, minute: float) -> datetime:
        """The instant at a minute."""
        return self.starts_at + minute * MINUTE


@dataclass(frozen=True)
class Segment:
    """One application in one place."""

    where: str
    starts: float
    ends: float


@dataclass(frozen=True)
class Row:
    """One procedure."""

    procedure: str
    title_vi: str
    title_en: str
    segments: tuple[Segment, ...]
    outcome: str
    ends: float | None


@dataclass(frozen=True)
class Cost:
    """What it had cost the citizen from this minute on."""

    minute: float
    visits: int
    documents: int
    fields: int


@dataclass(frozen=True)
class Lane:
    """One path."""

    path: str
    rows: tuple[Row, ...]
    costs: tuple[Cost, ...]
    ends: float
    finished: bool
    working_days: float
    calendar_days: float

    def cost_at(self, minute: float) -> Cost:
        """The last cost that is not later."""
        return next((cost for cost in reversed(self.costs) if cost.minute <= minute), Cost(0, 0, 0, 0))


def axis_of(*told: Told) -> Axis:
    """A clock on which all histories find room, in whole days."""
    instants = [event.at for each in told for event in each.events]
    first, last = min(instants).astimezone(VIETNAM), max(instants).astimezone(VIETNAM)
    starts_at = datetime.combine(first.date(), time(), VIETNAM)
    return Axis(starts_at, (last.date() - first.date()).days + 1)


def lane_of(told: Told, axis: Axis) -> Lane:
    """The lane that a history runs."""
    events = in_order(told.events)
    span = span_of(events)
    length = durations(span)
    return Lane(
        path=told.case.path,
        rows=tuple(row_of(told, procedure, events, axis) for procedure in told.case.procedures),
        costs=tuple(_costs(told, events, axis)),
        ends=axis.minute(span.ends_at),
        finished=span.finished,
        working_days=length.elapsed_working_days,
        calendar_days=length.elapsed_calendar_days,
    )


def row_of(
    told: Told, procedure: str, events: Sequence[Event], axis: Axis, now: datetime | None = None
) -> Row:
    """Where the application of one procedure lay; one that goes on lies there until now."""
    own = [event for event in events if event.procedure == procedure]
    ended = next((event for event in own if event.kind in ENDED), None)
    last = max((event.at for event in own if event.kind == "visited" or event is ended), default=None)
    until_then = last if ended is not None and last is not None else span_of(events, now).ends_at
    cuts = [cut for cut in cuts_of(told.case, procedure, events) if ended is None or cut.at < until_then]
    ends = [*(cut.at for cut in cuts[1:]), until_then]
    segments = [
        Segment(WHERE[cut.stage], axis.minute(cut.at), axis.minute(until))
        for cut, until in zip(cuts, ends, strict=False)
        if until > cut.at
    ]
    declared = told.case.group.procedure(procedure)
    return Row(
        procedure,
        declared.title_vi,
        declared.title_en,
        tuple(_joined(segments)),
        ended.kind if ended is not None else "waiting",
        axis.minute(last) if last is not None and ended is not None else None,
    )


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Neighbours in the same place as one."""
    joined: list[Segment] = []
    for each in segments:
        if joined and joined[-1].where == each.where and joined[-1].ends == each.starts:
            joined[-1] = Segment(each.where, joined[-1].starts, each.ends)
        else:
            joined.append(each)
    return joined


def _costs(told: Told, events: Sequence[Event], axis: Axis) -> list[Cost]:
    found = []
    for number, event in enumerate(events, start=1):
        if event.kind in _COSTS:
            so_far = burden(told.case, events[:number])
            found.append(Cost(axis.minute(event.at), so_far.visits, so_far.documents, so_far.fields_typed))
    assert all(a.minute <= b.minute for a, b in pairwise(found))
    return found


def working_days_until(axis: Axis, since: float, minute: float) -> float:
    """Office days between two minutes."""
    since, until = min(since, minute), max(since, minute)
    worked = CALENDAR.working_time_between(axis.instant(since), axis.instant(until))
    return worked / timedelta(microseconds=CALENDAR.office_day)
