"""Where the time went: a dossier's time cut into stages, with nothing lost and nothing counted twice.

The intervals are half-open, follow one another along the critical chain and cover the whole span; their
sum is the elapsed time to the microsecond.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flow_model.case import Case
from flow_model.events import Event
from measurement.critical_chain import Leg, critical_chain, goes_to_counter
from measurement.durations import procedure_durations
from measurement.history import in_order, span_of
from measurement.office_hours import open_sessions
from measurement.stages import CITIZEN, CLOSED, FAILED, QUEUE, RETRY, STAGES, TRANSPORT, WORK, Cut, cuts_of

KEEPS_OFFICE_HOURS = frozenset({QUEUE, WORK})


@dataclass(frozen=True)
class Interval:
    """One stage of the dossier's time, for one procedure; None is the return of the results."""

    stage: str
    procedure: str | None
    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.ends_at - self.starts_at

    def as_json(self) -> dict[str, Any]:
        """The interval as it is shown."""
        return {
            "stage": self.stage,
            "procedure": self.procedure,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }


Intervals = tuple[Interval, ...]


def intervals_of(case: Case, history: Iterable[Event], now: datetime | None = None) -> Intervals:
    """The dossier's time from declaration to end, or until ``now`` while it goes on."""
    events = in_order(history)
    span = span_of(events, now)
    times = procedure_durations(case, events, span)
    found: list[Interval] = []
    for leg in critical_chain(case, times, span):
        if leg.procedure is None:
            stage, cuts = TRANSPORT, _return_cuts(events)
        else:
            stage = CITIZEN if goes_to_counter(case, times, leg.procedure) else TRANSPORT
            cuts = cuts_of(case, leg.procedure, events)
        found += _divide(leg, stage, cuts)
    intervals = tuple(_joined(found))
    assert_whole(intervals, span.starts_at, span.ends_at)
    return intervals


def shares(intervals: Iterable[Interval]) -> dict[str, timedelta]:
    """The time in each stage, in the order of ``STAGES``; a stage that did not occur has none."""
    spent = dict.fromkeys(STAGES, timedelta())
    for interval in intervals:
        spent[interval.stage] += interval.length
    return spent


def assert_whole(intervals: Sequence[Interval], start: datetime, end: datetime) -> None:
    """Raise ValueError, naming the gap or overlap, unless the intervals cover [start, end) once."""
    reached = start
    for interval in intervals:
        if interval.ends_at <= interval.starts_at:
            raise ValueError(f"an interval of no length: {_told(interval)}")
        _meet(reached, interval.starts_at, f"before {_told(interval)}")
        reached = interval.ends_at
    _meet(reached, end, "at the end")


def _meet(reached: datetime, expected: datetime, where: str) -> None:
    if reached != expected:
        kind = "gap" if reached < expected else "overlap"
        first, last = sorted((reached, expected))
        raise ValueError(f"a {kind} of {last - first} {where}: {first.isoformat()} to {last.isoformat()}")


def _told(interval: Interval) -> str:
    return f"{interval.stage} of {interval.procedure or 'the results'} at {interval.starts_at.isoformat()}"


def _return_cuts(events: Sequence[Event]) -> list[Cut]:
    failed = [event for event in events if event.kind in FAILED and event.procedure is None]
    return [Cut(event.at, RETRY) for event in failed if event.payload["move"] == "return_results"]


def _divide(leg: Leg, stage: str, cuts: Iterable[Cut]) -> Iterator[Interval]:
    """One leg in stages; cuts outside of it only say in which stage it begins."""
    since = leg.starts_at
    for cut in cuts:
        at = min(max(cut.at, since), leg.ends_at)
        yield from _by_office_hours(Interval(stage, leg.procedure, since, at))
        since, stage = at, cut.stage
    yield from _by_office_hours(Interval(stage, leg.procedure, since, leg.ends_at))


def _by_office_hours(interval: Interval) -> Iterator[Interval]:
    """What waits at a counter or on a desk waits for the office to open as well: that is another stage."""
    if interval.stage not in KEEPS_OFFICE_HOURS:
        yield interval
        return
    since = interval.starts_at
    for opens, closes in open_sessions(interval.starts_at, interval.ends_at):
        yield Interval(CLOSED, interval.procedure, since, opens)
        yield Interval(interval.stage, interval.procedure, opens, closes)
        since = closes
    yield Interval(CLOSED, interval.procedure, since, interval.ends_at)


def _joined(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Without empty intervals, and with neighbours of one stage as one."""
    last: Interval | None = None
    for interval in intervals:
        if interval.starts_at == interval.ends_at:
            continue
        if last is not None and (last.stage, last.procedure) == (interval.stage, interval.procedure):
            last = Interval(last.stage, last.procedure, last.starts_at, interval.ends_at)
            continue
        if last is not None:
            yield last
        last = interval
    if last is not None:
        yield last
