"""For each rule a lawful log, and the smallest cut that makes this rule, and no other, refuse it."""

from collections.abc import Callable
from dataclasses import replace

from flow_model.events import Event
from tests.referee.logs import SECOND, Log, Story

BIRTH, RESIDENCE, CARD = "birth_registration", "permanent_residence", "health_insurance_card"
DEATH, DEREGISTRATION, SURVIVORS = "death_registration", "residence_deregistration", "survivor_benefit"
ALLOWANCE, SUPPORT = "funeral_allowance", "funeral_support"
WRONG_CERTIFICATE = {"kind": "certificate_error", "procedure": BIRTH}

STORIES = {
    "consents": Story("birth", "newborn_with_grandparents", terms={"law": "decree-63-2024"}),
    "supplement": Story("birth", "no_birth_notice", changes={"papers": []}),
    "wrong certificate": Story("birth", "newborn", terms={"faults": [WRONG_CERTIFICATE]}),
    "survivors never answer": Story(
        "death",
        "pensioner",
        procedures=(DEATH, DEREGISTRATION, SURVIVORS),
        terms={"citizens": "human"},
    ),
    "allowance": Story("death", "pensioner"),
}


def sent_before_the_birth_is_registered(log: Log) -> list[Log]:
    return [log.edit("sent", RESIDENCE, at=log.event("granted", BIRTH).at - SECOND)]


def residence_and_card_without_a_birth(log: Log) -> list[Log]:
    """The police and the insurance act by themselves, on a birth that was rejected."""
    rejected = log.edit("granted", BIRTH, kind="rejected", payload={"reason": "Đã đăng ký"})
    return [rejected.without(lambda event: event.kind == "sent" and event.procedure != BIRTH)]


def granted_without_receipt(log: Log) -> list[Log]:
    return [log.without(lambda event: event.kind == "received" and event.procedure == CARD)]


def decided_after_the_limit(log: Log) -> list[Log]:
    return [log.later_from("granted", BIRTH)]


def acknowledged_late(log: Log) -> list[Log]:
    return [log.later_from("received", BIRTH)]


def results_synchronised_late(log: Log) -> list[Log]:
    return [log.later_from("results_returned")]


def received_without_the_householder(log: Log) -> list[Log]:
    return [log.without(lambda event: event.kind in ("consent_given", "consent_forwarded"))]


def asked_for_a_supplement_twice(log: Log) -> list[Log]:
    again = [log.event(kind) for kind in ("supplement_requested", "supplement_sent", "supplemented")]
    at = again[-1].at
    return [log.plus(*(replace(each, round=2, at=at + n * SECOND) for n, each in enumerate(again, 1)))]


def supplement_taken_after_its_term(log: Log) -> list[Log]:
    return [log.later_from("supplement_sent")]


def granted_before_the_supplement_came(log: Log) -> list[Log]:
    return [log.without(lambda event: event.kind in ("supplement_sent", "supplemented"))]


def rejected_without_a_reason(log: Log) -> list[Log]:
    return [log.edit("rejected", SURVIVORS, payload={"reason": " "})]


def citizen_asked_to_mend_the_certificate(log: Log) -> list[Log]:
    """The agency that found the error asks the citizen, who brings a corrected paper."""
    events: list[Event] = []
    for event in log.events:
        again = event.round > 0 or any(_is_return(earlier, event) for earlier in events)
        match event.kind:
            case "returned_to_issuer":
                payload = {"reason": "Sai họ tên", "findings": [], "answer_by": event.at.isoformat()}
                events.append(replace(event, kind="supplement_requested", round=1, payload=payload))
            case "correction_requested" | "corrected":
                continue
            case "sent" if again:
                brought = {"documents": ["birth_certificate"], "changes": {}}
                events.append(replace(event, kind="supplement_sent", actor="citizen", payload=brought))
            case "received" if again:
                events.append(replace(event, kind="supplemented"))
            case _:
                events.append(event)
    return [log.with_events(events)]


