"""The steps of an application: each changes its state, writes the event and plans what comes next.

They run inside one transaction of the caller, so that state, event, book entry and agenda agree.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from flow_model.faults import OfficerDecides
from flow_model.group import Effect, Finding
from flow_model.working_time import CALENDAR
from services import agenda, examining, journal, timing
from services.agency import Unreachable
from services.instants import instant_of, text_of
from services.matter import Matter

Json = dict[str, Any]
OFFICERS_ACTS = ("take_up", "decide")
# Terms end, and registries answer, whether anybody is in the office or not.
ACTS_OF_PEOPLE = ("receive", "take_up", "decide", "correct")


def write(session: Session, matter: Matter, kind: str, at: datetime, payload: Json) -> None:
    """Write an event of this application, and keep the application as it stands now."""
    row = matter.row
    session.add(row)
    journal.append(session, row.run_id, row.application_id, kind, at, payload, row.round)


def injected(session: Session, matter: Matter, at: datetime, fault: str, **more: Any) -> None:
    """Write down that a fault of the run has just shown itself here."""
    write(session, matter, "fault_injected", at, {"fault": fault, **more})


def plan(session: Session, matter: Matter, kind: str, at: datetime) -> None:
    """Put an act of this application on the agenda."""
    agenda.schedule(session, matter.row.run_id, matter.row.application_id, kind, at)


def wait_for_counter(session: Session, matter: Matter, at: datetime) -> None:
    """Plan the acknowledgement: at once when all consents are here, else when the window closes."""
    row = matter.row
    if set(row.consents_needed) <= set(row.consents_given):
        plan(session, matter, "receive", timing.receive_at(matter, at))
    elif row.consent_deadline is not None:
        closes = max(at, instant_of(row.consent_deadline))
        plan(session, matter, "receive", timing.receive_at(matter, closes))


def receive(session: Session, matter: Matter, at: datetime) -> None:
    """The counter takes it in, and the law's clock starts."""
    row, due = matter.row, timing.due(matter, at)
    row.state, row.received_at, row.due_at = "received", text_of(at), text_of(due.at)
    payload = {
        "due_at": text_of(due.at),
        "counted_from": CALENDAR.counted_from(at).isoformat(),
        "limit": matter.limit_json(due.limit),
    }
    write(session, matter, "received", at, payload | ({"unknown": True} if due.unknown else {}))
    wait_for_officer(session, matter, at)


def wait_for_officer(session: Session, matter: Matter, at: datetime) -> None:
    """Plan the opening of the file, unless officers are people."""
    if matter.terms.officers == "simulated":
        assert matter.row.due_at is not None
        due_at = instant_of(matter.row.due_at)
        plan(session, matter, "take_up", timing.take_up_at(matter, at, due_at))


def take_up(
    session: Session,
    matter: Matter,
    at: datetime,
    findings: Sequence[Finding],
    told: OfficerDecides | None = None,
) -> None:
    """The officer examines it, and what was found (or ``told``, a fault) decides how it goes on."""
    row = matter.row
    row.state, row.taken_up_at, row.findings = "taken_up", text_of(at), examining.as_json(findings)
    write(session, matter, "taken_up", at, {"findings": row.findings})
    if told is not None:
        injected(session, matter, at, told.kind, decision=told.decision)
        findings = examining.otherwise(findings, told)
        row.findings = examining.as_json(findings)
    go_on(session, matter, at, findings)


def go_on(session: Session, matter: Matter, at: datetime, findings: Sequence[Finding]) -> None:
    """What was found decides: reject, return, ask for a supplement, verify, or decide in favour in time."""
    row = matter.row
    effect = examining.strongest(findings)
    grave = examining.of_effect(findings, effect)
    reason_vi, reason_en = examining.reasons(grave)
    match effect:
        case Effect.REJECT:
            reject(session, matter, at, (reason_vi, reason_en), row.findings)
        case Effect.RETURN:
            return_to_issuer(session, matter, at, grave[0].code, reason_vi)
        case Effect.SUPPLEMENT:
            request_supplement(session, matter, at, reason_vi, row.findings)
        case Effect.VERIFY:
            verify(session, matter, at)
            wait_for_decision(session, matter, at)
        case Effect.NOTE:
            wait_for_decision(session, matter, at)


def wait_for_decision(session: Session, matter: Matter, at: datetime) -> None:
    """Plan the decision."""
    row = matter.row
    assert row.received_at is not None and row.due_at is not None  # noqa: PT018  one fact: it was received
    received_at, due_at = instant_of(row.received_at), instant_of(row.due_at)
    plan(session, matter, "decide", timing.decide_at(matter, received_at, at, due_at))


def verify(session: Session, matter: Matter, at: datetime) -> None:
    """Something must be verified: the longer limit applies, and is told once."""
    row = matter.row
    if row.verified:
        return
    assert row.received_at is not None
    due = timing.due(matter, instant_of(row.received_at), verifying=True)
    row.verified, row.due_at = True, text_of(due.at)
    payload = {"due_at": row.due_at, "limit": matter.limit_json(due.limit)}
    write(session, matter, "verification_started", at, payload)


