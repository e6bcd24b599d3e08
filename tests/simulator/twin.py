"""The same dossiers in the live system and in the simulator, and the lines in which they differ.

The live system says what its officers found (that is read off forms and registries); when anything happens,
each side computes for itself.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from flow_model import chance
from flow_model.catalogue import catalogue
from flow_model.errors import SandboxError
from flow_model.faults import PORTAL, live_from_json
from flow_model.faults.live import LineEffect, MessageEffect
from flow_model.group import Effect, Group, Procedure
from flow_model.limits import PATHS
from flow_model.mapping import fill
from flow_model.working_time import VIETNAM
from services.agency import SHARED
from simulator.dossier import Branch, Branches, Dossier, Line
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
# What is wrong with papers, wherever a procedure of this name is: officers find it by themselves.
_PAPERS = tuple(
    {"kind": kind, "procedure": procedure.id}
    for group in catalogue().groups.values()
    for procedure in group.procedures
    for kind in ("certificate_error", "attachment_lost")
    if kind == "attachment_lost" or not procedure.requires
)
CALLS = ("send", "supplement", "resend", "forward_consent", "ask_correction", "request_consent", "look_up",
         "report", "return_results")  # fmt: skip
TOLD = ("received", "taken_up", "granted", "rejected", "supplement_requested", "supplemented", "corrected",
        "returned_to_issuer", "verification_started", "consent_given", "personal_id_filled_in")  # fmt: skip
_DECISIONS = ("reject", "request_supplement", "return_to_issuer")


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
        code = await _declared(town, run, situation, _pick(PATHS, number, situation["id"]))
        codes += [] if code is None else [code]
        if len(codes) == families:
            break
    await town.settle(run)
    # In the order of their codes, in which an agency takes what falls to it at one instant.
    return [await _told(town, run, code, terms) for code in sorted(codes)]


def terms_of(number: int) -> Json:
    """Seed, law, beginning and faults of a run."""
    laws = tuple(next(iter(catalogue().groups.values())).law.profiles)
    starts_at = datetime(2026, 1, 5, 8, tzinfo=VIETNAM) + timedelta(
        seconds=chance.below(300 * 86_400, number, "starts")
    )
    faults = [_absence(number, each, starts_at) for each in range(1 + chance.below(3, number, "absences"))]
    faults += [_outage(number, each, starts_at) for each in range(1 + chance.below(2, number, "outages"))]
    faults += [_line(number, each, starts_at) for each in range(3 + chance.below(7, number, "lines"))]
    faults += [_message(number, each, starts_at) for each in range(4 + chance.below(6, number, "messages"))]
    faults += list(_numbers_held(number, starts_at))
    faults += list(_decisions(number))
    faults += [each for each in _PAPERS if chance.happens(0.3, number, each["kind"], each["procedure"])]
    return {
        "seed": number,
        "law": _pick(laws, number, "law"),
        "starts_at": starts_at.isoformat(),
        "families": 60,
        "faults": faults,
    }


def _absence(number: int, which: int, starts_at: datetime) -> Json:
    since = starts_at + timedelta(seconds=chance.below(6 * 86_400, number, "away", which))
    until = since + timedelta(seconds=3600 + chance.below(3 * 86_400, number, "back", which))
    return {
        "kind": "absence",
        "agency": _pick(_agencies(), number, "away_from", which),
        "who": _pick(("office", "officer"), number, "who", which),
        "from": since.isoformat(),
        "until": until.isoformat(),
    }


def _outage(number: int, which: int, starts_at: datetime) -> Json:
    """A service that answers nobody: an agency, or a registry that agencies look things up in."""
    since = starts_at + timedelta(seconds=60 + chance.below(3 * 86_400, number, "down", which))
    until = since + timedelta(seconds=1800 + chance.below(4 * 86_400, number, "up", which))
    service = _pick((*_agencies(), *SHARED), number, "outage_of", which)
    return {"kind": "outage", "service": service, "from": since.isoformat(), "until": until.isoformat()}


def _line(number: int, which: int, starts_at: datetime) -> Json:
    """A line that fails: the first attempts of each call, or every one in a window; or that is slow."""
    effect = _pick(get_args(LineEffect), number, "effect", which)
    fault: Json = {
        "kind": "line",
        "to": _pick((*_agencies(), *SHARED, PORTAL), number, "line_to", which),
        "effect": effect,
        "times": 1 + chance.below(4, number, "times", which),
    }
    # What nobody fills in before a declaration would be for people to write, and these examples do not.
    any_call = () if fault["to"] in SHARED else (None, None)
    calls = _pick((*any_call, *CALLS), number, "calls", which)
    fault |= {} if calls is None else {"calls": calls}
    if effect == "slow":
        return fault | {"delay": {"shape": "uniform", "low": 5, "high": 600}}
    if chance.happens(0.4, number, "window", which):
        since = starts_at + timedelta(seconds=chance.below(2 * 86_400, number, "cut", which))
        until = since + timedelta(seconds=600 + chance.below(86_400, number, "mended", which))
        fault |= {"from": since.isoformat(), "until": until.isoformat()}
    return fault


def _message(number: int, which: int, starts_at: datetime) -> Json:
    """A message that is lost, told twice, out of order or signed wrongly."""
    fault: Json = {
        "kind": "message",
        "sender": _pick((*_agencies(), "population"), number, "sender", which),
        "effect": _pick(get_args(MessageEffect), number, "spoilt", which),
        "event": _pick(TOLD, number, "told", which),
    }
    if chance.happens(0.3, number, "heard_at", which):
        until = starts_at + timedelta(seconds=3600 + chance.below(3 * 86_400, number, "heard_again", which))
        return fault | {"until": until.isoformat()}
    return fault | {"minutes": 1 + chance.below(600, number, "minutes", which)}


def _numbers_held(number: int, starts_at: datetime) -> Iterator[Json]:
    if chance.happens(0.3, number, "numbers_held"):
        answer = _pick(("suspected_duplicate", "system_error", "format_error"), number, "why_held")
        until = starts_at + timedelta(seconds=3600 + chance.below(6 * 86_400, number, "issued_again"))
        yield {"kind": "id_issue", "answer": answer, "until": until.isoformat()}


def _agencies() -> list[str]:
    return sorted({each.agency for group in catalogue().groups.values() for each in group.procedures})


def _decisions(number: int) -> Iterator[Json]:
    for group in catalogue().groups.values():
        for procedure in group.procedures:
            for turn in range(3):
                if not chance.happens(0.15, number, procedure.id, "told", turn):
                    continue
                decision = _pick(_DECISIONS, number, procedure.id, turn, "decision")
                if decision == "return_to_issuer" and not procedure.requires:
                    continue
                yield {
                    "kind": "officer_decides",
                    "procedure": procedure.id,
                    "decision": decision,
                    "turn": turn,
                    "stage": _pick(("take_up", "decide"), number, procedure.id, turn, "stage"),
                    "reason_vi": "Thiếu giấy",
                    "reason_en": "a paper is missing",
                    "remedy": _pick((["paper"], ["paper"], []), number, procedure.id, turn, "remedy"),
                }


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


def _pick(options: Sequence[Any], *names: str | int) -> Any:
    seed, *rest = names
    assert isinstance(seed, int)
    return chance.choose(options, seed, *rest)


def differences(live: Sequence[Line], simulated: Sequence[Line]) -> list[str]:
    """The lines that stand on one side only."""
    ours, theirs = Counter(live), Counter(simulated)
    missing = [(line, "live only") for line in (ours - theirs).elements()]
    more = [(line, "simulator only") for line in (theirs - ours).elements()]
    return [
        f"{line.at:%Y-%m-%d %H:%M:%S} {line.kind} {line.procedure} {line.round}: {side}"
        for line, side in sorted([*missing, *more])
    ]
