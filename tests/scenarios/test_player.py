"""Stories played through the front door: verdicts, near misses, hanging, and runs that do not meet."""

import asyncio
import re
from typing import Any

import pytest

from chassis.client import ServiceClient
from scenarios.player import Wish, play
from scenarios.problems import BadScenario
from tests.scenarios.playing import ALL_GRANTED, BIRTH, play_in, story
from tests.town_in_memory import Town, build_town


async def test_two_who_play_the_same_at_once_do_not_meet(town: Town) -> None:
    told = story(BIRTH, ALL_GRANTED)
    plays = await asyncio.gather(*(play_in(town, told, whose=whose, keep="all") for whose in ("one", "two")))
    assert [each.verdict for each in plays] == ["passed", "passed"]
    assert len({each.dossiers["dossier"] for each in plays}) == 2
    assert plays[0].logs == plays[1].logs
    again = await play_in(town, told, whose="three")
    assert again.verdict == "passed"
    assert len(await town.get("/runs")) == 2, "what others keep stays"


async def test_a_story_that_goes_as_expected_passes_and_leaves_no_trace(town: Town) -> None:
    played = await play_in(town, story(BIRTH, ALL_GRANTED))
    assert (played.verdict, played.failures) == ("passed", ())
    assert played.events > 10
    assert await town.get("/runs") == []


async def test_what_failed_says_expected_actual_nearest_and_how_to_see_it_again(town: Town) -> None:
    wrong = """
[expect.outcomes.dossier]
permanent_residence = "rejected"
[[expect.deadline]]
procedure = "permanent_residence"
due_at = 2026-10-05T17:00:00+07:00
met = false
[[expect.count]]
of = "visits"
at_least = 1
[[expect.order]]
events = ["granted permanent_residence", "granted birth_registration"]
never = ["declared"]
[[expect.row]]
service = "population"
look_up = "person"
key_from = "declaration.mother.personal_id"
found = false
[[expect.row]]
service = "population"
look_up = "person"
key_from = "declaration.mother.personal_id"
holds = { sex = "male" }
[[expect.book]]
service = "civil_status"
book = "birth_entry"
new_entries = 2
[[expect.message]]
says = "đã có kết quả rồi"
[[expect.finding]]
procedure = "birth_registration"
code = "declared_lat"
"""
    played = await play_in(town, story(BIRTH, wrong), seed=5)
    assert played.verdict == "failed"
    failures = {failure.where: failure for failure in played.failures}
    assert list(failures) == [
        "expect.outcomes.dossier.permanent_residence",
        "expect.deadline[0].due_at",
        "expect.deadline[0].met",
        "expect.count[0]",
        "expect.order[0].events[1]",
        "expect.order[0].never[0]",
        "expect.book[0]",
        "expect.message[0]",
        "expect.finding[0]",
        "expect.row[0]",
        "expect.row[1].holds.sex",
    ]
    outcome = failures["expect.outcomes.dossier.permanent_residence"]
    assert (outcome.expected, outcome.actual) == ("rejected", "granted")
    assert "it came before" in failures["expect.order[0].events[1]"].nearest
    assert "đã có kết quả" in failures["expect.message[0]"].nearest
    assert failures["expect.book[0]"].actual == "1 new entries"
    assert failures["expect.row[1].holds.sex"].actual == "female"
    assert played.command == "python3 run.py play story.toml --seed 5"


async def test_a_rule_of_law_that_is_broken_fails_a_story_that_does_not_say_so(town: Town) -> None:
    leave = """
[[fault]]
kind = "officer_on_leave"
agency = "residence"
from = 2026-10-05T08:00:00+07:00
working_days = 10
"""
    played = await play_in(town, story(BIRTH, leave))
    assert {failure.where for failure in played.failures} == {"expect.violations"}
    rules = {violation.split(" ")[3] for violation in (str(each.expected) for each in played.failures)}
    for failure in played.failures:
        assert re.match(r"event \d+:? (?!event)", failure.actual), failure.actual
    said = ", ".join(f'"{rule}"' for rule in sorted(rules))
    assert (
        await play_in(town, story(BIRTH, leave, f"[expect]\nviolations = [{said}]\n"))
    ).verdict == "passed"
    held = story(BIRTH, f"[expect]\nviolations = [{said}]\n")
    assert {failure.actual for failure in (await play_in(town, held)).failures} == {"it holds"}


async def test_an_act_whose_event_never_comes_is_a_failure_with_the_last_event(town: Town) -> None:
    waits = """
[[act]]
does = "withdraw"
after = "supplement_requested"
"""
    played = await play_in(town, story(BIRTH, waits))
    assert [str(failure) for failure in played.failures] == [
        f"act[0].after: expected supplement_requested, got it never came; nearest: {played.last_event}"
    ]


