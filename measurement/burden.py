"""What a dossier asked of the citizen: visits, counters, fields, papers, hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flow_model.case import Case
from flow_model.events import Event
from flow_model.visits import visit_of
from flow_model.working_time import CALENDAR
from measurement.history import declared_in
from measurement.stages import FAILED

ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Burden:
    """The citizen's side. ``time`` is travel, counters, writing, and reading what was filled in."""

    visits: int
    counters: int
    fields_typed: int
    fields_prefilled: int
    documents: int
    time: timedelta

    @property
    def hours(self) -> float:
        """The citizen's time in hours."""
        return self.time / ONE_HOUR

    def as_json(self) -> dict[str, Any]:
        """The burden as it is shown."""
        return {
            "visits": self.visits,
            "counters": self.counters,
            "fields_typed": self.fields_typed,
            "fields_prefilled": self.fields_prefilled,
            "documents": self.documents,
            "hours": round(self.hours, 2),
        }


def burden(case: Case, history: Sequence[Event]) -> Burden:
    """The burden that the events tell of; a visit or a field that has not happened yet is not counted."""
    declared = declared_in(history).payload
    visits = [event for event in history if event.kind == "visited"]
    supplements = [event for event in history if event.kind == "supplement_sent"]
    carried = {(event.procedure, event.round) for event in visits if event.payload["purpose"] == "supplement"}
    sent = [event for event in supplements if (event.procedure, event.round) not in carried]
    typed = (
        declared["fields_typed"]
        + sum(event.payload["fields_typed"] for event in visits)
        + sum(len(event.payload["changes"]) for event in supplements)
    )
    prefilled = declared["fields_prefilled"]
    reading = typed * _seconds(case, "seconds_per_field") + prefilled * _seconds(case, "read_prefilled_field")
    under_way = sum((_under_way(event, history) for event in visits), timedelta())
    return Burden(
        visits=len(visits),
        counters=len({case.group.procedure(event.procedure).agency for event in visits if event.procedure}),
        fields_typed=typed,
        fields_prefilled=prefilled,
        documents=declared["documents"]
        + sum(event.payload["documents"] for event in visits)
        + sum(len(event.payload["documents"]) for event in sent),
        time=under_way + timedelta(seconds=reading),
    )


def _under_way(event: Event, history: Sequence[Event]) -> timedelta:
    """There, at the counter while it is open, and back.

    Who is not served before closing goes home and comes again: the night is no time spent. When the
    office's system fails, the citizen leaves.
    """
    visit = visit_of(event.payload, event.at)
    failed = (
        other.at
        for other in history
        if other.kind in FAILED
        and other.procedure == event.procedure
        and visit.arrives_at <= other.at < visit.served_at
    )
    at_counter = CALENDAR.working_time_between(visit.arrives_at, min(failed, default=visit.served_at))
    return visit.arrives_at - visit.leaves_at + at_counter + timedelta(seconds=visit.back_seconds)


def _seconds(case: Case, name: str) -> float:
    """Seconds for one field; the assumption has no procedure, so both paths of a family agree."""
    return case.group.assumptions.draw(name, case.path, "*", case.seed, case.dossier)
