"""One group on one path under one law, as arrays: what kernels need to know, and no name of any procedure.

A *kind* of family is a lawful choice of procedures with what its declaration implies: what lengthens
limits, people who must agree. Everything that differs between kinds is an array over them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flow_model.chance import name_key
from flow_model.errors import BadContract
from flow_model.group import Group, Procedure
from flow_model.limits import Limit
from simulator.clock import unit_number
from simulator.draws import DrawTable

NOWHERE = -1
UNKNOWN = -1
# What may be found when a file is opened, in the order of the shares of ``Odds``.
REJECTED, SUPPLEMENTED, VERIFIED, UNANSWERED, SILENT = range(5)


@dataclass(frozen=True)
class Kind:
    """A kind of family, and its share of all."""

    id: str
    share: float
    procedures: tuple[str, ...]
    conditions: frozenset[str] = frozenset()
    consents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Odds:
    """How often an application of a procedure is rejected, needs a supplement or a verification; how often
    nobody answers to what was asked for, and somebody who must agree is silent. Shares, not per cent."""

    rejected: float = 0.0
    supplemented: float = 0.0
    verified: float = 0.0
    unanswered: float = 0.0
    silent: float = 0.0


def compile_plan(
    group: Group, path: str, law: str, kinds: Sequence[Kind], odds: Mapping[str, Odds]
) -> tuple[dict[str, Any], tuple[Procedure, ...]]:
    """What the book says of it, and the procedures in their places; BadContract if a kind is unlawful."""
    procedures = group.in_force(law, path)
    for kind in kinds:
        _prove(group, path, law, kind)
    pairs = [(place, each) for place, one in enumerate(procedures) for each in one.consents]
    table = DrawTable()
    content = _law(group, path, law, kinds, procedures)
    visited = content["visited"]
    content |= _places(
        group, path, procedures, visited, [(procedures[at].id, c.party) for at, c in pairs], table
    )
    content |= table.content()
    content |= {
        "procedures": len(procedures),
        "kinds_held": len(kinds),
        "pairs": len(pairs),
        "consents": [
            [path != "separate" and c.party in kind.consents.get(procedures[at].id, ()) for at, c in pairs]
            for kind in kinds
        ],
        "consent_of": [at for at, _ in pairs],
        "party_name": _names(c.party for _, c in pairs),
        "odds": [_row(odds, each.id) for each in procedures],
        "kinds": np.cumsum([kind.share for kind in kinds]),
        "procedure_name": _names(each.id for each in procedures),
    }
    names = {"finding": "finding", "answering": "answering", "silence": "silence", "kind_name": "kind"}
    return content | {field: np.uint64(name_key(name)) for field, name in names.items()}, procedures


def _law(
    group: Group, path: str, law: str, kinds: Sequence[Kind], procedures: Sequence[Procedure]
) -> dict[str, Any]:
    day = group.law.profile(law).as_of["separate"]
    limits = [[_limits(group, path, law, kind, each) for each in procedures] for kind in kinds]
    windows = [_window(group, path, law, each) for each in procedures]
    supplement = group.law.term("supplement", path, law)
    return {
        "separate": path == "separate",
        "visited": [path == "separate" and each.visited_on(day) for each in procedures],
        "requires": [_mask(each, procedures) for each in procedures],
        "chosen": [[each.id in kind.procedures for each in procedures] for kind in kinds],
        "limit_value": [[[_value(limit) for limit in two] for two in row] for row in limits],
        "limit_unit": [[[unit_number(limit.unit) for limit in two] for two in row] for row in limits],
        "window_value": [value for value, _ in windows],
        "window_unit": [unit for _, unit in windows],
        "supplement_value": supplement.value or 0,
        "supplement_unit": unit_number(supplement.unit),
    }


def _names(many: Iterable[str]) -> NDArray[np.uint64]:
    return np.array([name_key(each) for each in many], dtype=np.uint64)


def _prove(group: Group, path: str, law: str, kind: Kind) -> None:
    held = tuple(each.id for each in group.in_force(law, path))
    wanted = tuple(name for name in kind.procedures if name in held)
    if wanted != kind.procedures:
        missing = ", ".join(set(kind.procedures) - set(held))
        raise BadContract(f"{group.id}.{kind.id}", f"{law} does not hold {missing} on the {path} path")
    group.choose(kind.procedures, law, path)


def _mask(procedure: Procedure, procedures: Sequence[Procedure]) -> int:
    return sum(1 << place for place, each in enumerate(procedures) if each.id in procedure.requires)


def _limits(group: Group, path: str, law: str, kind: Kind, procedure: Procedure) -> tuple[Limit, Limit]:
    holding = sorted({*kind.conditions, *kind.procedures})
    longer = sorted({*holding, "verification"})
    limit = group.law.limit
    return limit(procedure.id, path, law, holding), limit(procedure.id, path, law, longer)


def _value(limit: Limit) -> int:
    return UNKNOWN if limit.value is None else limit.value


def _window(group: Group, path: str, law: str, procedure: Procedure) -> tuple[int, int]:
    name = next((each.window for each in procedure.consents if each.window), None)
    if name is None or path == "separate":
        return UNKNOWN, 0
    term = group.law.term(name, path, law)
    return term.value or 0, unit_number(term.unit)


def _row(odds: Mapping[str, Odds], procedure: str) -> list[float]:
    one = odds.get(procedure, odds.get("*", Odds()))
    return [one.rejected, one.supplemented, one.verified, one.unanswered, one.silent]


def _places(
    group: Group,
    path: str,
    procedures: Sequence[Procedure],
    visited: Sequence[bool],
    pairs: Sequence[tuple[str, str]],
    table: DrawTable,
) -> dict[str, Any]:
    """Where draws stand in the table, by procedure and by pair; NOWHERE for what this path does not draw."""

    def of(name: str, who: str) -> int:
        return table.place(group.assumptions.find(name, path, who), who)

    def every(name: str) -> list[int]:
        return [of(name, each.id) for each in procedures]

    def at_counters(name: str) -> list[int]:
        both = zip(procedures, visited, strict=True)
        return [of(name, each.id) if comes else NOWHERE for each, comes in both]

    asked = pairs if path != "separate" else ()
    return {
        "at_sync": every("sync"),
        "at_acknowledge": every("acknowledge"),
        "at_queue": every("desk_queue"),
        "at_work": every("work"),
        "at_share": every("share_of_limit"),
        "at_habit": every("decide_without_limit"),
        "at_reply": every("supplement_reply"),
        "at_travel": at_counters("travel"),
        "at_submit": at_counters("counter_submit"),
        "at_collect": at_counters("counter_collect"),
        "at_supply": at_counters("counter_supplement"),
        "at_pause": at_counters("before_next_counter"),
        "at_consent": [of("consent_delay", party) for _, party in asked],
        "at_consent_sync": [of("sync", f"{name}.{party}") for name, party in asked],
        "at_results": of("sync", "results"),
    }
