"""What an officer looks up, and what follows from what was found."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from enum import Enum
from typing import Any

from sqlmodel import Session

from flow_model.faults import OfficerDecides
from flow_model.group import Effect, Facts, Finding
from services.agency import AgencySpec, Line
from services.instants import instant_of
from services.matter import Matter

Json = dict[str, Any]
_DECIDED = {
    "grant": Effect.NOTE,
    "reject": Effect.REJECT,
    "request_supplement": Effect.SUPPLEMENT,
    "return_to_issuer": Effect.RETURN,
}
_GRAVITY = (Effect.NOTE, Effect.VERIFY, Effect.SUPPLEMENT, Effect.RETURN, Effect.REJECT)


async def ask_shared(matter: Matter, agency: str, line: Line) -> dict[str, Json | None]:
    """The look-ups in the shared registries; ServiceUnreachable when one does not answer."""
    found: dict[str, Json | None] = {}
    for fact in matter.procedure.facts:
        if fact.service == agency:
            continue
        key, record = _key(matter, fact.key), None
        if key is not None:
            answer = await line.ask(fact.service, "GET", f"/lookups/{fact.kind}", params={"key": key})
            record = answer.raise_for_problem().body["record"]
        found[fact.name] = record
    return found


def ask_own(session: Session, matter: Matter, spec: AgencySpec) -> dict[str, Json | None]:
    """The look-ups in the agency's own book."""
    found: dict[str, Json | None] = {}
    for fact in matter.procedure.facts:
        if fact.service == spec.name:
            key = _key(matter, fact.key)
            look_up = spec.registry.look_ups[fact.kind]
            found[fact.name] = None if key is None else look_up(session, matter.row.run_id, key)
    return found


def _key(matter: Matter, cell: str) -> str | None:
    value = getattr(matter.form, cell)
    match value:
        case None:
            return None
        case Enum():
            return str(value.value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def examine(matter: Matter, looked_up: Mapping[str, Any]) -> list[Finding]:
    """Put the procedure's questions, in order, to the form and to what was looked up."""
    row = matter.row
    facts = Facts(
        looked_up=looked_up,
        documents=frozenset(row.documents),
        consents=frozenset(row.consents_given),
        declared_at=instant_of(row.declared_at),
        path=row.path,
        round=row.round,
        terms=matter.all_terms(),
    )
    found = (check(matter.form, facts) for check in matter.procedure.checks)
    return [finding for finding in found if finding is not None]


def otherwise(findings: Iterable[Finding], told: OfficerDecides) -> list[Finding]:
    """The findings of an officer who decides otherwise: what weighs as much as the decision is only noted."""
    effect = _DECIDED[told.decision]
    noted = [
        replace(finding, effect=Effect.NOTE)
        if _GRAVITY.index(finding.effect) >= max(_GRAVITY.index(effect), _GRAVITY.index(Effect.SUPPLEMENT))
        else finding
        for finding in findings
    ]
    if effect is Effect.NOTE:
        return noted
    decided = Finding(
        told.code, effect, told.reason_vi, told.reason_en, told.article, remedy=tuple(told.remedy)
    )
    return [*noted, decided]


def strongest(findings: Iterable[Finding]) -> Effect:
    """The gravest effect among the findings; a note when there are none."""
    return max((finding.effect for finding in findings), key=_GRAVITY.index, default=Effect.NOTE)


def of_effect(findings: Iterable[Finding], effect: Effect) -> list[Finding]:
    """The findings that have this effect."""
    return [finding for finding in findings if finding.effect is effect]


def reasons(findings: Iterable[Finding]) -> tuple[str, str]:
    """The reasons as one text in each language."""
    several = list(findings)
    return "; ".join(each.message_vi for each in several), "; ".join(each.message_en for each in several)


def as_json(findings: Iterable[Finding]) -> list[Json]:
    """The findings as an event tells them."""
    return [finding.as_json() for finding in findings]