def request_supplement(
    session: Session, matter: Matter, at: datetime, reason: str, findings: Sequence[Json]
) -> None:
    """Ask the citizen for more; the clock stands still until it comes or the term ends."""
    row = matter.row
    row.round += 1
    row.state, row.reason = "supplement_requested", reason
    row.asked_at, row.answer_by = text_of(at), text_of(timing.answer_by(matter, at))
    payload = {"reason": reason, "findings": list(findings), "answer_by": row.answer_by}
    write(session, matter, "supplement_requested", at, payload)
    plan(session, matter, "expire", timing.expires_at(row.answer_by))


def supplement(session: Session, matter: Matter, at: datetime) -> None:
    """What was missing is here: the due date moves by the office time that the pause lasted."""
    row = matter.row
    assert row.asked_at is not None and row.due_at is not None  # noqa: PT018  one fact: it was asked for
    pause = timing.office_seconds(instant_of(row.asked_at), at)
    row.paused_seconds += pause
    row.due_at = text_of(CALENDAR.add_working_seconds(instant_of(row.due_at), pause))
    row.state, row.answer_by = "received", None
    agenda.cancel(session, row.run_id, row.application_id, "expire")
    write(session, matter, "supplemented", at, {"due_at": row.due_at})
    wait_for_officer(session, matter, at)


def expire(session: Session, matter: Matter, at: datetime) -> None:
    """Nothing came within the term."""
    term = matter.term("supplement")
    finding = Finding(
        "supplement_expired",
        Effect.REJECT,
        f"Không bổ sung hồ sơ trong {term.value} ngày làm việc",
        f"no supplement came within {term.value} working days",
        term.article,
    )
    reject(session, matter, at, (finding.message_vi, finding.message_en), [finding.as_json()])


def return_to_issuer(session: Session, matter: Matter, at: datetime, error: str, message_vi: str) -> None:
    """The certificate is wrong: its issuer corrects it (Decree 63/2024, Article 8.4)."""
    row = matter.row
    row.state, row.reason, row.returns = "returned_to_issuer", message_vi, row.returns + 1
    payload = {
        "issuer": matter.procedure.requires[0],
        "error": error,
        "message_vi": message_vi,
        "at": text_of(at),
    }
    write(session, matter, "returned_to_issuer", at, payload)


def withdraw(session: Session, matter: Matter, at: datetime, reason: str) -> None:
    """The citizen takes it back: nobody works on it any more."""
    row = matter.row
    row.state, row.reason, row.decided_at = "withdrawn", reason, text_of(at)
    agenda.cancel(session, row.run_id, row.application_id, "receive", "expire", *OFFICERS_ACTS)
    write(session, matter, "withdrawn", at, {"reason": reason})


def resubmit(session: Session, matter: Matter, at: datetime, form: Json) -> None:
    """It comes back with the corrected data and is counted anew."""
    row = matter.row
    row.state, row.form, row.reason = "arrived", form, ""
    row.received_at = row.due_at = row.taken_up_at = None
    row.paused_seconds, row.verified = 0, False
    session.add(row)
    wait_for_counter(session, Matter(row, matter.terms, matter.group, matter.procedure), at)


def grant(
    session: Session,
    matter: Matter,
    at: datetime,
    results: Json,
    notes: Sequence[Finding],
    officer: str | None,
) -> None:
    """The decision in favour, with exactly the results that the procedure promises."""
    row = matter.row
    row.state, row.decided_at = "granted", text_of(at)
    row.results = {name: results[name] for name in matter.procedure.results}
    row.findings = [*row.findings, *examining.as_json(notes)]
    payload = {
        "results": row.results,
        "findings": row.findings,
        "work_seconds": matter.seconds("work", row.round),
    }
    _end(session, matter)
    write(session, matter, "granted", at, payload | ({"officer": officer} if officer else {}))


def reject(
    session: Session,
    matter: Matter,
    at: datetime,
    reasons: tuple[str, str],
    findings: Sequence[Json],
    officer: str | None = None,
) -> None:
    """The decision against, with its reason."""
    row = matter.row
    row.state, row.decided_at, row.reason = "rejected", text_of(at), reasons[0]
    row.findings = list(findings)
    payload = {"reason": reasons[0], "reason_en": reasons[1], "findings": row.findings}
    _end(session, matter)
    write(session, matter, "rejected", at, payload | ({"officer": officer} if officer else {}))


def _end(session: Session, matter: Matter) -> None:
    agenda.cancel(session, matter.row.run_id, matter.row.application_id, "expire", *OFFICERS_ACTS)


def attempt_failed(
    session: Session, matter: Matter, act: agenda.Act, move: str, unreachable: Unreachable
) -> None:
    """A shared registry did not answer: the same act comes again later."""
    at, attempt = act.instant, act.attempt + 1
    injected(session, matter, at, unreachable.fault, service=unreachable.service, reason=unreachable.reason)
    next_try_at = timing.next_try(at, unreachable.retry_after_seconds)
    payload = {
        "move": move,
        "about": matter.row.procedure,
        "service": unreachable.service,
        "reason": unreachable.reason,
        "attempt": attempt,
        "next_try_at": text_of(next_try_at),
    }
    write(session, matter, "attempt_failed", at, payload)
    row = matter.row
    agenda.schedule(session, row.run_id, row.application_id, act.kind, next_try_at, attempt=attempt)
