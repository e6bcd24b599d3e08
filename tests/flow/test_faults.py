"""Faults in the live town: every effect is met, told in the log, and registers nothing twice."""

from typing import Any

import pytest

from chassis.client import ServiceRefused
from tests.town_in_memory import Town

BIRTH, RESIDENCE, CARD = "birth_registration", "permanent_residence", "health_insurance_card"
ALL = {BIRTH: "granted", RESIDENCE: "granted", CARD: "granted"}
DONE_ALL_THE_SAME = ("reset", "timeout_after", "truncated", "garbled")
NEVER_ARRIVED = ("refused", "timeout_before", "error_500", "unavailable_503")


async def played(town: Town, faults: list[dict[str, Any]], situation: str = "newborn", **more: Any) -> str:
    run = await town.open("run", faults=faults, **more)
    dossier = await town.declare(run, "birth", situation)
    assert (await town.settle())["settled"]
    return dossier


async def injected(town: Town, dossier: str) -> list[dict[str, Any]]:
    history = await town.history("run", dossier)
    return [event["payload"] for event in history if event["kind"] == "fault_injected"]


async def entries(town: Town, service: str, book: str) -> int:
    return int((await town.get(f"/runs/run/books/{service}"))[book])


@pytest.mark.parametrize("effect", [*DONE_ALL_THE_SAME, *NEVER_ARRIVED])
async def test_a_call_that_fails_is_tried_again_and_registers_once(town: Town, effect: str) -> None:
    before = await _residents(town)
    dossier = await played(
        town, [{"kind": "line", "to": "residence", "calls": "send", "effect": effect, "times": 2}]
    )
    assert await town.outcomes("run", dossier) == ALL
    assert await entries(town, "residence", "resident") == before + 1
    hits = await injected(town, dossier)
    assert [(each["fault"], each["effect"]) for each in hits] == [("line", effect)] * 2
    tries = await town.get(f"/runs/run/dossiers/{dossier}/events")
    failed = [event for event in tries["events"] if event["kind"] == "attempt_failed"]
    assert [event["payload"]["attempt"] for event in failed] == [1, 2]


async def _residents(town: Town) -> int:
    await town.open("untouched")
    return int((await town.get("/runs/untouched/books/residence"))["resident"])


async def test_a_request_that_arrives_twice_counts_once(town: Town) -> None:
    before = await _residents(town)
    dossier = await played(
        town, [{"kind": "line", "to": "residence", "calls": "send", "effect": "duplicate"}]
    )
    assert [each["effect"] for each in await injected(town, dossier)] == ["duplicate"]
    assert await entries(town, "residence", "resident") == before + 1
    assert "attempt_failed" not in await town.kinds("run", dossier)


async def test_a_slow_line_delivers_later_by_the_drawn_delay(town: Town) -> None:
    slow = {"kind": "sync_slow", "agency": "residence", "delay": {"shape": "fixed", "value": 90}}
    dossier = await played(town, [slow])
    failed = await town.event("run", dossier, "attempt_failed", RESIDENCE)
    sent = await town.event("run", dossier, "sent", RESIDENCE)
    assert failed["payload"]["reason"] == "slow"
    assert sent["at"] == failed["payload"]["next_try_at"]


async def test_what_is_seen_to_have_arrived_is_not_tried_again(town: Town) -> None:
    """The counter acknowledges what was sent nine times in vain: nothing of it is still being retried."""
    fault = {"kind": "line", "to": "civil_status", "calls": "send", "effect": "timeout_after", "times": 9}
    await town.open("run", faults=[fault])
    dossier = await town.declare("run", "birth", "newborn")
    body = {"to": "settled", "stop_at": [{"kind": "received", "dossier": dossier}]}
    await town.post("/runs/run/clock", body)
    view = await town.get(f"/runs/run/dossiers/{dossier}")
    assert "attempt_failed" in await town.kinds("run", dossier)
    assert view["state"] == "in_progress", view["state"]


@pytest.mark.parametrize("effect", DONE_ALL_THE_SAME)
async def test_a_consent_is_asked_for_once_though_the_answer_is_lost(town: Town, effect: str) -> None:
    """Asked again two minutes later, it is the same question, not another one that must be refused."""
    fault = {"kind": "line", "to": "population", "calls": "request_consent", "effect": effect}
    dossier = await played(town, [fault], "newborn_with_grandparents")
    assert await town.outcomes("run", dossier) == ALL
    kinds = await town.kinds("run", dossier)
    assert kinds.count("consent_requested") == kinds.count("consent_given") == 1
    assert "consent_refused" not in kinds


