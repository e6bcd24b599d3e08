"""One dossier, measured; two paths, compared; many dossiers, summarised. Figures carry their recipe."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from flow_model.case import Case, fold
from flow_model.events import Event
from measurement.burden import HOUR, Burden, burden
from measurement.conservation import intervals, shares
from measurement.durations import Elapsed, elapsed, procedure_json
from measurement.legal import LegalLength, legal_length

DIFFERENCES = (
    "elapsed_calendar_days",
    "elapsed_working_days",
    "visits",
    "counters",
    "fields_typed",
    "documents",
    "hours",
)


@dataclass(frozen=True)
class DossierMeasure:
    """What one dossier came to."""

    dossier: str
    path: str
    law: str
    legal: LegalLength
    elapsed: Elapsed
    burden: Burden
    stage_hours: dict[str, float]
    conditions: tuple[str, ...]
    procedures: tuple[dict[str, Any], ...]

    @property
    def on_time(self) -> bool | None:
        """Whether every decided procedure was on time; None when nothing is decided."""
        known = [each["on_time"] for each in self.procedures if each["on_time"] is not None]
        return all(known) if known else None

    def as_json(self) -> dict[str, Any]:
        """The measure; elapsed figures are of an unfinished dossier so far, and ``finished`` says so."""
        return {
            "dossier": self.dossier,
            "path": self.path,
            "finished": self.elapsed.finished,
            "legal": self.legal.as_json(),
            "conditions": list(self.conditions),
            "elapsed_calendar_days": self.elapsed.calendar_days,
            "elapsed_working_days": self.elapsed.working_days,
            **self.burden.as_json(),
            "stage_hours": self.stage_hours,
            "on_time": self.on_time,
            "procedures": list(self.procedures),
        }


def measure(case: Case, history: Sequence[Event]) -> DossierMeasure:
    """Measure one dossier from its history alone."""
    progress = fold(case, history)
    conditions = {*history[0].payload["conditions"]}
    if any(event.kind == "verification_started" for event in history):
        conditions.add("verification")
    pieces = intervals(case, history)
    return DossierMeasure(
        dossier=case.dossier,
        path=case.path,
        law=case.law,
        legal=legal_length(case.group, case.law, case.path, case.procedures, conditions),
        elapsed=elapsed(progress, history),
        burden=burden(case, history),
        stage_hours={stage: round(length / HOUR, 2) for stage, length in shares(pieces).items()},
        conditions=tuple(sorted(conditions)),
        procedures=tuple(procedure_json(case, progress.steps[name]) for name in case.procedures),
    )


def compare(separate: DossierMeasure, interlinked: DossierMeasure) -> dict[str, Any]:
    """Both paths side by side; a saving is None while either path is unfinished."""
    old, new = separate.as_json(), interlinked.as_json()
    both = separate.elapsed.finished and interlinked.elapsed.finished
    saved = {name: round(old[name] - new[name], 2) if both else None for name in DIFFERENCES}
    return {"law": separate.law, "paths": {"separate": old, "interlinked": new}, "saved": saved}


def summarise(measures: Sequence[DossierMeasure]) -> dict[str, Any]:
    """Many dossiers of one path: n, median, p90, p95 and maximum of working days, and the share on time.

    Nothing is 0 for want of data: without a finished dossier the figures are None.
    """
    days = sorted(each.elapsed.working_days for each in measures if each.elapsed.finished)
    judged = [each.on_time for each in measures if each.on_time is not None]
    return {
        "n": len(measures),
        "finished": len(days),
        "elapsed_working_days": {
            "median": round(median(days), 2) if days else None,
            "p90": _quantile(days, 0.90),
            "p95": _quantile(days, 0.95),
            "max": days[-1] if days else None,
        },
        "on_time_share": round(sum(judged) / len(judged), 4) if judged else None,
    }


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of the values does not exceed."""
    if not ordered:
        return None
    index = -(-len(ordered) * share // 1) - 1
    return ordered[max(0, int(index))]
