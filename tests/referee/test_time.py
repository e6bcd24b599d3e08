"""What the referee makes of instants: heard late, stood still, unknown in law, or never come."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from flow_model.events import Event
from measurement.referee import RULES
from tests.referee.logs import FORTNIGHT, SECOND, Log, broken, judged
from tests.referee.specimens import BIRTH, CARD, RESIDENCE

MINUTES_NO_SYSTEM_MAY_TAKE = timedelta(minutes=90)


def test_a_decision_heard_late_is_judged_by_when_the_agency_took_it(logs: dict[str, Log]) -> None:
    log = logs["consents"]
    happened_at = log.event("granted", BIRTH).at.isoformat()
    late = log.later_from("granted", BIRTH).edit("granted", BIRTH, payload={"happened_at": happened_at})
    assert broken(late) == {"synchronised_in_time"}
    heard = late.event("granted", BIRTH)
    assert [violation.sequence for violation in judged(late)] == [heard.sequence]


def test_a_receipt_heard_after_its_decision_came_before_it_all_the_same(logs: dict[str, Log]) -> None:
    log = logs["consents"]
    received, granted = log.event("received", CARD), log.event("granted", CARD)
    payload = {**received.payload, "happened_at": received.at.isoformat()}
    others = [event for event in log.events if event is not received]
    overtaken = log.with_events([*others, replace(received, at=granted.at, payload=payload)])
    assert overtaken.at("received", CARD) > overtaken.at("granted", CARD)
    assert broken(overtaken) == {"synchronised_in_time"}


def test_what_is_never_decided_is_late_once_its_time_is_over(logs: dict[str, Log]) -> None:
    log = logs["consents"].without(
        lambda event: (
            event.kind == "results_returned" or (event.kind == "granted" and event.procedure == CARD)
        )
    )
    assert judged(log) == []
    at = log.event("received", CARD).at + FORTNIGHT
    marked = log.plus(Event(log.case.dossier, 0, "overdue", at, CARD))
    assert [(each.rule, each.procedure) for each in judged(marked)] == [("decided_within_limit", CARD)]


def test_what_is_never_acknowledged_is_late_once_the_hours_are_over(logs: dict[str, Log]) -> None:
    log = logs["consents"].without(
        lambda event: event.kind == "results_returned" or (event.procedure == CARD and event.kind != "sent")
    )
    found = [(each.rule, each.procedure) for each in judged(log)]
    assert found == [("acknowledged_in_time", CARD)]


def test_the_time_that_a_supplement_takes_is_not_the_agencys(logs: dict[str, Log]) -> None:
    log = logs["supplement"]
    asked, supplied = log.event("supplement_requested"), log.event("supplemented")
    assert supplied.at.date() > asked.at.date()
    assert judged(log) == []
    never_stopped = log.without(lambda event: event.kind.startswith("supplement"))
    assert broken(never_stopped) == {"decided_within_limit"}


def test_a_supplement_asked_for_when_the_time_was_over_does_not_wind_the_clock_up(
    logs: dict[str, Log],
) -> None:
    late = logs["supplement"].later_from("supplement_requested")
    found = [(each.rule, each.sequence) for each in judged(late)]
    assert found == [("decided_within_limit", late.event("supplement_requested").sequence)]


def test_the_due_date_that_an_event_tells_is_not_believed(logs: dict[str, Log]) -> None:
    log = logs["consents"]
    generous = (log.event("received", BIRTH).at + 2 * FORTNIGHT).isoformat()
    late = log.later_from("granted", BIRTH).edit("received", BIRTH, payload={"due_at": generous})
    assert broken(late) == {"decided_within_limit"}
    strict = log.edit("received", BIRTH, payload={"due_at": log.event("received", BIRTH).at.isoformat()})
    assert judged(strict) == []


def test_a_limit_that_the_law_leaves_unknown_accuses_nobody(logs: dict[str, Log]) -> None:
    log = logs["consents"]
    at = log.event("granted", CARD).at + 26 * FORTNIGHT
    slow = log.edit("granted", CARD, at=at).edit("results_returned", at=at + SECOND)
    assert broken(slow) == {"decided_within_limit"}
    # Under the newest law the identity card has a limit that nobody found.
    case = replace(log.case, law="decree-301-2026", procedures=(*log.case.procedures[:-1], "identity_card"))
    agency = case.group.procedure("identity_card").agency
    renamed = [
        replace(event, procedure="identity_card", actor="gateway" if event.actor == "gateway" else agency)
        if event.procedure == CARD
        else event
        for event in slow.events
    ]
    assert broken(replace(slow, case=case).with_events(renamed)) == set()


@pytest.mark.parametrize("rule", ["acknowledged_in_time", "synchronised_in_time"])
def test_the_decrees_minutes_and_hours_bind_no_counter_of_the_old_path(rule: str) -> None:
    assert {each.id: each.paths for each in RULES}[rule] == ("interlinked",)


def test_a_violation_names_the_dated_limit_by_which_it_was_measured(logs: dict[str, Log]) -> None:
    log = logs["consents"]
    late = judged(log.later_from("granted", RESIDENCE, by=26 * FORTNIGHT))
    limit = log.case.group.law.limit(RESIDENCE, log.case.path, log.case.law)
    named = next(each for each in late if each.procedure == RESIDENCE)
    assert (named.article, named.confidence) == (limit.article, limit.confidence)
    assert f"{limit.value} ngày làm việc" in named.expected_vi
    assert f"{limit.value} working day(s)" in named.expected_en
    granted_at = datetime.fromisoformat(log.event("granted", RESIDENCE).at.isoformat())
    assert (granted_at + 26 * FORTNIGHT).strftime("%H:%M:%S %d/%m/%Y") in named.found_vi


def test_each_hop_between_systems_is_accused_for_itself(logs: dict[str, Log]) -> None:
    log = logs["wrong certificate"]
    for kind in ("correction_requested", "results_returned"):
        late = log.later_from(kind, by=MINUTES_NO_SYSTEM_MAY_TAKE)
        found = [each.sequence for each in judged(late) if each.rule == "synchronised_in_time"]
        assert {event.kind for event in late.events if event.sequence in found} == {kind}
