"""The contract of the agencies: when the clock starts, what it waits for, and limits of the law."""

from datetime import datetime, timedelta
from typing import Any

from flow_model.working_time import CALENDAR
from tests.flow.agencies.six_services import BIRTH_OF, MONDAY, Town, kinds, of


async def test_the_clock_starts_when_the_last_consent_arrives(town: Town) -> None:
    name = await town.send(
        "permanent_residence", "newborn_with_grandparents", consents_needed=["householder", "owner"]
    )
    assert await town.work("residence", MONDAY + timedelta(days=7)) == []
    given = {"given_at": (MONDAY + timedelta(days=8)).isoformat()}
    first = await town.put(name, given, "/consents/householder", at=MONDAY + timedelta(days=8))
    assert first.headers["next-act-at"] == ""
    at = MONDAY + timedelta(days=9)
    for _ in range(2):
        answer = await town.put(name, given, "/consents/owner", at=at)
        assert answer.status == 200
        assert answer.headers["next-act-at"] > at.isoformat()
    assert (await town.put(name, {"given_at": at.isoformat()}, "/consents/owner", at=at)).status == 409
    received = of(await town.work("residence"), "received")
    assert at.date() == datetime.fromisoformat(received["at"]).date()


async def test_a_window_that_closes_lets_it_in_without_the_consent(town: Town) -> None:
    closes = MONDAY + timedelta(days=4)
    name = await town.send(
        "survivor_benefit",
        "pensioner",
        consents_needed=["relatives"],
        consent_deadline=closes.isoformat(),
    )
    events = await town.work("social_insurance", closes + timedelta(days=5))
    assert of(events, "received")["at"] >= closes.isoformat()
    asked = of(events, "supplement_requested")
    assert [each["code"] for each in asked["payload"]["findings"]] == ["relatives_not_confirmed"]
    assert (await town.show(name))["state"] == "supplement_requested"


async def without_proof(town: Town) -> tuple[str, dict[str, Any], Any]:
    """A birth without a notice and without a substitute: the officer asks for one."""
    name, body = await town.submission(BIRTH_OF, "no_birth_notice")
    await town.put(name, body | {"documents": []})
    events = await town.work("civil_status", MONDAY + timedelta(days=1))
    return name, body, of(events, "supplement_requested")


async def test_a_supplement_is_taken_until_the_end_of_the_seventh_working_day(town: Town) -> None:
    name, body, asked = await without_proof(town)
    asked_at = datetime.fromisoformat(asked["at"])
    answer_by = datetime.fromisoformat(asked["payload"]["answer_by"])
    assert CALENDAR.working_days_between(CALENDAR.counted_from(asked_at), answer_by.date()) == 7
    sent = {"form": body["form"], "documents": body["documents"]}
    for _ in range(2):
        answer = await town.put(name, sent, "/supplements/1", at=answer_by)
        assert answer.status == 200, answer.body
    assert (await town.put(name, sent | {"documents": []}, "/supplements/1", at=answer_by)).status == 409
    due_at = of(await town.work("civil_status", answer_by), "supplemented")["payload"]["due_at"]
    assert due_at > answer_by.isoformat(), "the pause does not count"
    assert kinds(await town.work("civil_status"))[-3:] == ["supplemented", "taken_up", "granted"]


async def test_on_the_eighth_day_a_supplement_is_too_late(town: Town) -> None:
    name, body, asked = await without_proof(town)
    late = datetime.fromisoformat(asked["payload"]["answer_by"]) + timedelta(seconds=1)
    sent = {"form": body["form"], "documents": body["documents"]}
    assert (await town.put(name, sent, "/supplements/1", at=late)).status == 409
    assert (await town.put(name, sent, "/supplements/2", at=MONDAY)).status == 409
    events = await town.work("civil_status")
    assert events[-1]["kind"] == "rejected"
    assert events[-1]["at"] == late.isoformat()
    assert events[-1]["payload"]["findings"][0]["code"] == "supplement_expired"


async def test_verification_uses_the_longer_limit_and_says_so_once(town: Town) -> None:
    name = await town.send("permanent_residence", "parents_apart", conditions=[])
    events = await town.work("residence")
    assert kinds(events) == ["received", "taken_up", "verification_started", "granted"]
    assert events[2]["payload"]["due_at"] > events[0]["payload"]["due_at"]
    assert events[2]["payload"]["limit"]["value"] == 5
    assert (await town.show(name))["due_at"] == events[2]["payload"]["due_at"]


async def test_an_unknown_limit_is_told_as_unknown(town: Town) -> None:
    await town.open("r3", law="decree-301-2026")
    _, body = await town.submission("identity_card", "newborn")
    body["form"]["personal_id"] = "979226500001"
    name = "B-2026-000001.identity_card"
    answer = await town.put(name, body, run="r3")
    assert answer.status == 201, answer.body
    events = await town.work("residence", run="r3")
    assert events[0]["payload"]["unknown"] is True
    assert events[0]["payload"]["limit"]["value"] is None
    assert kinds(events) == ["received", "taken_up", "granted"]
