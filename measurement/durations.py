"""How long a dossier and each of its procedures took: on the calendar, and in office time.

Whether a procedure was on time follows the index of Decision 766/QĐ-TTg: decided by the due date,
which each supplement has already moved; whoever asks for a supplement twice is late, and so is who has
not decided when the date has passed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flow_model.case import ENDED, Case
from flow_model.events import DECISIONS, Event
from flow_model.working_time import CALENDAR
from measurement.history import Span

ONE_DAY = timedelta(days=1)
OFFICE_DAY = timedelta(microseconds=CALENDAR.office_day)


@dataclass(frozen=True)
class Durations:
    """The whole dossier's time, exact; days are fractions and are rounded only when shown."""

    elapsed: timedelta
    working: timedelta
    finished: bool

    @property
    def elapsed_calendar_days(self) -> float:
        """Days of 24 hours."""
        return self.elapsed / ONE_DAY

    @property
    def elapsed_working_days(self) -> float:
        """Days of as many hours as an office is open."""
        return self.working / OFFICE_DAY

    def as_json(self) -> dict[str, Any]:
        """The two lengths as they are shown."""
        return {
            "elapsed_calendar_days": round(self.elapsed_calendar_days, 2),
            "elapsed_working_days": round(self.elapsed_working_days, 2),
        }


@dataclass
class ProcedureDurations:
    """One procedure's instants. ``working`` is the office time during which the agency held it."""

    id: str
    agency: str
    sent_at: datetime | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    decided_at: datetime | None = None
    collected_at: datetime | None = None
    outcome: str = "waiting"
    supplements: int = 0
    due_is_law: bool = True
    overdue: bool = False
    working: timedelta = field(default_factory=timedelta)

    @property
    def on_time(self) -> bool | None:
        """None where the law gives no limit, and until decided: but what waits past its due date is late."""
        if self.due_at is None or not self.due_is_law:
            return None
        if self.outcome not in DECISIONS:
            return False if self.overdue and self.outcome == "in_progress" else None
        assert self.decided_at is not None
        return self.supplements <= 1 and self.decided_at <= self.due_at

    def as_json(self) -> dict[str, Any]:
        """The procedure as it is shown."""
        return {
            "id": self.id,
            "agency": self.agency,
            "outcome": self.outcome,
            "sent_at": _iso(self.sent_at),
            "received_at": _iso(self.received_at),
            "due_at": _iso(self.due_at),
            "decided_at": _iso(self.decided_at),
            "collected_at": _iso(self.collected_at),
            "on_time": self.on_time,
            "supplements": self.supplements,
            "working_days": round(self.working / OFFICE_DAY, 2),
        }


def durations(span: Span) -> Durations:
    """The length of a span, on the calendar and in office time."""
    working = CALENDAR.working_time_between(span.starts_at, span.ends_at)
    return Durations(span.ends_at - span.starts_at, working, span.finished)


def procedure_durations(case: Case, history: Sequence[Event], span: Span) -> dict[str, ProcedureDurations]:
    """Each chosen procedure's time, in the group's order; ``history`` is in order of time."""
    found = {}
    for procedure in case.chosen():
        own = [event for event in history if event.procedure == procedure.id]
        times = ProcedureDurations(procedure.id, procedure.agency)
        for event in own:
            _read(times, event)
        times.working = _held(own, span.ends_at)
        found[procedure.id] = times
    return found


def _read(times: ProcedureDurations, event: Event) -> None:
    if event.kind == "sent":
        times.sent_at, times.outcome = times.sent_at or event.at, "in_progress"
    elif event.kind == "supplement_requested":
        times.supplements += 1
    elif event.kind == "overdue":
        times.overdue = True
    elif event.kind in ENDED:
        times.decided_at, times.outcome = event.at, event.kind
    elif event.kind == "visited" and event.payload["purpose"] == "collect":
        times.collected_at = event.at
    if event.kind == "received":
        times.received_at = times.received_at or event.at
    if event.payload.get("due_at") is not None:
        times.due_at = datetime.fromisoformat(event.payload["due_at"])
        times.due_is_law = _is_law(event.payload, times.due_is_law)


def _is_law(payload: Mapping[str, Any], before: bool) -> bool:
    """Whether a due date comes from a limit of law; a supplement moves the date and tells no limit."""
    limit = payload.get("limit")
    return limit["value"] is not None if limit is not None and "value" in limit else before


def _held(own: Iterable[Event], end: datetime) -> timedelta:
    """The office time from each receipt until the application leaves the agency's hands."""
    held, since = timedelta(), None
    for event in own:
        if event.kind in ("received", "supplemented"):
            since = event.at
        elif since is not None and event.kind in ("supplement_requested", "returned_to_issuer", *ENDED):
            held, since = held + CALENDAR.working_time_between(since, event.at), None
    return held if since is None else held + CALENDAR.working_time_between(since, max(since, end))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
