"""How long the law allows for a whole dossier, in the law's own units. No number of law stands here.

Each procedure waits for those it requires; on the separate path a procedure with a visit also waits
for the visit before it, because the citizen goes to one counter after the other. Procedures that wait
for nothing more run in parallel. The sum goes along the longest chain of waiting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from flow_model.errors import BadContract
from flow_model.group import Group, Procedure
from flow_model.limits import CONFIDENCES, Limit

DayUnit = Literal["days", "working_days"]
# Limits shorter than a day add nothing that a sum of days could hold.
SUMMABLE = ("same_working_day", "working_days", "days")
THE_TOTAL = "total"


class LegalPart(NamedTuple):
    """One procedure's limit as it enters the sum; None where the law in force was not found."""

    procedure: str
    value: int | None
    unit: str
    article: str
    confidence: str


@dataclass(frozen=True)
class LegalLength:
    """The legal length of a dossier.

    ``value`` is what the law (or the publication) states for the whole, else the sum; both are kept.
    It is None when the one that counts is unknown, and ``unknown`` names what is missing: procedures,
    or "total". ``critical`` is the longest chain of waiting, empty where an unknown part leaves it open.
    """

    value: int | None
    unit: DayUnit
    basis: Literal["stated", "summed"]
    stated: int | None
    summed: int | None
    parts: tuple[LegalPart, ...]
    critical: tuple[str, ...]
    unknown: tuple[str, ...]
    article: str
    confidence: str

    def as_json(self) -> dict[str, Any]:
        """The length as it is shown."""
        return {
            "value": self.value,
            "unit": self.unit,
            "basis": self.basis,
            "stated": self.stated,
            "summed": self.summed,
            "parts": [part._asdict() for part in self.parts],
            "critical": list(self.critical),
            "unknown": list(self.unknown),
            "article": self.article,
            "confidence": self.confidence,
        }


def legal_length(
    group: Group, law: str, path: str, procedures: Sequence[str], conditions: Iterable[str]
) -> LegalLength:
    """The legal length for the chosen procedures (in the group's order) under a law profile."""
    holding = {*conditions, *procedures}
    limits = {name: group.law.limit(name, path, law, holding) for name in procedures}
    for name, limit in limits.items():
        if limit.unit not in SUMMABLE:
            raise BadContract(f"{group.id}.{name}", f"a limit in {limit.unit} cannot be added to days")
    parts = tuple(
        LegalPart(name, limit.in_days if limit.value is not None else None, *_told(limit))
        for name, limit in limits.items()
    )
    missing = tuple(part.procedure for part in parts if part.value is None)
    days, chain = _longest(parts, _waits(group, law, path, procedures))
    summed = None if missing else days
    critical = () if missing and set(chain) != set(procedures) else chain
    added = [part for part in parts if part.procedure in (critical or procedures)]
    total = group.law.total(path, law, holding)
    if total is not None:
        return LegalLength(
            value=total.value,
            unit=_unit([total.unit]),
            basis="stated",
            stated=total.value,
            summed=summed,
            parts=parts,
            critical=critical,
            unknown=(THE_TOTAL, *missing) if total.value is None else missing,
            article=total.article,
            confidence=total.confidence,
        )
    return LegalLength(
        value=summed,
        unit=_unit([part.unit for part in added]),
        basis="summed",
        stated=None,
        summed=summed,
        parts=parts,
        critical=critical,
        unknown=missing,
        article="; ".join(dict.fromkeys(part.article for part in added)),
        confidence=max((part.confidence for part in added), key=CONFIDENCES.index),
    )


def _told(limit: Limit) -> tuple[str, str, str]:
    return limit.unit, limit.article, limit.confidence


def _unit(units: Iterable[str]) -> DayUnit:
    """Calendar days as soon as one part is: a sum may not look shorter than it is."""
    return "days" if "days" in units else "working_days"


def _waits(group: Group, law: str, path: str, procedures: Sequence[str]) -> dict[str, list[str]]:
    """What each procedure waits for."""
    day = group.law.profile(law).as_of[path]
    visited_before: Procedure | None = None
    waits: dict[str, list[str]] = {}
    for procedure in map(group.procedure, procedures):
        waits[procedure.id] = [name for name in procedure.requires if name in procedures]
        if path == "separate" and procedure.visited_on(day):
            if visited_before is not None:
                waits[procedure.id].append(visited_before.id)
            visited_before = procedure
    return waits


def _longest(parts: Sequence[LegalPart], waits: Mapping[str, Sequence[str]]) -> tuple[int, tuple[str, ...]]:
    """The days and the procedures of the longest chain; unknown parts count nothing.

    Of equals the one with more procedures counts, then the first in the group's order.
    """
    ends: dict[str, int] = {}
    chains: dict[str, tuple[str, ...]] = {}
    for part in parts:
        before = max(waits[part.procedure], key=lambda name: (ends[name], len(chains[name])), default=None)
        ends[part.procedure] = (ends[before] if before else 0) + (part.value or 0)
        chains[part.procedure] = (*(chains[before] if before else ()), part.procedure)
    last = max(ends, key=lambda name: (ends[name], len(chains[name])))
    return ends[last], chains[last]