def _is_return(earlier: Event, event: Event) -> bool:
    return earlier.kind == "supplement_requested" and earlier.procedure == event.procedure


def granted_by_another_agency(log: Log) -> list[Log]:
    return [log.edit("granted", CARD, actor=log.case.group.procedure(BIRTH).agency)]


def consent_given_by_the_gateway(log: Log) -> list[Log]:
    return [log.edit("consent_given", actor="gateway")]


def granted_twice(log: Log) -> list[Log]:
    granted = log.event("granted", CARD)
    return [log.plus(replace(granted, at=granted.at + SECOND))]


def one_birth_in_two_dossiers(log: Log) -> list[Log]:
    other = replace(log, case=replace(log.case, dossier="B-2026-000002"))
    return [log, other.with_events([replace(event, dossier="B-2026-000002") for event in log.events])]


def two_bodies_pay_one_funeral(log: Log) -> list[Log]:
    agency = log.case.group.procedure(SUPPORT).agency
    paid = [
        replace(event, procedure=SUPPORT, actor=agency if event.actor != "gateway" else event.actor)
        for event in log.events
        if event.procedure == ALLOWANCE
    ]
    case = replace(log.case, procedures=(DEATH, DEREGISTRATION, ALLOWANCE, SUPPORT))
    return [replace(log, case=case).plus(*paid)]


def withdrawn_and_granted_all_the_same(log: Log) -> list[Log]:
    at = log.event("granted", BIRTH).at - SECOND
    return [log.plus(Event(log.case.dossier, 0, "withdrawn", at, actor="citizen"))]


def returned_before_the_last_branch_ended(log: Log) -> list[Log]:
    last = max(event.at for event in log.events if event.kind == "granted")
    return [log.edit("results_returned", at=last - SECOND)]


def examined_before_it_was_received(log: Log) -> list[Log]:
    at = log.event("received", CARD).at - SECOND
    return [log.edit("taken_up", CARD, at=at, as_written=True)]


def another_name_written_in(log: Log) -> list[Log]:
    first, *others = log.events
    return [replace(log, events=(replace(first, payload={**first.payload, "subject": "Ai đó"}), *others))]


Cut = Callable[[Log], list[Log]]
# By rule: the story whose log is lawful, and what is done to it.
SPECIMENS: dict[str, tuple[str, Cut]] = {
    "sent_after_required": ("consents", sent_before_the_birth_is_registered),
    "granted_after_required": ("consents", residence_and_card_without_a_birth),
    "decided_what_was_received": ("consents", granted_without_receipt),
    "decided_within_limit": ("consents", decided_after_the_limit),
    "acknowledged_in_time": ("consents", acknowledged_late),
    "synchronised_in_time": ("consents", results_synchronised_late),
    "consents_before_clock": ("consents", received_without_the_householder),
    "one_supplement_request": ("supplement", asked_for_a_supplement_twice),
    "supplement_in_term": ("supplement", supplement_taken_after_its_term),
    "nothing_decided_while_awaited": ("supplement", granted_before_the_supplement_came),
    "says_why": ("survivors never answer", rejected_without_a_reason),
    "error_goes_to_issuer": ("wrong certificate", citizen_asked_to_mend_the_certificate),
    "decided_by_its_agency": ("consents", granted_by_another_agency),
    "citizens_speak_for_themselves": ("consents", consent_given_by_the_gateway),
    "decided_once": ("consents", granted_twice),
    "registered_once": ("consents", one_birth_in_two_dossiers),
    "benefit_once": ("allowance", two_bodies_pay_one_funeral),
    "nothing_after_withdrawal": ("consents", withdrawn_and_granted_all_the_same),
    "results_returned_when_all_ended": ("consents", returned_before_the_last_branch_ended),
    "one_after_another": ("consents", examined_before_it_was_received),
    "chain_is_whole": ("consents", another_name_written_in),
}
