"""From counts to figures for people: quantiles, shares, and how sure they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flow_model.group import Procedure
from simulator.tally import STEP, Tally

Json = dict[str, Any]
# With fewer than this, a quantile says more about luck than about the law.
LEAST = 30
QUANTILES = {"median": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_SURE = 1.96  # standard errors on each side of what 95 of 100 intervals hold
_DAY = 86_400


@dataclass(frozen=True)
class Estimate:
    """A figure and the interval that holds the true one in 95 of 100 cases; None: not enough data."""

    value: float | None
    low: float | None
    high: float | None

    def as_json(self) -> Json:
        """The figure as it is shown."""
        return {"value": _shown(self.value), "low": _shown(self.low), "high": _shown(self.high)}


NOT_ENOUGH = Estimate(None, None, None)


def quantile(counts: NDArray[np.int64], share: float, unit: float) -> Estimate:
    """A quantile of a histogram of steps, in days of ``unit`` seconds; the interval by order statistics."""
    total = int(counts.sum())
    if total < LEAST:
        return NOT_ENOUGH
    passed = np.cumsum(counts)
    spread = _SURE * sqrt(total * share * (1 - share))

    def at(rank: float) -> float:
        place = int(np.searchsorted(passed, min(max(rank, 0.0), total - 1), side="right"))
        return place * STEP / unit

    return Estimate(at(share * total), at(share * total - spread), at(share * total + spread))


def share(part: int, whole: int) -> Estimate:
    """A share with Wilson's interval."""
    if whole < LEAST:
        return NOT_ENOUGH
    p, z2 = part / whole, _SURE**2
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    spread = _SURE * sqrt(p * (1 - p) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    return Estimate(p, max(0.0, middle - spread), min(1.0, middle + spread))


def mean_days(counts: NDArray[np.int64], unit: float) -> float | None:
    """The mean length in days of ``unit`` seconds, each step counted at its middle."""
    total = int(counts.sum())
    if total == 0:
        return None
    return float((counts * (np.arange(counts.shape[0]) + 0.5)).sum() / total * STEP / unit)


def lengths(counts: NDArray[np.int64], unit: float) -> Json:
    """The quantiles that are shown, and the mean."""
    found = {name: quantile(counts, at, unit).as_json() for name, at in QUANTILES.items()}
    return {"n": int(counts.sum()), "mean": _shown(mean_days(counts, unit)), **found}


def by_day(counts: NDArray[np.int64], unit: int) -> list[int]:
    """The same histogram by whole days of ``unit`` seconds: how many took less than one, less than two…"""
    days = np.zeros(counts.shape[0] * STEP // unit + 1, dtype=np.int64)
    np.add.at(days, np.arange(counts.shape[0]) * STEP // unit, counts)
    return [int(each) for each in np.trim_zeros(days, "b")]


def figures(
    counted: Tally, procedures: Sequence[Procedure], provinces: Sequence[str], office_day: int
) -> Json:
    """Everything that one path comes to."""
    declared, finished, timely = (int(each) for each in counted.dossiers.sum(axis=0))
    return {
        "dossiers": declared,
        "finished": finished,
        "on_time": share(timely, finished).as_json(),
        "elapsed_calendar_days": lengths(counted.calendar.sum(axis=0), _DAY),
        "elapsed_working_days": lengths(counted.working.sum(axis=0), office_day),
        "by_working_day": by_day(counted.working.sum(axis=0), office_day),
        "visits": _shown(int(counted.visits[0]) / declared if declared else None),
        "hours_on_the_way": _shown(int(counted.visits[1]) / declared / 3600 if declared else None),
        "hours_at_counters": _shown(int(counted.visits[2]) / declared / 3600 if declared else None),
        "procedures": [_procedure(counted, each, place, office_day) for place, each in enumerate(procedures)],
        "agencies": _agencies(counted, procedures),
        "provinces": [_province(counted, name, place, office_day) for place, name in enumerate(provinces)],
    }


def _procedure(counted: Tally, procedure: Procedure, place: int, office_day: int) -> Json:
    sent, granted, rejected, timely, limited, supplements = (
        int(each) for each in counted.applications[place, :6]
    )
    opened, busy, waited, officers = (int(each) for each in counted.desks[place])
    return {
        "id": procedure.id,
        "title_vi": procedure.title_vi,
        "title_en": procedure.title_en,
        "agency": procedure.agency,
        "applications": sent,
        "granted": share(granted, sent).as_json(),
        "rejected": share(rejected, sent).as_json(),
        "supplements": supplements,
        "on_time": share(timely, limited).as_json(),
        "working_days": lengths(counted.held[place], office_day),
        "officers": officers,
        "queue_minutes": _shown(waited / opened / 60 if opened >= LEAST else None),
        "work_hours": round(busy / 3600, 1),
    }


def _agencies(counted: Tally, procedures: Sequence[Procedure]) -> list[Json]:
    rows: list[Json] = []
    for agency in dict.fromkeys(each.agency for each in procedures):
        places = [place for place, each in enumerate(procedures) if each.agency == agency]
        timely, limited = counted.applications[places][:, 3].sum(), counted.applications[places][:, 4].sum()
        opened, busy, waited, officers = (int(each) for each in counted.desks[places].sum(axis=0))
        rows.append(
            {
                "agency": agency,
                "applications": int(counted.applications[places][:, 0].sum()),
                "on_time": share(int(timely), int(limited)).as_json(),
                "officers": officers,
                "queue_minutes": _shown(waited / opened / 60 if opened >= LEAST else None),
                "work_hours": round(busy / 3600, 1),
            }
        )
    return rows


def _province(counted: Tally, name: str, place: int, office_day: int) -> Json:
    declared, finished, timely = (int(each) for each in counted.dossiers[place])
    return {
        "province": name,
        "dossiers": declared,
        "finished": finished,
        "on_time": share(timely, finished).as_json(),
        "elapsed_working_days": lengths(counted.working[place], office_day),
    }


def between(replications: Sequence[Mapping[str, Any]], *path: str) -> Estimate:
    """A figure over replications: its mean, and Student's interval for it."""
    values = [_inside(each, path) for each in replications]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return NOT_ENOUGH
    middle, error = float(np.mean(known)), float(np.std(known, ddof=1)) / sqrt(len(known))
    spread = _STUDENT.get(len(known) - 1, _SURE) * error
    return Estimate(middle, middle - spread, middle + spread)


# Student's t for 95 of 100, by degrees of freedom; from 30 on the normal one is near enough.
_T = """12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.16 2.145 2.131 2.12
2.11 2.101 2.093 2.086 2.08 2.074 2.069 2.064 2.06 2.056 2.052 2.048 2.045"""
_STUDENT = {degrees: float(value) for degrees, value in enumerate(_T.split(), start=1)}


def _inside(document: Mapping[str, Any], path: Sequence[str]) -> float | None:
    value: Any = document
    for name in path:
        value = value[name]
    return None if value is None else float(value)


def _shown(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)
