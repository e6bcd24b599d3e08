"""Branches keep to their names, their past and their content; what is refused leaves nothing behind."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import gateway.app
from chassis.answers import Answer
from chassis.clock import HeldClock
from flow_model.catalogue import catalogue
from scenarios.door import Door
from scenarios.loading import load_file
from scenarios.player import Wish, play
from scenarios.saving import saved
from tests.town_in_memory import Town

RESIDENCE, CARD = "permanent_residence", "health_insurance_card"
NO = {"decision": {"decision": "reject", "reason": "Không đủ điều kiện"}}
LOST = {"faults": [{"kind": "message_lost", "agency": "civil_status", "event": "granted"}]}


async def finished(town: Town, run: str = "run", **terms: Any) -> str:
    await town.open(run, **terms)
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    return dossier


async def fork(town: Town, run: str, dossier: str, at: int, **instead: Any) -> Answer:
    return await town.ask("POST", f"/runs/{run}/dossiers/{dossier}/forks", {"at": at, **instead})


async def granted(town: Town, run: str, dossier: str, procedure: str = RESIDENCE) -> int:
    event = await town.event(run, dossier, "granted", procedure)
    return int(event["sequence"])


async def runs(town: Town) -> list[str]:
    return [each["run_id"] for each in await town.get("/runs")]


async def test_the_name_of_another_run_is_not_taken_from_it(town: Town) -> None:
    dossier = await finished(town)
    await finished(town, "victim", seed=9)
    empty = await town.open("empty")
    before = {run: await town.history(run, dossier) for run in ("run", "victim")}
    for name in ("victim", "run", empty):
        answer = await fork(town, "run", dossier, await granted(town, "run", dossier), run_id=name, **NO)
        assert answer.status == 409, name
    assert {run: await town.history(run, dossier) for run in before} == before
    assert await runs(town) == ["empty", "run", "victim"]


async def test_a_run_that_is_only_half_open_is_not_taken_either(town: Town) -> None:
    dossier = await finished(town)
    agency = town.apps.pop("residence")
    assert (await town.ask("POST", "/runs", {"run_id": "begun", "terms": {"seed": 9}})).status >= 500
    town.apps["residence"] = agency
    at = await granted(town, "run", dossier)
    assert (await fork(town, "run", dossier, at, run_id="begun", **NO)).status == 409
    assert (await town.ask("POST", "/runs", {"run_id": "begun", "terms": {"seed": 9}})).status == 201


async def test_one_name_is_one_branch(town: Town) -> None:
    dossier = await finished(town)
    await finished(town, "other", seed=8)
    at = await granted(town, "run", dossier)
    first = await fork(town, "run", dossier, at, run_id="branch", **NO)
    assert first.status == 201
    assert (await fork(town, "run", dossier, at, run_id="branch", **NO)).body == first.body
    for run, instead in (("run", LOST), ("other", NO)):
        assert (await fork(town, run, dossier, at, run_id="branch", **instead)).status == 409


async def test_who_has_another_past_has_another_branch(town: Town) -> None:
    long = "a-name-of-which-the-first-forty-letters-are-alike"
    dossier = await finished(town, long + "-1")
    await finished(town, long + "-2", seed=8)
    answers = []
    for run in (long + "-1", long + "-2"):
        at = await granted(town, run, dossier)
        answers.append((await fork(town, run, dossier, at, **NO)).body)
        assert answers[-1]["shared"] == at - 1
    (await town.ask("DELETE", f"/runs/{long}-1")).raise_for_problem()
    await finished(town, long + "-1", seed=3)
    at = await granted(town, long + "-1", dossier)
    answers.append((await fork(town, long + "-1", dossier, at, **NO)).body)
    assert answers[-1]["shared"] == at - 1
    assert len({each["run_id"] for each in answers}) == 3


async def test_the_same_asked_several_times_at_once_is_one_branch(town: Town) -> None:
    dossier = await finished(town)
    at = await granted(town, "run", dossier)
    answers = await asyncio.gather(*(fork(town, "run", dossier, at, **NO) for _ in range(4)))
    assert [each.status for each in answers] == [201] * 4
    assert all(each.body == answers[0].body for each in answers)
    assert len(await runs(town)) == 2


async def test_a_branch_of_a_clock_that_moves_by_itself_shares_its_past(town: Town) -> None:
    wall = HeldClock(datetime.fromisoformat("2026-11-23T20:00:00+07:00"))
    app = gateway.app.build(None, town.client, catalogue(), lambda: "paced", wall)
    town.apps["gateway"].state.store.close()
    town.apps["gateway"] = app
    await town.open("paced", clock="paced", seconds_per_working_day=8)
    await app.state.keep_pace()
    wall.advance(timedelta(seconds=1))
    dossier = await town.declare("paced", "birth", "newborn")
    for _ in range(60):
        wall.advance(timedelta(seconds=3))
        await app.state.keep_pace()
    at = await granted(town, "paced", dossier)
    withdrawal = {"act": {"act": "withdraw", "reason": "Thôi"}}
    for instead, shared in ((NO, at - 1), (LOST, at), (withdrawal, at)):
        answer = await fork(town, "paced", dossier, at, **instead)
        assert answer.status == 201, answer.body
        assert answer.body["shared"] >= shared


async def test_what_made_a_branch_is_kept_in_branches_of_it_and_in_its_story(town: Town) -> None:
    dossier = await finished(town)
    first = (await fork(town, "run", dossier, await granted(town, "run", dossier), **NO)).body["run_id"]
    history = await town.history(first, dossier)
    second = (await fork(town, first, dossier, len(history) - 1, **LOST)).body
    assert second["shared"] >= len(history) - 1
    assert (await town.outcomes(second["run_id"], dossier))[RESIDENCE] == "rejected"
    more = {"faults": [{"kind": "message_twice", "agency": "residence", "event": "received"}]}
    assert (await fork(town, second["run_id"], dossier, 3, **more)).status == 201
    story = load_file(Path("saved.toml"), await saved(Door(town.client), first, dossier, "saved"))
    played = await play(town.client, story, Wish(patience_seconds=5))
    assert (played.verdict, played.failures) == ("passed", ())
    assert set(played.logs.values()) == {history[-1]["hash"]}


@pytest.mark.parametrize(
    ("instead", "status"),
    [
        ({"act": {"act": "withdraw", "run": 1}}, 422),
        ({"act": {"act": "withdraw", "reason": 5}}, 422),
        ({"act": {"act": "consent", "party": "householder"}}, 422),
        ({"act": {"act": "supplement"}}, 422),
        ({"act": {"act": "pull_again", "x": 1}}, 422),
        ({"act": {"act": "supplement", "procedure": RESIDENCE}}, 409),
        ({"act": {"act": "consent", "party": "householder", "given": True}}, 404),
        ({"decision": {"decision": "grant"}}, 409),
        ({"decision": {"decision": "reject", "procedure": "no_such"}}, 409),
    ],
)
async def test_whatever_makes_no_sense_is_refused_and_leaves_nothing(
    town: Town, instead: dict[str, Any], status: int
) -> None:
    dossier = await finished(town)
    answer = await fork(town, "run", dossier, await granted(town, "run", dossier), **instead)
    assert answer.status == status, answer.body
    assert await runs(town) == ["run"]


async def test_a_withdrawal_in_a_branch_needs_no_reason(town: Town) -> None:
    dossier = await finished(town)
    assert (await fork(town, "run", dossier, 3, act={"act": "withdraw"})).status == 201
