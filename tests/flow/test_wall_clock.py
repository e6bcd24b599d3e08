"""Clocks that move by themselves: what people do happens when they do it, and real officers are heard."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import gateway.app
from chassis.clock import HeldClock
from chassis.request_headers import run_headers
from flow_model.catalogue import catalogue
from gateway.pace import LISTENS_EVERY
from scenarios.door import Door
from scenarios.loading import load_file
from scenarios.player import Wish, play
from scenarios.saving import saved
from tests.flow.conftest import at_work
from tests.town_in_memory import Town, build_town

NOON = datetime.fromisoformat("2026-11-24T12:00:00+07:00")  # a Tuesday
BIRTH = "birth_registration"


@pytest.fixture
def real() -> HeldClock:
    """The real clock, held by the test."""
    return HeldClock(NOON)


@pytest.fixture
def there(town: Town, real: HeldClock) -> Town:
    """A town whose gateway reads that clock."""
    town.apps["gateway"].state.store.close()
    town.apps["gateway"] = gateway.app.build(None, town.client, catalogue(), lambda: "wall", real)
    return town


async def ticks(town: Town) -> None:
    """What whoever serves the gateway does a few times a second."""
    await town.apps["gateway"].state.keep_pace()


async def now(town: Town, run: str = "run") -> datetime:
    return datetime.fromisoformat((await town.get(f"/runs/{run}"))["now"])


async def decided_at_the_agency(town: Town, dossier: str, at: datetime, decision: str = "grant") -> None:
    """An officer decides at his own agency, which tells nobody."""
    body = {"decision": decision, "reason": "Hồ sơ đầy đủ", "officer": "Cán bộ Mẫu"}
    path = f"/applications/{dossier}.{BIRTH}/decision"
    answer = await town.client.call("civil_status", "PUT", path, json=body, headers=run_headers("run", at))
    answer.raise_for_problem()


async def waiting_for_an_officer(town: Town, real: HeldClock) -> str:
    """A birth that has been declared and received, two hours after the run was opened."""
    await town.open(clock="wall", officers="human")
    dossier = await town.declare("run", "birth", "newborn")
    real.advance(timedelta(hours=2))
    await ticks(town)
    assert (await town.outcomes("run", dossier))[BIRTH] == "received"
    return dossier


async def test_a_run_on_the_wall_clock_begins_now_unless_something_else_is_said(
    there: Town, real: HeldClock
) -> None:
    await there.open(clock="wall")
    real.advance(timedelta(minutes=3))
    await there.open(clock="wall")  # the same again: it has begun already
    assert (await there.get("/runs/run"))["terms"]["starts_at"] == NOON.isoformat()
    other = {"run_id": "run", "terms": {"seed": 7, "clock": "wall", "starts_at": "2026-10-05T08:00:00+07:00"}}
    assert (await there.ask("POST", "/runs", other)).status == 409
    await there.open("tet", clock="wall", starts_at="2027-02-05T16:00:00+07:00")
    real.advance(timedelta(hours=40))
    await there.declare("tet", "birth", "newborn")
    assert (await now(there, "tet")).isoformat() == "2027-02-07T08:00:00+07:00"
    assert (await there.ask("POST", "/runs/tet/clock", {"to": "next"})).status == 409


@pytest.mark.parametrize(
    ("terms", "passed", "expected"),
    [
        ({"clock": "wall"}, timedelta(hours=19, seconds=7), "2026-11-25T07:00:07+07:00"),
        ({"clock": "paced", "seconds_per_working_day": 8}, timedelta(seconds=9), "2026-10-06T09:00:00+07:00"),
        ({"clock": "jump"}, timedelta(hours=19), "2026-10-05T08:00:00+07:00"),
    ],
)
async def test_what_people_do_happens_when_they_do_it(
    there: Town, real: HeldClock, terms: dict[str, Any], passed: timedelta, expected: str
) -> None:
    """And not when something last happened: a paced show would otherwise rush through what was idle."""
    await there.open(**terms)
    real.advance(passed)
    dossier = await there.declare("run", "birth", "newborn")
    assert (await there.event("run", dossier, "declared"))["at"] == expected
    moves = [
        each["payload"]["why"]
        for each in await there.get("/runs/run/events")
        if each["kind"] == "clock_moved"
    ]
    assert moves == ([] if terms["clock"] == "jump" else ["acted"])


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"clock": "wall"}, "2026-11-25T07:00:07+07:00"),
        ({"clock": "paced", "seconds_per_working_day": 28_800}, "2026-10-07T11:00:07+07:00"),
        ({"clock": "jump"}, "2026-10-05T08:00:00+07:00"),
    ],
)
async def test_whoever_looks_is_told_the_present_and_changes_nothing(
    there: Town, real: HeldClock, terms: dict[str, Any], expected: str
) -> None:
    """Also when nothing has happened for hours: an officer's list says how much time is left now."""
    opened = await there.ask("POST", "/runs", {"run_id": "run", "terms": {"seed": 7, **terms}})
    real.advance(timedelta(hours=19, seconds=7))
    await ticks(there)
    assert (await now(there)).isoformat() == expected
    (listed,) = await there.get("/runs")
    overview = await there.get("/runs/run")
    assert (listed["now"], overview["version"]) == (expected, opened.body["version"])
    assert [each["kind"] for each in await there.get("/runs/run/events")] == ["run_opened"]


