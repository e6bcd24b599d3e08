"""What it cost the family: trips, counters, fields, papers, hours. The method is in the terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flow_model.case import Case
from flow_model.events import Event
from flow_model.visits import visit_of

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Burden:
    """Counted from the event log; hours = travel both ways + time at counters + writing + reading."""

    visits: int
    counters: int
    fields_typed: int
    fields_prefilled: int
    documents: int
    hours: float
    terms: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """The burden, with the terms that the hours are the sum of."""
        return {
            "visits": self.visits,
            "counters": self.counters,
            "fields_typed": self.fields_typed,
            "fields_prefilled": self.fields_prefilled,
            "documents": self.documents,
            "hours": self.hours,
            "hours_by_term": self.terms,
        }


def burden(case: Case, history: Sequence[Event]) -> Burden:
    """The burden of one dossier."""
    declared = history[0].payload
    trips = [event for event in history if event.kind == "visited"]
    visits = [visit_of(event.payload, event.at) for event in trips]
    typed = declared["fields_typed"] + sum(event.payload["fields_typed"] for event in trips)
    prefilled = declared["fields_prefilled"]
    travel = sum((each.arrives_at - each.leaves_at for each in visits), timedelta())
    back = timedelta(seconds=sum(each.back_seconds for each in visits))
    counter = sum((each.served_at - each.arrives_at for each in visits), timedelta())
    terms = {
        "travel": round((travel + back) / HOUR, 2),
        "at_counters": round(counter / HOUR, 2),
        "writing": round(timedelta(seconds=typed * _seconds(case, "seconds_per_field")) / HOUR, 2),
        "reading": round(timedelta(seconds=prefilled * _seconds(case, "read_prefilled_field")) / HOUR, 2),
    }
    return Burden(
        visits=len(trips),
        counters=len({case.group.procedure(event.procedure).agency for event in trips if event.procedure}),
        fields_typed=typed,
        fields_prefilled=prefilled,
        documents=declared["documents"] + sum(event.payload["documents"] for event in trips),
        hours=round(sum(terms.values()), 2),
        terms=terms,
    )


def _seconds(case: Case, name: str) -> float:
    return case.group.assumptions.draw(name, case.path, "*", case.seed, case.dossier)
