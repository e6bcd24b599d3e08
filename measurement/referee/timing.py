"""The limit of a procedure, counted again from the log and the law: nobody's due date is believed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flow_model.case import ENDED
from flow_model.events import DECISIONS, Event
from flow_model.group import Procedure
from flow_model.limits import Limit
from flow_model.working_time import CALENDAR
from measurement.referee.law_in_force import ends_at, limit_of, office_seconds
from measurement.referee.model import Offence, Record, acted_at
from measurement.referee.words import Both, at_the_latest, told

LEAVES_THE_AGENCY = ENDED | {"returned_to_issuer", "withdrawn"}
# What the agency may come to within its limit: a decision, a certificate returned, more asked for.
OUTCOMES = frozenset({*DECISIONS, "returned_to_issuer", "supplement_requested"})


@dataclass
class LegalClock:
    """Runs from receipt; a supplement stops it, a verification gives it more to run."""

    received_at: datetime
    paused_seconds: int = 0
    asked_at: datetime | None = None
    verifying: bool = False
    ran_out: bool = False

    def hear(self, event: Event) -> None:
        """What an event does to the clock."""
        if event.kind == "verification_started":
            self.verifying = True
        elif event.kind == "supplement_requested" and self.asked_at is None:
            self.asked_at = acted_at(event)
        elif event.kind == "supplemented" and self.asked_at is not None:
            self.paused_seconds += office_seconds(self.asked_at, acted_at(event))
            self.asked_at = None

    def due_at(self, limit: Limit, now: datetime) -> datetime:
        """When the time is over, as far as it stood still until now."""
        awaited = 0 if self.asked_at is None else office_seconds(self.asked_at, now)
        return CALENDAR.add_working_seconds(ends_at(self.received_at, limit), self.paused_seconds + awaited)


def decided_within_limit(record: Record) -> Iterator[Offence]:
    """Decided by the due date of the law in force; what is not decided at all is late as well."""
    for procedure in record.case.chosen():
        clock: LegalClock | None = None
        for event in record.as_done(procedure.id):
            if event.kind == "received":
                clock = LegalClock(acted_at(event))
            elif clock is not None and event.kind in OUTCOMES:
                yield from _late(record, procedure, clock, event)
            if event.kind in LEAVES_THE_AGENCY:
                clock = None
            elif clock is not None:
                clock.hear(event)
        if clock is not None and clock.asked_at is None and not record.own(procedure.id, *ENDED):
            yield from _never(record, procedure, clock)


def _limit(record: Record, procedure: Procedure, clock: LegalClock) -> Limit | None:
    return limit_of(record, procedure, *(("verification",) if clock.verifying else ()))


def _late(record: Record, procedure: Procedure, clock: LegalClock, event: Event) -> Iterator[Offence]:
    """One that ran out is accused once: no supplement asked for afterwards winds it up again."""
    limit = _limit(record, procedure, clock)
    if limit is None or clock.ran_out:
        return
    due = clock.due_at(limit, acted_at(event))
    if acted_at(event) > due:
        clock.ran_out = True
        yield Offence(event, at_the_latest(limit, due), told(event), limit)


def _never(record: Record, procedure: Procedure, clock: LegalClock) -> Iterator[Offence]:
    limit = _limit(record, procedure, clock)
    if limit is None or clock.ran_out:
        return
    due = clock.due_at(limit, clock.received_at)
    event = record.first_after(due)
    if event is not None:
        found = Both(f"chưa quyết định; {told(event).vi}", f"not decided; {told(event).en}")
        yield Offence(event, at_the_latest(limit, due), found, limit, procedure.id)
