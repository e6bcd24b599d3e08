"""The terms of a run of the twin test, drawn from its number: law, beginning, and faults of every kind."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

from flow_model import chance
from flow_model.catalogue import catalogue
from flow_model.faults import PORTAL
from flow_model.faults.live import LineEffect, MessageEffect
from flow_model.working_time import VIETNAM
from services.agency import SHARED

Json = dict[str, Any]
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


def terms_of(number: int) -> Json:
    """Seed, law, beginning and faults of a run."""
    laws = tuple(next(iter(catalogue().groups.values())).law.profiles)
    starts_at = _starts_at(number)
    faults = [_absence(number, each, starts_at) for each in range(1 + chance.below(3, number, "absences"))]
    faults += [_outage(number, each, starts_at) for each in range(1 + chance.below(2, number, "outages"))]
    faults += [_line(number, each, starts_at) for each in range(3 + chance.below(7, number, "lines"))]
    faults += [_message(number, each, starts_at) for each in range(4 + chance.below(6, number, "messages"))]
    faults += list(_numbers_held(number, starts_at))
    faults += list(_decisions(number))
    faults += [each for each in _PAPERS if chance.happens(0.3, number, each["kind"], each["procedure"])]
    return {
        "seed": number,
        "law": pick(laws, number, "law"),
        "starts_at": starts_at.isoformat(),
        "families": 60,
        "faults": faults,
    }


def pulls_of(number: int) -> tuple[datetime, ...]:
    """When staff pull a dossier of the run again, which brings what nobody heard: at most twice."""
    times = chance.choose((0, 1, 1, 2), number, "pulls")
    waits = [chance.below(4 * 86_400, number, "pull", each) for each in range(times)]
    return tuple(_starts_at(number) + timedelta(seconds=1 + each) for each in sorted(set(waits)))


def _starts_at(number: int) -> datetime:
    since = chance.below(300 * 86_400, number, "starts")
    return datetime(2026, 1, 5, 8, tzinfo=VIETNAM) + timedelta(seconds=since)


def _absence(number: int, which: int, starts_at: datetime) -> Json:
    since = starts_at + timedelta(seconds=chance.below(6 * 86_400, number, "away", which))
    until = since + timedelta(seconds=3600 + chance.below(3 * 86_400, number, "back", which))
    return {
        "kind": "absence",
        "agency": pick(agencies(), number, "away_from", which),
        "who": pick(("office", "officer"), number, "who", which),
        "from": since.isoformat(),
        "until": until.isoformat(),
    }


def _outage(number: int, which: int, starts_at: datetime) -> Json:
    """A service that answers nobody: an agency, or a registry that agencies look things up in."""
    since = starts_at + timedelta(seconds=60 + chance.below(3 * 86_400, number, "down", which))
    until = since + timedelta(seconds=1800 + chance.below(4 * 86_400, number, "up", which))
    service = pick((*agencies(), *SHARED), number, "outage_of", which)
    return {"kind": "outage", "service": service, "from": since.isoformat(), "until": until.isoformat()}


def _line(number: int, which: int, starts_at: datetime) -> Json:
    """A line that fails: the first attempts of each call, or every one in a window; or that is slow."""
    effect = pick(get_args(LineEffect), number, "effect", which)
    fault: Json = {
        "kind": "line",
        "to": pick((*agencies(), *SHARED, PORTAL), number, "line_to", which),
        "effect": effect,
        "times": 1 + chance.below(4, number, "times", which),
    }
    # What nobody fills in before a declaration would be for people to write, and these examples do not.
    any_call = () if fault["to"] in SHARED else (None, None)
    calls = pick((*any_call, *CALLS), number, "calls", which)
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
        "sender": pick((*agencies(), "population"), number, "sender", which),
        "effect": pick(get_args(MessageEffect), number, "spoilt", which),
        "event": pick(TOLD, number, "told", which),
    }
    if which == 0 and chance.happens(0.3, number, "unheard"):
        return fault | {"until": "resync"}
    if chance.happens(0.3, number, "heard_at", which):
        until = starts_at + timedelta(seconds=3600 + chance.below(3 * 86_400, number, "heard_again", which))
        return fault | {"until": until.isoformat()}
    return fault | {"minutes": 1 + chance.below(600, number, "minutes", which)}


def _numbers_held(number: int, starts_at: datetime) -> Iterator[Json]:
    if chance.happens(0.3, number, "numbers_held"):
        answer = pick(("suspected_duplicate", "system_error", "format_error"), number, "why_held")
        until = starts_at + timedelta(seconds=3600 + chance.below(6 * 86_400, number, "issued_again"))
        yield {"kind": "id_issue", "answer": answer, "until": until.isoformat()}


def agencies() -> list[str]:
    """The agencies of all groups, by name."""
    return sorted({each.agency for group in catalogue().groups.values() for each in group.procedures})


def _decisions(number: int) -> Iterator[Json]:
    for group in catalogue().groups.values():
        for procedure in group.procedures:
            for turn in range(3):
                if not chance.happens(0.15, number, procedure.id, "told", turn):
                    continue
                decision = pick(_DECISIONS, number, procedure.id, turn, "decision")
                if decision == "return_to_issuer" and not procedure.requires:
                    continue
                yield {
                    "kind": "officer_decides",
                    "procedure": procedure.id,
                    "decision": decision,
                    "turn": turn,
                    "stage": pick(("take_up", "decide"), number, procedure.id, turn, "stage"),
                    "reason_vi": "Thiếu giấy",
                    "reason_en": "a paper is missing",
                    "remedy": pick((["paper"], ["paper"], []), number, procedure.id, turn, "remedy"),
                }


def pick(options: Sequence[Any], *names: str | int) -> Any:
    """One of these, by a seed and names."""
    seed, *rest = names
    assert isinstance(seed, int)
    return chance.choose(options, seed, *rest)
