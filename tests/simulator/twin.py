"""The same dossiers in the live system and in the simulator, and the lines in which they differ.

The agencies say what their officers found (that is read off forms and registries); when anything happens,
each side computes for itself.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from chassis.request_headers import run_headers
from flow_model import chance
from flow_model.catalogue import catalogue
from flow_model.errors import SandboxError
from flow_model.faults import live_from_json
from flow_model.group import Effect, Group, Procedure
from flow_model.limits import PATHS
from flow_model.mapping import fill
from simulator.dossier import Branch, Branches, Dossier, Line
from tests.simulator.twin_terms import agencies, pick, pulls_of, terms_of
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


class Said(NamedTuple):
    """An event as its agency tells it: of which procedure, what, when."""

    procedure: str
    kind: str
    at: str
    payload: Json


@dataclass(frozen=True)
class Told:
    """A dossier as it went in the live system, and the same dossier for the simulator."""

    name: str
    history: tuple[Json, ...]
    dossier: Dossier
    pulls: tuple[datetime, ...]

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
    pulls = pulls_of(number)
    for at in pulls:
        await town.settle(run, at.isoformat())
        (await town.ask("PUT", f"/runs/{run}/dossiers/{codes[0]}/pull")).raise_for_problem()
    await town.settle(run)
    said = await _said(town, run, datetime.fromisoformat(terms["starts_at"]))
    # In the order of their codes, in which an agency takes what falls to it at one instant.
    return [await _told(town, run, code, terms, said[code], pulls) for code in sorted(codes)]


async def _declared(town: Town, run: str, situation: Json, path: str) -> str | None:
    for group in catalogue().groups:
        with suppress(SandboxError):  # such a family has no dossier of this group, or is not in this run
            return await town.declare(run, group, situation["id"], path=path)
    return None


async def _said(town: Town, run: str, now: datetime) -> dict[str, list[Said]]:
    """What every agency said of each dossier, in its order: some of it may have been heard late, or never."""
    said = defaultdict[str, list[Said]](list)
    for service in agencies():
        headers = run_headers(run, now)
        answer = await town.client.call(service, "GET", "/events", headers=headers)
        for event in answer.raise_for_problem().body["events"]:
            code, _, procedure = event["application_id"].partition(".")
            said[code].append(Said(procedure, event["kind"], event["at"], event["payload"]))
    return said


async def _told(
    town: Town, run: str, code: str, terms: Json, said: Sequence[Said], pulls: tuple[datetime, ...]
) -> Told:
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
        branches=branches_in(said),
        faults=live_from_json(terms["faults"]),
        asks={each.id: _asked(each, declaration, said) for each in group.procedures if each.id in procedures},
        reports={each.id: "population" for each in group.procedures if each.action == "register_death"},
        fills={
            each.id: ("population", "personal_id_filled_in")
            for each in group.procedures
            if each.action == "register_birth" and declared["declaration"]["child"]["nationality"] == "VN"
        },
    )
    return Told(f"{run}/{code}", history, dossier, pulls)


def _asked(procedure: Procedure, declaration: Any, said: Sequence[Said]) -> tuple[str, ...]:
    """The shared registries that its officer asks: of those facts for which the form holds a key."""
    results = {
        event.procedure: event.payload["results"]
        for event in said
        if event.kind in ("granted", "corrected") and "results" in event.payload
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


def branches_in(said: Sequence[Said]) -> Branches:
    """What the officers of a dossier found: by procedure and turn, never when."""
    opened: dict[tuple[str, int], Effect] = {}
    decided: dict[tuple[str, int], Effect] = {}
    answered: dict[tuple[str, int], bool] = {}
    turns: Counter[str] = Counter()
    examining: dict[str, str] = {}
    for name, kind, at, payload in said:
        turn = (name, turns[name])
        if kind == "taken_up":
            examining[name] = at
        elif kind in _EFFECTS:
            where = opened if examining.get(name) == at else decided
            if kind == "rejected" and "supplement_expired" in str(payload):
                continue
            where[turn] = _EFFECTS[kind]
            if kind == "supplement_requested":
                found = [each for each in payload["findings"] if each["effect"] == "supplement"]
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
