"""One group on one path under one law, as arrays: what kernels need to know, and no name of any procedure.

A *kind* of family is a lawful choice of procedures with what its declaration implies: what lengthens
limits, people who must agree. Everything that differs between kinds is an array over them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flow_model.chance import name_key
from flow_model.errors import BadContract
from flow_model.group import Group, Procedure
from flow_model.limits import Limit
from simulator.clock import unit_number
from simulator.draws import DrawTable
from simulator.ways import Ways, as_path

NOWHERE = -1
UNKNOWN = -1
# What may be found when a file is opened, in the order of the shares of ``Odds``.
REJECTED, SUPPLEMENTED, VERIFIED, UNANSWERED, SILENT, RETURNED = range(6)


@dataclass(frozen=True)
class Kind:
    """A kind of family, and its share of all; a family of ``situation`` shows what such a one writes."""

    id: str
    share: float
    procedures: tuple[str, ...]
    conditions: frozenset[str] = frozenset()
    consents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    situation: str = ""


@dataclass(frozen=True)
class Odds:
    """How often an application of a procedure is rejected, needs a supplement or a verification; how often
    nobody answers to what was asked for, and somebody who must agree is silent; how often it is returned
    because the certificate that it rests on is wrong. Shares, not per cent."""

    rejected: float = 0.0
    supplemented: float = 0.0
    verified: float = 0.0
    unanswered: float = 0.0
    silent: float = 0.0
    returned: float = 0.0


def compile_plan(
    group: Group, ways: Ways, law: str, kinds: Sequence[Kind], odds: Mapping[str, Odds]
) -> tuple[dict[str, Any], tuple[Procedure, ...]]:
    """What the book says of it, and the procedures in their places; BadContract if a kind is unlawful."""
    procedures = held(group, law)
    for kind in kinds:
        _prove(group, law, kind)
    pairs = [(place, each) for place, one in enumerate(procedures) for each in one.consents]
    table = DrawTable()
    named = [(procedures[at].id, consent.party) for at, consent in pairs]
    content = _law(group, ways, law, kinds, procedures) | ways.switches()
    content |= _places(group, ways, procedures, named, table)
    content |= table.content()
    content |= {
        "procedures": len(procedures),
        "kinds_held": len(kinds),
        "consents": [
            [not ways.signs and party in kind.consents.get(name, ()) for name, party in named]
            for kind in kinds
        ],
        # Those of a procedure stand together.
        "pairs_from": [sum(at < place for at, _ in pairs) for place in range(len(procedures))],
        "pairs_until": [sum(at <= place for at, _ in pairs) for place in range(len(procedures))],
        "party_name": _names(party for _, party in named),
        "odds": [_row(odds_of(odds, each)) for each in procedures],
        "kinds": np.cumsum([kind.share for kind in kinds]),
        "procedure_name": _names(each.id for each in procedures),
    }
    names = {
        "finding": "finding",
        "answering": "answering",
        "silence": "silence",
        "kind_name": "kind",
        "paper_name": "paper",
        "counter_name": "counter",
    }
    return content | {field: np.uint64(name_key(name)) for field, name in names.items()}, procedures


def held(group: Group, law: str) -> tuple[Procedure, ...]:
    """The procedures that both paths hold under a law."""
    old, new = (group.in_force(law, path) for path in ("separate", "interlinked"))
    return tuple(each for each in new if each in old)


def _law(
    group: Group, ways: Ways, law: str, kinds: Sequence[Kind], procedures: Sequence[Procedure]
) -> dict[str, Any]:
    path, day = as_path(ways.limits), group.law.profile(law).as_of["separate"]
    limits = [[_limits(group, path, law, kind, each) for each in procedures] for kind in kinds]
    windows = [_window(group, ways, law, each) for each in procedures]
    supplement = group.law.term("supplement", path, law)
    return {
        "visited": [ways.path != "interlinked" and each.visited_on(day) for each in procedures],
        "requires": [_mask(each, procedures) for each in procedures],
        "issuer": [_issuer(each, procedures) for each in procedures],
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


def _prove(group: Group, law: str, kind: Kind) -> None:
    known = {each.id for each in held(group, law)}
    missing = [name for name in kind.procedures if name not in known]
    if missing:
        raise BadContract(f"{group.id}.{kind.id}", f"{law} does not hold {', '.join(missing)} on both paths")
    for path in ("separate", "interlinked"):
        group.choose(kind.procedures, law, path)


def _mask(procedure: Procedure, procedures: Sequence[Procedure]) -> int:
    return sum(1 << place for place, each in enumerate(procedures) if each.id in procedure.requires)


def _issuer(procedure: Procedure, procedures: Sequence[Procedure]) -> int:
    """Who is asked to correct what this procedure rests on: the first that it requires."""
    names = [each.id for each in procedures]
    first = next(iter(procedure.requires), None)
    return names.index(first) if first in names else NOWHERE


def _limits(group: Group, path: str, law: str, kind: Kind, procedure: Procedure) -> tuple[Limit, Limit]:
    holding = sorted({*kind.conditions, *kind.procedures})
    longer = sorted({*holding, "verification"})
    limit = group.law.limit
    return limit(procedure.id, path, law, holding), limit(procedure.id, path, law, longer)


def _value(limit: Limit) -> int:
    return UNKNOWN if limit.value is None else limit.value


def _window(group: Group, ways: Ways, law: str, procedure: Procedure) -> tuple[int, int]:
    name = next((each.window for each in procedure.consents if each.window), None)
    if name is None or ways.signs:
        return UNKNOWN, 0
    term = group.law.term(name, "interlinked", law)
    return term.value or 0, unit_number(term.unit)


def odds_of(odds: Mapping[str, Odds], procedure: Procedure) -> Odds:
    """The odds of a procedure. What rests on no certificate cannot be returned for one."""
    one = odds.get(procedure.id, odds.get("*", Odds()))
    return one if procedure.requires else replace(one, returned=0.0)


def _row(one: Odds) -> list[float]:
    return [one.rejected, one.supplemented, one.verified, one.unanswered, one.silent, one.returned]


def _places(
    group: Group,
    ways: Ways,
    procedures: Sequence[Procedure],
    pairs: Sequence[tuple[str, str]],
    table: DrawTable,
) -> dict[str, Any]:
    """Where draws stand in the table, by procedure and by pair of procedure and party."""

    def of(name: str, who: str, path: str) -> int:
        return table.place(group.assumptions.find(name, path, who), who)

    def every(name: str, path: str) -> list[int]:
        return [of(name, each.id, path) for each in procedures]

    def returned(name: str) -> list[int]:
        return [of(name, f"{each.id}.return", "interlinked") for each in procedures]

    comes, limits = as_path(ways.travels), as_path(ways.limits)
    asked = () if ways.signs else pairs
    return {
        "at_sync": every("sync", "interlinked"),
        "at_transfer": every("paper_transfer", "interlinked"),
        "at_acknowledge": every("acknowledge", comes),
        "at_queue": every("desk_queue", comes),
        "at_work": every("work", comes),
        "at_share": every("share_of_limit", limits),
        "at_habit": every("decide_without_limit", limits),
        "at_reply": every("supplement_reply", comes),
        "at_travel": every("travel", "separate"),
        "at_submit": every("counter_submit", "separate"),
        "at_collect": every("counter_collect", "separate"),
        "at_supply": every("counter_supplement", "separate"),
        "at_pause": every("before_next_counter", "separate"),
        "at_return": returned("sync"),
        "at_correction": every("correction", comes),
        "at_consent": [of("consent_delay", party, "interlinked") for _, party in asked],
        "at_consent_sync": [of("sync", f"{name}.{party}", "interlinked") for name, party in asked],
        "at_results": of("sync", "results", "interlinked"),
    }