async def test_a_consent_that_comes_between_two_attempts_is_forwarded(town: Town) -> None:
    """The first attempt arrived without it, and its answer was lost; the next ones would bring it along."""
    fault = {"kind": "line", "to": "residence", "calls": "send", "effect": "timeout_after", "times": 4}
    dossier = await played(town, [fault], "newborn_with_grandparents", seed=13)
    assert await town.outcomes("run", dossier) == ALL
    kinds = await town.kinds("run", dossier)
    failed = [at for at, kind in enumerate(kinds) if kind == "attempt_failed"]
    assert failed[0] < kinds.index("consent_given")
    assert kinds.index("consent_given") < kinds.index("consent_forwarded")
    assert kinds.count("consent_forwarded") == 1


@pytest.mark.parametrize("effect", ["lost", "out_of_order", "wrong_signature"])
async def test_a_message_that_is_not_taken_in_is_asked_for_again(town: Town, effect: str) -> None:
    fault = {"kind": "message", "sender": "civil_status", "effect": effect, "event": "granted"}
    dossier = await played(town, [fault])
    assert await town.outcomes("run", dossier) == ALL
    granted = await town.event("run", dossier, "granted", BIRTH)
    assert granted["payload"]["happened_at"] < granted["at"], "heard later than it happened"
    kinds = await town.kinds("run", dossier)
    assert kinds.count("granted") == 3
    assert ("message_refused" in kinds) is (effect != "lost")


async def test_a_message_told_twice_is_known_the_second_time(town: Town) -> None:
    dossier = await played(town, [{"kind": "message_twice", "agency": "civil_status", "event": "granted"}])
    assert (await town.kinds("run", dossier)).count("granted") == 3
    assert [each["effect"] for each in await injected(town, dossier)] == ["twice"]


async def test_a_result_typed_by_hand_is_stuck_until_the_dossier_is_pulled_again(town: Town) -> None:
    fault = {"kind": "typed_by_hand", "agency": "civil_status", "procedure": BIRTH}
    dossier = await played(town, [fault])
    assert (await town.outcomes("run", dossier))[BIRTH] == "received"
    assert "overdue" in await town.kinds("run", dossier, BIRTH)
    (await town.ask("PUT", f"/runs/run/dossiers/{dossier}/pull")).raise_for_problem()
    await town.settle()
    assert await town.outcomes("run", dossier) == ALL


async def test_while_an_office_is_closed_nobody_receives_and_limits_run_on(town: Town) -> None:
    closed = {
        "kind": "office_closed",
        "agency": "social_insurance",
        "from": "2026-10-05T08:00:00+07:00",
        "working_days": 2,
    }
    dossier = await played(town, [closed])
    received = await town.event("run", dossier, "received", CARD)
    assert received["at"] == "2026-10-07T07:30:00+07:00"
    hit = (await injected(town, dossier))[0]
    assert (hit["fault"], hit["who"], hit["back_at"]) == ("absence", "office", received["at"])


async def test_on_the_old_path_the_citizen_finds_a_closed_door_and_comes_again(town: Town) -> None:
    closed = {
        "kind": "office_closed",
        "agency": "civil_status",
        "from": "2026-10-05T08:00:00+07:00",
        "until": "2026-10-07T07:30:00+07:00",
    }
    run = await town.open(faults=[closed])
    dossier = await town.declare(run, "birth", "newborn", path="separate")
    await town.settle()
    failed = await town.event(run, dossier, "attempt_failed", BIRTH)
    assert failed["payload"]["reason"] == "closed"
    visited = await town.event(run, dossier, "visited", BIRTH)
    assert visited["at"] > closed["until"]
    assert await town.outcomes(run, dossier) == ALL


async def test_while_an_officer_is_on_leave_the_counter_still_receives(town: Town) -> None:
    leave = {
        "kind": "officer_on_leave",
        "agency": "residence",
        "from": "2026-10-05T08:00:00+07:00",
        "working_days": 5,
    }
    dossier = await played(town, [leave])
    received = await town.event("run", dossier, "received", RESIDENCE)
    taken_up = await town.event("run", dossier, "taken_up", RESIDENCE)
    assert received["at"] < "2026-10-06"
    assert taken_up["at"] == "2026-10-12T07:30:00+07:00"
    assert "overdue" in await town.kinds("run", dossier, RESIDENCE)


