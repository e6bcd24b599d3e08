"""Where the time went: every instant from start to end belongs to exactly one interval.

The intervals follow the critical chain: from the end back through the procedure that ended last, to
the one it waited for, and so on to the declaration. Their lengths sum to the total exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow_model.case import Case, Progress, Step, fold
from flow_model.events import Event
from flow_model.visits import visit_of
from flow_model.working_time import CALENDAR

STAGES = ("work", "queue", "closed", "transport", "citizen", "appointment", "correction", "retry")
ZERO = timedelta()

# What a dossier waits for after an event of the procedure, until the next one.
AFTER = {
    "attempt_failed": "retry",
    "sent": "desk",
    "consent_forwarded": "desk",
    "received": "desk",
    "taken_up": "desk",
    "verification_started": "desk",
    "supplemented": "desk",
    "supplement_requested": "citizen",
    "supplement_sent": "desk",
    "returned_to_issuer": "correction",
    "granted": "appointment",
    "rejected": "appointment",
    "refused": "appointment",
}


@dataclass(frozen=True)
class Interval:
    """A half-open piece of time [starts_at, ends_at) with one reason.

    At a ``desk`` the time splits by itself: office closed, officers working (``work``), and the queue.
    """

    stage: str
    procedure: str | None
    starts_at: datetime
    ends_at: datetime
    work: timedelta = ZERO

    def shares(self) -> dict[str, timedelta]:
        """The stages this interval counts for; they sum to its length."""
        length = self.ends_at - self.starts_at
        if self.stage != "desk":
            return {self.stage: length}
        opened = CALENDAR.working_time_between(self.starts_at, self.ends_at)
        work = min(self.work, opened)
        return {"work": work, "queue": opened - work, "closed": length - opened}


def intervals(case: Case, history: Sequence[Event], now: datetime | None = None) -> tuple[Interval, ...]:
    """The partition of a dossier's time, to its end, or to ``now`` while it is unfinished."""
    progress = fold(case, history)
    start = progress.declared_at or history[0].at
    end = progress.returned_at or now or history[-1].at
    pieces: list[Interval] = []
    at = start
    for procedure, until in _chain(case, progress, end):
        pieces += _pieces(case, history, procedure, at, until)
        at = until
    pieces.append(Interval("transport", None, at, end))
    kept = tuple(piece for piece in pieces if piece.starts_at != piece.ends_at)
    assert_whole(kept, start, end)
    return kept


def shares(pieces: Sequence[Interval]) -> dict[str, timedelta]:
    """How much time each stage took; all stages are named, also those that took none."""
    total = dict.fromkeys(STAGES, ZERO)
    for piece in pieces:
        for stage, length in piece.shares().items():
            total[stage] += length
    return total


def assert_whole(pieces: Sequence[Interval], start: datetime, end: datetime) -> None:
    """Raise ValueError naming the first gap or overlap."""
    at = start
    for piece in pieces:
        if piece.starts_at != at or piece.ends_at < piece.starts_at:
            what = "gap" if piece.starts_at > at else "overlap"
            raise ValueError(f"{what} before {piece}: expected {at.isoformat()}")
        at = piece.ends_at
    if at != end:
        raise ValueError(f"the intervals end at {at.isoformat()}, not at {end.isoformat()}")


def _chain(case: Case, progress: Progress, end: datetime) -> list[tuple[str, datetime]]:
    """The critical chain in order: each procedure, with the instant from which the next one counts."""

    def ends(step: Step) -> datetime:
        return step.collected_at or step.decided_at or end

    begun = [step for step in progress.steps.values() if step.state not in ("waiting", "not_started")]
    if not begun:
        return []
    current = max(begun, key=ends)
    chain = [(current.procedure, ends(current))]
    while (before := _waited_for(case, progress, current.procedure)) is not None:
        chain.insert(0, before)
        current = progress.steps[before[0]]
    return chain


def _waited_for(case: Case, progress: Progress, procedure_id: str) -> tuple[str, datetime] | None:
    """What a procedure had to wait for: the counter before it on the old path, else what it requires."""
    procedure = case.group.procedure(procedure_id)
    if case.visited(procedure):
        earlier = case.procedures[: case.procedures.index(procedure_id)]
        done = [(progress.steps[name].collected_at, name) for name in earlier]
    else:
        done = [(progress.steps[name].decided_at, name) for name in procedure.requires]
    known = [(at, name) for at, name in done if at is not None]
    if not known:
        return None
    at, name = max(known)
    return name, at


def _pieces(
    case: Case, history: Sequence[Event], procedure: str, start: datetime, until: datetime
) -> Iterator[Interval]:
    """The intervals of one procedure of the chain, from the instant it could begin."""
    events = [event for event in history if event.procedure == procedure and start <= event.at <= until]
    waiting = "citizen" if case.visited(case.group.procedure(procedure)) else "transport"
    at = start
    for event in events:
        if event.kind == "visited":
            visit = visit_of(event.payload, event.at)
            yield Interval(waiting, procedure, at, visit.ready_at)
            yield Interval("closed", procedure, visit.ready_at, visit.leaves_at)
            yield Interval("transport", procedure, visit.leaves_at, visit.arrives_at)
            yield Interval("desk", procedure, visit.arrives_at, visit.served_at)
            at = event.at
        elif event.kind in AFTER:
            work = timedelta(seconds=event.payload.get("work_seconds", 0))
            yield Interval(waiting, procedure, at, event.at, work)
            at, waiting = event.at, _waits_after(event, events)
    yield Interval(waiting, procedure, at, until)


def _waits_after(event: Event, events: Sequence[Event]) -> str:
    """The reason for waiting from this event on; a consent that comes later is waited for."""
    if event.kind in ("sent", "consent_forwarded"):
        later = events[events.index(event) + 1 :]
        for each in later:
            if each.kind == "received":
                break
            if each.kind == "consent_forwarded":
                return "citizen"
    return AFTER[event.kind]
