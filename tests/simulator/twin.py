"""The same dossiers in the live system and in the simulator, and the lines in which they differ.

The live system says what its officers found (that is read off forms and registries); when anything happens,
each side computes for itself.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow_model import chance
from flow_model.catalogue import catalogue
from flow_model.errors import SandboxError
from flow_model.faults import live_from_json
from flow_model.group import Effect, Group, Procedure
from flow_model.limits import PATHS
from flow_model.mapping import fill
from simulator.dossier import Branch, Branches, Dossier, Line
from tests.simulator.twin_terms import pick, terms_of
from tests.town_in_memory import Town

Json = dict[str, Any]
# What a fault, or a try that failed, leaves in a history beside what happens.
BESIDE = frozenset({"fault_injected", "attempt_failed", "acted", "clock_moved", "preview_shown"})
_EFFECTS = {
    "rejected": Effect.REJECT,
    "supplement_requested": Effect.SUPPLEMENT,
    "returned_to_issuer": Effect.RETURN,
    "verification_started": Effect.VERIFY,
}


@dataclass(frozen=True)
class Told:
    """A dossier as it went in the live system, and the same dossier for the simulator."""

    name: str
    history: tuple[Json, ...]
    dossier: Dossier

    def lines(self) -> list[Line]:
        """The live timeline."""
        return sorted(
            Line(datetime.fromisoformat(event["at"]), event["kind"], event["procedure"] or "", event["round"])
            for event in self.history
            if event["kind"] not in BESIDE
        )


async def told(town: Town, number: int, families: int) -> list[Told]:
    """So many families in one run whose terms are drawn from its number, lived through by the town."""
    terms = terms_of(number)
    run = await town.open(f"twin-{number}", **terms)
    codes = []
    listed = (await town.client.call("population", "GET", "/situations")).raise_for_problem().body
    situations = sorted(listed["situations"], key=lambda each: chance.bits(number, "order", each["id"]))
    for situation in situations:
        code = await _declared(town, run, situation, pick(PATHS, number, situation["id"]))
        codes += [] if code is None else [code]
        if len(codes) == families:
            break
    await town.settle(run)
    # In the order of their codes, in which an agency takes what falls to it at one instant.
    return [await _told(town, run, code, terms) for code in sorted(codes)]


async def _declared(town: Town, run: str, situation: Json, path: str) -> str | None:
    for group in catalogue().groups:
        with suppress(SandboxError):  # such a family has no dossier of this group, or is not in this run
            return await town.declare(run, group, situation["id"], path=path)
    return None


async def _told(town: Town, run: str, code: str, terms: Json) -> Told:
    history = tuple(await town.history(run, code))
    declared = history[0]["payload"]
    group = catalogue().group(declared["group"])
    declaration = group.declaration.model_validate(declared["declaration"])
    procedures = tuple(declared["procedures"])
    dossier = Dossier(
        key=code,
        group=group,
        path=declared["path"],
        law=terms["law"],
        seed=terms["seed"],
        procedures=procedures,
        declared_at=datetime.fromisoformat(history[0]["at"]),
        conditions=group.conditions(declaration),
        consents=_consents(group, procedures, declaration),
        branches=branches_in(history),
        faults=live_from_json(terms["faults"]),
        asks={
            each.id: _asked(each, declaration, history) for each in group.procedures if each.id in procedures
        },
        reports={each.id: "population" for each in group.procedures if each.action == "register_death"},
        fills={
            each.id: ("population", "personal_id_filled_in")
            for each in group.procedures
            if each.action == "register_birth" and declared["declaration"]["child"]["nationality"] == "VN"
        },
    )
    return Told(f"{run}/{code}", history, dossier)


def _asked(procedure: Procedure, declaration: Any, history: Sequence[Json]) -> tuple[str, ...]:
    """The shared registries that its officer asks: of those facts for which the form holds a key."""
    results = {
        event["procedure"]: event["payload"]["results"]
        for event in history
        if event["kind"] in ("granted", "corrected") and "results" in event["payload"]
    }
    form = fill(procedure.mapping, declaration, results)
    return tuple(
        fact.service
        for fact in procedure.facts
        if fact.service != procedure.agency and form[fact.key] is not None
    )


def _consents(group: Group, procedures: Sequence[str], declaration: Any) -> dict[str, tuple[str, ...]]:
    return {
        procedure.id: tuple(each.party for each in procedure.consents if each.of(declaration) is not None)
        for procedure in group.procedures
        if procedure.id in procedures
    }


def branches_in(history: Sequence[Json]) -> Branches:
    """What the officers of a history found: by procedure and turn, never when."""
    opened: dict[tuple[str, int], Effect] = {}
    decided: dict[tuple[str, int], Effect] = {}
    answered: dict[tuple[str, int], bool] = {}
    turns: Counter[str] = Counter()
    examining: dict[str, str | None] = {}
    for event in history:
        name, kind = event["procedure"], event["kind"]
        turn = (name, turns[name])
        at = event["payload"].get("happened_at", event["at"])  # heard later than it happened
        if kind == "taken_up":
            examining[name] = at
        elif kind in _EFFECTS and name is not None:
            where = opened if examining.get(name) == at else decided
            if kind == "rejected" and "supplement_expired" in str(event["payload"]):
                continue
            where[turn] = _EFFECTS[kind]
            if kind == "supplement_requested":
                found = [each for each in event["payload"]["findings"] if each["effect"] == "supplement"]
                answered[turn] = all(each["remedy"] for each in found)
            turns[name] += kind in ("supplement_requested", "returned_to_issuer")

    def branch(procedure: str, turn: int) -> Branch:
        key = (procedure, turn)
        return Branch(opened.get(key, Effect.NOTE), decided.get(key, Effect.NOTE), answered.get(key, True))

    return branch


def differences(live: Sequence[Line], simulated: Sequence[Line]) -> list[str]:
    """The lines that stand on one side only."""
    ours, theirs = Counter(live), Counter(simulated)
    missing = [(line, "live only") for line in (ours - theirs).elements()]
    more = [(line, "simulator only") for line in (theirs - ours).elements()]
    return [
        f"{line.at:%Y-%m-%d %H:%M:%S} {line.kind} {line.procedure} {line.round}: {side}"
        for line, side in sorted([*missing, *more])
    ]
