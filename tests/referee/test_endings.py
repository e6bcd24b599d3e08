"""Withdrawals, faults and messages that the referee must read without stumbling."""

from dataclasses import replace

from flow_model.events import Event
from tests.referee.logs import SECOND, Log, broken, judged
from tests.referee.specimens import BIRTH, CARD, RESIDENCE


def test_one_application_may_be_withdrawn_at_its_agency_and_the_others_go_on(logs: dict[str, Log]) -> None:
    log = logs["consents"]
    granted = log.event("granted", CARD)
    withdrawn = log.edit("granted", CARD, kind="withdrawn", payload={"results": {}})
    assert judged(withdrawn) == []
    assert broken(withdrawn.plus(replace(granted, at=granted.at + SECOND))) == {"nothing_after_withdrawal"}


def test_a_dossier_withdrawn_at_once_leaves_no_debts(logs: dict[str, Log]) -> None:
    log = logs["consents"]
    sent = log.at("sent", BIRTH)
    declared = log.with_events(log.events[: sent + 1])
    at = declared.events[-1].at + SECOND
    withdrawn = declared.plus(Event(log.case.dossier, 0, "withdrawn", at, actor="citizen"))
    later = [
        Event(log.case.dossier, 0, "withdrawn", at + 3600 * n * SECOND, BIRTH, actor="civil_status")
        for n in (1, 500)
    ]
    assert judged(withdrawn) == []
    assert judged(withdrawn.plus(*later)) == []


def test_injected_faults_refused_messages_and_failed_attempts_are_no_acts(logs: dict[str, Log]) -> None:
    log = logs["consents"]
    at = log.event("sent", CARD).at
    noise = [
        Event(log.case.dossier, 0, "fault_injected", at, CARD, payload={"fault": "slow", "effect": "delay"}),
        Event(log.case.dossier, 0, "message_refused", at, CARD, payload={"service": "social_insurance"}),
        Event(log.case.dossier, 0, "something_new", at, None, actor="somebody"),
    ]
    assert judged(log.plus(*noise)) == []


def test_a_branch_that_was_never_started_needs_no_decision(logs: dict[str, Log]) -> None:
    """The birth is rejected: nothing is sent to the police and the insurance, and the answer goes back."""
    log = logs["consents"]
    rejected = log.edit("granted", BIRTH, kind="rejected", payload={"reason": "Đã đăng ký"})
    at = rejected.event("rejected", BIRTH).at
    births = rejected.without(lambda event: event.procedure not in (None, BIRTH))
    ended = births.plus(*(Event(log.case.dossier, 0, "not_started", at, each) for each in (RESIDENCE, CARD)))
    returned = ended.edit("results_returned", at=at + SECOND)
    assert judged(returned) == []
    assert broken(births.edit("results_returned", at=at + SECOND)) == {"results_returned_when_all_ended"}


def test_only_a_second_dossier_of_the_same_life_event_is_accused(logs: dict[str, Log]) -> None:
    log = logs["consents"]
    other = replace(log, case=replace(log.case, dossier="B-2026-000002"))
    events = [replace(event, dossier="B-2026-000002") for event in log.events]
    twin = other.with_events(events).edit("declared", payload={"natural_key": "another child"})
    assert judged(log, twin) == []
    again = judged(log, other.with_events(events))
    assert {each.dossier for each in again} == {"B-2026-000002"}
    assert [each.procedure for each in again] == [
        event.procedure for event in log.events if event.kind == "granted"
    ]
