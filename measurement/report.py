"""One dossier measured, two paths compared, many dossiers summed up: the shapes that others show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from flow_model.case import Case
from flow_model.events import Event
from measurement.burden import Burden, burden
from measurement.conservation import Intervals, intervals_of, shares
from measurement.durations import Durations, ProcedureDurations, durations, procedure_durations
from measurement.history import declared_in, in_order, span_of
from measurement.legal import LegalLength, legal_length
from measurement.reuse import DossierReuse, dossier_reuse

Json = dict[str, Any]
# What is saved, and under which name the measure of one path holds it.
SAVED = {
    "calendar_days": "elapsed_calendar_days",
    "working_days": "elapsed_working_days",
    "visits": "visits",
    "counters": "counters",
    "fields": "fields_typed",
    "documents": "documents",
    "hours": "hours",
}


@dataclass(frozen=True)
class DossierMeasure:
    """Everything measured about one dossier, all of it from its history and the declared group."""

    dossier: str
    group: str
    law: str
    path: str
    conditions: tuple[str, ...]
    legal: LegalLength
    durations: Durations
    procedures: tuple[ProcedureDurations, ...]
    burden: Burden
    reuse: DossierReuse
    intervals: Intervals

    @property
    def finished(self) -> bool:
        """Whether the results were returned."""
        return self.durations.finished

    def as_json(self) -> Json:
        """The measure as it is shown."""
        spent = shares(self.intervals)
        return {
            "dossier": self.dossier,
            "group": self.group,
            "law": self.law,
            "path": self.path,
            "finished": self.finished,
            "conditions": list(self.conditions),
            "legal": self.legal.as_json(),
            **self.durations.as_json(),
            **self.burden.as_json(),
            "procedures": [each.as_json() for each in self.procedures],
            "reuse": self.reuse.as_json(),
            "stages": {stage: round(time / timedelta(hours=1), 2) for stage, time in spent.items()},
            "intervals": [each.as_json() for each in self.intervals],
        }


def measure(case: Case, history: Sequence[Event], now: datetime | None = None) -> DossierMeasure:
    """Measure one dossier; one that still goes on is measured until ``now``, or until its last event."""
    events = in_order(history)
    span = span_of(events, now)
    verified = any(event.kind == "verification_started" for event in events)
    conditions = {*declared_in(events).payload["conditions"], *(("verification",) if verified else ())}
    return DossierMeasure(
        dossier=case.dossier,
        group=case.group.id,
        law=case.law,
        path=case.path,
        conditions=tuple(sorted(conditions)),
        legal=legal_length(case.group, case.law, case.path, case.procedures, conditions),
        durations=durations(span),
        procedures=tuple(procedure_durations(case, events, span).values()),
        burden=burden(case, events),
        reuse=dossier_reuse(events),
        intervals=intervals_of(case, events, now),
    )


def compare(separate: DossierMeasure, interlinked: DossierMeasure) -> Json:
    """Both paths side by side, and what the interlinked one saves; None while either path goes on.

    Legal lengths stand side by side and are not subtracted: their units may differ.
    """
    if (separate.path, interlinked.path) != ("separate", "interlinked"):
        raise ValueError(f"compare separate with interlinked, not {separate.path} with {interlinked.path}")
    old, new = separate.as_json(), interlinked.as_json()
    enough = separate.finished and interlinked.finished
    return {
        "paths": {"separate": old, "interlinked": new},
        "enough_data": enough,
        "saved": {name: _difference(old[key], new[key]) if enough else None for name, key in SAVED.items()},
    }


def summarise(measures: Iterable[DossierMeasure]) -> Json:
    """Elapsed working days of the finished dossiers of one path, and how many decisions were on time.

    Decisions are those made, and those not made though their due date has passed. ``n`` counts finished
    dossiers. Without data a figure is None: nothing measured is not the same as nothing achieved.
    Percentiles are by nearest rank: the figure of a dossier that exists.
    """
    several = list(measures)
    paths = {each.path for each in several}
    if len(paths) > 1:
        raise ValueError("two paths are two summaries: give the dossiers of one path")
    days = sorted(each.durations.elapsed_working_days for each in several if each.finished)
    on_time = [own.on_time for each in several for own in each.procedures if own.on_time is not None]
    return {
        "path": next(iter(paths), None),
        "n": len(days),
        "unfinished": len(several) - len(days),
        "median": round(median(days), 2) if days else None,
        "p90": _percentile(days, 90),
        "p95": _percentile(days, 95),
        "max": _percentile(days, 100),
        "on_time_share": round(sum(on_time) / len(on_time), 4) if on_time else None,
        "decisions": len(on_time),
    }


def _difference(old: float, new: float) -> float:
    return round(old - new, 2)


def _percentile(ranked: Sequence[float], percent: int) -> float | None:
    return round(ranked[ceil(percent * len(ranked) / 100) - 1], 2) if ranked else None