async def test_a_paper_that_did_not_load_is_asked_for_and_sent_again(town: Town) -> None:
    dossier = await played(town, [{"kind": "attachment_missing", "procedure": BIRTH}], "no_birth_notice")
    assert "birth_notice_missing" in await town.findings("run", dossier, BIRTH)
    assert await town.outcomes("run", dossier) == ALL


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("id_suspected_duplicate", "suspected_duplicate"),
        ("id_system_error", "personal_id_system_error"),
        ("id_format_error", "personal_id_format_error"),
        ("id_to_be_verified", "personal_id_to_be_verified"),
    ],
)
async def test_a_certificate_does_not_wait_for_a_number_that_is_held_back(
    town: Town, kind: str, code: str
) -> None:
    until = "2026-10-07T09:00:00+07:00"
    dossier = await played(town, [{"kind": kind, "until": until}])
    granted = await town.event("run", dossier, "granted", BIRTH)
    assert granted["payload"]["results"]["personal_id"] is None
    assert code in {each["code"] for each in granted["payload"]["findings"]}
    filled = await town.event("run", dossier, "personal_id_filled_in", BIRTH)
    assert filled["at"] >= until
    assert len(filled["payload"]["results"]["personal_id"]) == 12


@pytest.mark.parametrize(
    ("decision", "outcome", "kind"),
    [
        ("reject", "rejected", "rejected"),
        ("request_supplement", "granted", "supplemented"),
        ("return_to_issuer", "granted", "returned_to_issuer"),
    ],
)
async def test_an_officer_who_decides_otherwise_is_obeyed_once(
    town: Town, decision: str, outcome: str, kind: str
) -> None:
    fault = {
        "kind": "officer_decides",
        "procedure": RESIDENCE,
        "decision": decision,
        "reason_vi": "Cần xem lại",
        "reason_en": "to be looked at again",
        "remedy": ["proof_of_dwelling"],
    }
    dossier = await played(town, [fault])
    assert (await town.outcomes("run", dossier))[RESIDENCE] == outcome
    assert (await town.kinds("run", dossier, RESIDENCE)).count(kind) == 1


async def test_a_fault_that_comes_on_the_way_bites_from_then_on(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(to="2026-10-05T09:00:00+07:00")
    body = {"faults": [{"kind": "message_lost", "agency": "civil_status", "event": "granted"}]}
    for _ in range(2):
        (await town.ask("POST", f"/runs/{run}/faults/late", body)).raise_for_problem()
    await town.settle()
    assert len(await injected(town, dossier)) == 1
    (shown,) = (await town.get(f"/runs/{run}"))["added_faults"]
    assert (shown["kind"], shown["sender"], shown["event"]) == ("message", "civil_status", "granted")
    answer = await town.ask(
        "POST", f"/runs/{run}/faults/late", {"faults": [{"kind": "message_twice", "agency": "health"}]}
    )
    assert answer.status == 409


async def test_the_clock_stops_at_an_event_and_goes_on_from_there(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    stop = {"kind": "received", "dossier": dossier, "procedure": BIRTH}
    moved = await town.post(f"/runs/{run}/clock", {"to": "settled", "stop_at": [stop]})
    assert not moved["settled"]
    received = await town.event(run, dossier, "received", BIRTH)
    assert moved["now"] == received["at"]
    assert "taken_up" not in await town.kinds(run, dossier)
    assert (await town.settle())["settled"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "outage", "service": "post_office"}, "unknown"),
        ({"kind": "no_seal", "procedure": "marriage"}, "unknown"),
        ({"kind": "no_seal", "procedure": BIRTH}, "nothing_to_return"),
    ],
)
async def test_a_fault_of_what_does_not_exist_is_refused_with_what_does(
    town: Town, fault: dict[str, Any], code: str
) -> None:
    if fault["kind"] == "outage":
        fault |= {"from": "2026-10-05T08:00:00+07:00", "until": "2026-10-06T08:00:00+07:00"}
    with pytest.raises(ServiceRefused) as refused:
        await town.open(faults=[fault])
    assert refused.value.status == 422
    assert {error["code"] for error in refused.value.problem["errors"]} == {code}