async def test_a_run_on_the_wall_clock_leaves_the_log_of_a_jump(there: Town, real: HeldClock) -> None:
    await there.open(clock="wall")
    dossier = await there.declare("run", "birth", "newborn_with_grandparents")
    for _ in range(60):
        real.advance(timedelta(hours=7))
        await ticks(there)
    mine = [(each["kind"], each["at"], each["payload"]) for each in await there.history("run", dossier)]
    assert mine[-1][0] == "results_returned"
    other = build_town()
    await other.open(starts_at=NOON.isoformat())
    same = await other.declare("run", "birth", "newborn_with_grandparents")
    await other.settle()
    history = await other.history("run", same)
    assert mine == [(each["kind"], each["at"], each["payload"]) for each in history]
    other.close()


async def test_an_officer_who_decides_at_his_agency_is_heard_within_seconds(
    there: Town, real: HeldClock
) -> None:
    dossier = await waiting_for_an_officer(there, real)
    real.advance(timedelta(seconds=1))
    await decided_at_the_agency(there, dossier, real.now())
    decided = real.now()
    real.advance(LISTENS_EVERY - timedelta(seconds=2))
    await ticks(there)
    assert (await there.outcomes("run", dossier))[BIRTH] == "received"
    real.advance(timedelta(seconds=1))
    await ticks(there)
    granted = await there.event("run", dossier, "granted", BIRTH)
    assert (granted["at"], await now(there)) == (real.now().isoformat(), real.now())
    assert granted["payload"]["happened_at"] == decided.isoformat()
    real.advance(timedelta(hours=1))  # an exchange between agencies takes its time
    await ticks(there)
    assert (await there.outcomes("run", dossier))["permanent_residence"] in ("sent", "received")


async def test_an_agency_that_says_it_has_news_is_heard_at_once(there: Town, real: HeldClock) -> None:
    dossier = await waiting_for_an_officer(there, real)
    real.advance(timedelta(seconds=1))
    await decided_at_the_agency(there, dossier, real.now())
    for _ in range(2):  # saying it twice does no harm
        assert (await there.ask("POST", "/runs/run/news/civil_status")).status == 204
    assert (await there.kinds("run", dossier, BIRTH)).count("granted") == 1
    assert "happened_at" not in (await there.event("run", dossier, "granted", BIRTH))["payload"]
    assert (await there.ask("POST", "/runs/run/news/nobody")).status == 404


async def test_news_are_heard_in_a_run_that_jumps_as_well(there: Town, real: HeldClock) -> None:
    await there.open(officers="human")
    dossier = await there.declare("run", "birth", "newborn")
    await there.settle(to="2026-10-05T11:00:00+07:00")
    await decided_at_the_agency(there, dossier, await now(there))
    assert (await there.ask("POST", "/runs/run/news/civil_status")).status == 204
    assert (await there.outcomes("run", dossier))[BIRTH] == "granted"
    assert await now(there) == datetime.fromisoformat("2026-10-05T11:00:00+07:00")


async def test_without_news_the_clock_stands_and_nobody_is_asked_more_often(
    there: Town, real: HeldClock, calls: list[str]
) -> None:
    await waiting_for_an_officer(there, real)
    before = await there.get("/runs/run/events")
    calls.clear()
    for _ in range(50):
        real.advance(timedelta(seconds=0.2))
        await ticks(there)
    assert await there.get("/runs/run/events") == before
    assert at_work(calls).count("civil_status") == 2
    assert "social_protection" not in at_work(calls)  # it was sent nothing, so it has nothing
    await there.ask("POST", "/runs/run/news/social_protection")
    assert "social_protection" in at_work(calls)  # unless it says so


async def test_an_agency_whose_clock_is_ahead_tells_nothing_from_the_future(
    there: Town, real: HeldClock
) -> None:
    dossier = await waiting_for_an_officer(there, real)
    ahead = real.now() + timedelta(minutes=4)
    await decided_at_the_agency(there, dossier, ahead)
    await there.ask("POST", "/runs/run/news/civil_status")
    granted = await there.event("run", dossier, "granted", BIRTH)
    assert (granted["at"], granted["payload"]["happened_at"]) == (real.now().isoformat(), ahead.isoformat())


async def test_another_process_goes_on_where_the_first_one_ended(there: Town, real: HeldClock) -> None:
    await there.open(clock="wall")
    dossier = await there.declare("run", "birth", "newborn")
    real.advance(timedelta(hours=2))
    await ticks(there)  # from here on an officer is to act: the next process has to learn when
    first = there.apps["gateway"]
    second = gateway.app.build(None, there.client, catalogue(), lambda: "second", real)
    second.state.store.take_over(first.state.store)
    there.apps["gateway"] = second
    real.advance(timedelta(days=30))
    await ticks(there)
    assert (await there.kinds("run", dossier))[-1] == "results_returned"
    returned = await there.event("run", dossier, "results_returned")
    assert NOON < datetime.fromisoformat(returned["at"]) < real.now() - timedelta(days=10)


async def test_a_run_that_moved_by_itself_is_saved_as_a_story_and_played_again(
    there: Town, real: HeldClock
) -> None:
    await there.open(clock="wall", citizens="human", starts_at="2026-10-05T08:00:00+07:00")
    real.advance(timedelta(hours=3, minutes=7))
    dossier = await there.declare("run", "birth", "newborn_with_grandparents")
    for _ in range(20):
        real.advance(timedelta(hours=7))
        await ticks(there)
    consent = f"/runs/run/dossiers/{dossier}/consents/householder"
    (await there.ask("PUT", consent, {"given": True})).raise_for_problem()
    for _ in range(60):
        real.advance(timedelta(hours=7))
        await ticks(there)
    assert (await there.kinds("run", dossier))[-1] == "results_returned"
    story = load_file(Path("saved.toml"), await saved(Door(there.client), "run", dossier, "saved"))
    played = await play(there.client, story, Wish(patience_seconds=5))
    assert (played.verdict, played.failures) == ("passed", ())
    assert set(played.logs.values()) == {(await there.history("run", dossier))[-1]["hash"]}
