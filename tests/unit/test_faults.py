"""Faults: what people say, what the live system obeys, what the simulator makes of it; delays as drawn."""

from datetime import datetime, timedelta
from itertools import pairwise
from math import exp
from statistics import NormalDist
from time import perf_counter
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from chassis.clock import VIETNAM
from flow_model.faults import (
    KINDS,
    OFFICE_WORDS,
    Absence,
    AnyFault,
    Delay,
    LineFault,
    LiveFault,
    MessageFault,
    OfficerDecides,
    Outage,
    absence,
    as_json,
    compiled,
    decided_otherwise,
    line_fault,
    live_from_json,
    simulated,
)

MONDAY = datetime(2026, 10, 5, 8, tzinfo=VIETNAM)
FAULTS: TypeAdapter[Any] = TypeAdapter(AnyFault)
SPELL = {"from": MONDAY.isoformat(), "working_days": 2}
# Each office word, as somebody would write it.
SAID: dict[str, dict[str, Any]] = {
    "office_closed": {"agency": "social_insurance", **SPELL},
    "officer_on_leave": {"agency": "residence", "procedure": "permanent_residence", **SPELL},
    "database_down": {"service": "population", **SPELL},
    "line_down": {"to": "population", **SPELL},
    "manual_work": {"agency": "civil_status", **SPELL},
    "not_mapped": {"agency": "residence", **SPELL},
    "sync_slow": {"agency": "residence", "delay": {"value": 90}},
    "result_not_synced": {"delay": {"value": 600}},
    "status_out_of_order": {"agency": "civil_status"},
    "typed_by_hand": {"agency": "civil_status", "procedure": "birth_registration"},
    "message_twice": {"agency": "residence"},
    "message_lost": {"agency": "residence", "minutes": 30},
    "wrong_signature": {"agency": "residence"},
    "answer_lost": {"to": "residence"},
    "server_error": {"to": "residence", "times": 3},
    "attachment_missing": {"procedure": "birth_registration"},
    "id_suspected_duplicate": {"until": MONDAY.isoformat()},
    "id_system_error": {"until": MONDAY.isoformat()},
    "id_format_error": {"until": MONDAY.isoformat()},
    "id_to_be_verified": {"until": MONDAY.isoformat()},
    "no_seal": {"procedure": "permanent_residence"},
    "returned_without_reason": {"procedure": "permanent_residence"},
    "second_supplement": {"procedure": "permanent_residence", "papers": ["pledge", "proof_of_dwelling"]},
}


def said(kind: str, **more: Any) -> Any:
    return FAULTS.validate_python({"kind": kind, **SAID.get(kind, {}), **more})


def quantiles(delay: Delay, draws: int = 10_000) -> list[float]:
    drawn = sorted(delay.seconds(7, "B-2026-000001", "x", number) / 60 for number in range(draws))
    return [drawn[draws * percent // 100] for percent in (5, 25, 50, 75, 95)]


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (Delay(shape="fixed", value=90), [90.0] * 5),
        (Delay(shape="uniform", low=60, high=240), [60 + 1.8 * percent for percent in (5, 25, 50, 75, 95)]),
        (
            Delay(shape="lognormal", median=120, sigma=0.6),
            [120 * exp(0.6 * NormalDist().inv_cdf(percent / 100)) for percent in (5, 25, 50, 75, 95)],
        ),
        (
            Delay(shape="percentiles", table=((0, 10), (50, 60), (90, 300), (100, 900))),
            [15.0, 35.0, 60.0, 210.0, 600.0],
        ),
    ],
    ids=["fixed", "uniform", "lognormal", "percentiles"],
)
def test_ten_thousand_draws_have_the_quantiles_that_were_asked_for(
    delay: Delay, expected: list[float]
) -> None:
    assert quantiles(delay) == [pytest.approx(value, rel=0.02) for value in expected]


def test_a_draw_depends_on_its_names_and_on_nothing_else() -> None:
    delay = Delay(shape="lognormal", median=120, sigma=0.6)
    assert delay.seconds(7, "a") == delay.seconds(7, "a")
    assert len({delay.seconds(7, name) for name in "abcdef"} | {delay.seconds(8, "a")}) == 7


@pytest.mark.parametrize(
    "wrong",
    [
        {"shape": "fixed"},
        {"shape": "uniform", "low": 5},
        {"shape": "uniform", "low": 5, "high": 1},
        {"shape": "lognormal", "median": 5},
        {"shape": "percentiles", "table": [[0, 1]]},
        {"shape": "percentiles", "table": [[0, 5], [50, 1]]},
        {"shape": "percentiles", "table": [[50, 1], [0, 5]]},
        {"shape": "fixed", "value": float("inf")},
    ],
)
def test_a_delay_that_is_not_whole_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Delay.model_validate(wrong)


def test_everything_that_people_say_is_known() -> None:
    assert set(SAID) == {kind.model_fields["kind"].annotation.__args__[0] for kind in OFFICE_WORDS}  # type: ignore[union-attr]
    assert len(KINDS) == len(OFFICE_WORDS) + 8


@pytest.mark.parametrize("kind", SAID)
def test_what_people_say_comes_to_live_faults_that_go_through_json_unchanged(kind: str) -> None:
    live = compiled([said(kind)])
    assert live
    assert live_from_json(as_json(live)) == live
    assert FAULTS.validate_python(as_json([said(kind)])[0]) == said(kind)


@pytest.mark.parametrize("kind", SAID)
def test_the_simulator_hears_of_each_thing_that_people_say(kind: str) -> None:
    live = compiled([said(kind)])
    made = simulated(live)
    assert len(made.closures) + len(made.odds) + len(made.longer) == len(live)