async def test_an_act_before_the_run_begins_is_a_failure_where_no_start_is_said(town: Town) -> None:
    early = """
[[act]]
does = "withdraw"
at = 2020-01-06T08:00:00+07:00
"""
    played = await play_in(town, story(BIRTH, early))
    assert [str(each) for each in played.failures] == [
        "act[0].at: expected 2020-01-06T08:00:00+07:00, got the run begins at 2026-10-05T08:00:00+07:00"
    ]


async def test_a_code_that_somebody_asks_for_is_a_code_and_no_address(town: Town) -> None:
    ask = """
[[act]]
does = "ask"
code = "{code}"
refused = "invalid-request"
"""
    for code in ("B-2026-000001?x#y", "B-2026-000001#", "%2e%2e%2fruns", "mã không có"):
        played = await play_in(town, story(BIRTH, ask.replace("{code}", code)))
        assert played.verdict == "passed", played.failures
    for code in ("", "..", "../../../runs", "B-2026-000001/events"):
        with pytest.raises(BadScenario, match="code: not of the required form"):
            story(BIRTH, ask.replace("{code}", code))


async def test_a_refusal_says_which_fields_and_why(town: Town) -> None:
    wrong = story(BIRTH.replace('"newborn"', '"newborn"\nchanges = { "child.bron_on" = 2026-02-01 }'))
    played = await play_in(town, wrong)
    assert "declaration.child.bron_on: " in played.failures[0].actual
    refused = await play_in(town, story(BIRTH), seed=-1)
    assert refused.verdict == "error"
    assert "terms.seed: " in refused.error


async def test_a_refusal_must_come_when_it_is_expected_and_only_then(town: Town) -> None:
    again = BIRTH + BIRTH.replace('group = "birth"', 'group = "birth"\nname = "again"{refused}')
    expected = again.format(refused='\nrefused = "conflicting-content"')
    assert (await play_in(town, story(expected))).verdict == "passed"
    surprised = await play_in(town, story(again.format(refused="")))
    assert "conflicting-content" in surprised.failures[0].actual
    wrong = await play_in(town, story(again.format(refused='\nrefused = "conflicting"')))
    assert wrong.failures[0].nearest == "conflicting-content"
    missing = await play_in(town, story(BIRTH.replace('"newborn"', '"newborn"\nrefused = "x"')))
    assert missing.failures[0].actual == "it was accepted"


async def test_a_play_that_hangs_is_timed_out_with_its_last_event(monkeypatch: pytest.MonkeyPatch) -> None:
    town = build_town()
    inner, stuck = town.apps["gateway"], asyncio.Event()
    loop, late = asyncio.get_running_loop(), 0.0
    real_time = loop.time
    monkeypatch.setattr(loop, "time", lambda: real_time() + late)

    async def hanging(scope: Any, receive: Any, send: Any) -> None:
        nonlocal late
        if scope.get("path", "").endswith("/clock"):
            late = 600.0  # the play's limit is over now, however slow this machine was up to here
            await stuck.wait()
        await inner(scope, receive, send)

    client = ServiceClient.in_process({"gateway": hanging})
    played = await play(client, story(BIRTH, ALL_GRANTED), Wish(limit_seconds=300.0))
    assert played.verdict == "timed_out"
    assert "declared" in played.last_event
    assert "declared" in played.failures[0].nearest
    town.close()


async def test_a_gateway_that_is_gone_is_an_error_and_no_verdict_on_the_story() -> None:
    async with ServiceClient.over_http({"gateway": "http://127.0.0.1:9"}) as client:
        played = await play(client, story(BIRTH), Wish(patience_seconds=0.0))
    assert played.verdict == "error"
    assert "refuses connections" in played.error


async def test_a_hundred_plays_side_by_side_give_the_logs_of_a_hundred_plays_alone(town: Town) -> None:
    faulty = """
[[fault]]
kind = "message_twice"
agency = "civil_status"
event = "granted"
"""
    few = "[run]\nfamilies = 1\n"
    stories = [story(BIRTH, few, name="plain"), story(BIRTH, few, faulty, name="faulty")]
    together = await asyncio.gather(
        *(
            play_in(town, loaded, seed=seed, run_id=f"together-{loaded.scenario.id}-{seed}")
            for seed in range(50)
            for loaded in stories
        )
    )
    alone = build_town()
    for number, played in enumerate(together):
        loaded = stories[number % 2]
        solo = await play(alone.client, loaded, Wish(seed=played.seed))
        assert played.verdict == solo.verdict == "passed"
        assert played.logs == solo.logs
    assert len({tuple(played.logs.values()) for played in together}) == 100
    await alone.client.aclose()
    alone.close()