def test_a_closed_office_is_closed_at_the_same_instants_in_both_worlds() -> None:
    (closed,) = compiled([said("office_closed")])
    assert isinstance(closed, Absence)
    (closure,) = simulated([closed]).closures
    assert (closure.resource, closure.starts, closure.until) == (
        "office:social_insurance",
        closed.starts,
        closed.until,
    )
    assert closed.until == datetime(2026, 10, 7, 7, 30, tzinfo=VIETNAM), "Monday and Tuesday are closed"


def test_two_working_days_from_a_saturday_are_monday_and_tuesday() -> None:
    saturday = {"from": (MONDAY - timedelta(days=2)).isoformat(), "working_days": 2}
    (closed,) = compiled([said("office_closed", **saturday)])
    assert isinstance(closed, Absence)
    assert closed.until == datetime(2026, 10, 7, 7, 30, tzinfo=VIETNAM)


def test_a_spell_ends_once_and_after_it_begins() -> None:
    for wrong in ({"until": MONDAY.isoformat()}, {"working_days": None}):
        with pytest.raises(ValidationError):
            said("office_closed", **wrong)
    with pytest.raises(ValidationError):
        Outage.model_validate({"kind": "outage", "service": "health", "from": MONDAY, "until": MONDAY})


@pytest.mark.parametrize(
    "spell",
    [
        {"until": (MONDAY - timedelta(days=1)).isoformat(), "working_days": None},
        {"from": "2089-12-20T08:00:00+07:00", "working_days": 250},
        {"from": "2089-12-31T20:00:00-05:00", "working_days": 1},
    ],
)
def test_a_spell_that_cannot_be_is_refused_when_it_is_said_and_not_when_it_happens(
    spell: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError):
        said("office_closed", **spell)


def test_a_line_hits_the_first_attempts_of_its_calls_and_no_other() -> None:
    fault = LineFault(kind="line", to="residence", effect="refused", calls="send", times=2)
    where = {"to": "residence", "calls": "send", "procedure": "permanent_residence", "at": MONDAY}
    assert [line_fault([fault], **where, attempt=attempt) for attempt in (1, 2, 3)] == [fault, fault, None]  # type: ignore[arg-type]
    for other in ({"to": "health"}, {"calls": "supplement"}):
        assert line_fault([fault], **{**where, **other}, attempt=1) is None  # type: ignore[arg-type]


def test_a_line_with_a_window_hits_every_attempt_inside_it() -> None:
    window = {"from": MONDAY, "until": MONDAY + timedelta(hours=1)}
    fault = LineFault.model_validate({"kind": "line", "to": "health", "effect": "reset", **window})
    inside, outside = MONDAY + timedelta(minutes=59), MONDAY + timedelta(hours=1)
    for at, hit in ((MONDAY - timedelta(seconds=1), False), (MONDAY, True), (inside, True), (outside, False)):
        assert fault.hits("health", "look_up", None, 9, at) is hit


def test_only_a_slow_line_has_a_delay() -> None:
    with pytest.raises(ValidationError):
        LineFault(kind="line", to="health", effect="slow")
    with pytest.raises(ValidationError):
        LineFault(kind="line", to="health", effect="reset", delay=Delay(value=1))


def test_an_officer_on_leave_leaves_the_counter_open() -> None:
    away = compiled([said("officer_on_leave")])
    at = MONDAY + timedelta(hours=1)
    assert absence(away, "residence", "permanent_residence", at, officers=True)
    assert absence(away, "residence", "permanent_residence", at, officers=False) is None
    assert absence(away, "residence", "residence_deregistration", at, officers=True) is None


def test_a_message_fault_knows_its_sender_procedure_and_event() -> None:
    fault = MessageFault(kind="message", sender="residence", effect="lost", event="granted")
    assert fault.hits("residence", "permanent_residence", "granted")
    assert not fault.hits("residence", "permanent_residence", "received")
    assert not fault.hits("civil_status", "birth_registration", "granted")


def test_an_officer_decides_otherwise_at_one_turn_of_one_dossier() -> None:
    told = OfficerDecides(
        kind="officer_decides", procedure="p", decision="reject", dossier="B-2026-000001", turn=1
    )
    assert decided_otherwise([told], "B-2026-000001", "p", 1, "take_up") == told
    for other in (("B-2026-000002", "p", 1), ("B-2026-000001", "q", 1), ("B-2026-000001", "p", 0)):
        assert decided_otherwise([told], *other, "take_up") is None
    with pytest.raises(ValidationError):
        OfficerDecides(kind="officer_decides", procedure="p", decision="grant", stage="decide")


def test_without_faults_the_layer_costs_less_than_a_millisecond_a_call() -> None:
    none: tuple[LiveFault, ...] = ()
    began = perf_counter()
    for _ in range(1000):
        line_fault(none, to="residence", calls="send", procedure="p", attempt=1, at=MONDAY)
        absence(none, "residence", "p", MONDAY, officers=True)
        decided_otherwise(none, "B-2026-000001", "p", 0, "take_up")
    assert perf_counter() - began < 1.0, "a thousand calls in a second are a millisecond each"


def test_percentile_tables_are_straight_between_their_pairs() -> None:
    delay = Delay(shape="percentiles", table=((10, 5), (90, 45)))
    values = [delay.minutes_at(percent / 100) for percent in range(100)]
    assert values[:11] == [5.0] * 11
    assert values[91:] == [45.0] * 9
    steps = {round(after - before, 9) for before, after in pairwise(values[10:91])}
    assert steps == {0.5}
