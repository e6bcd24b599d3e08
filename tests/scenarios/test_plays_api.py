"""Stories over HTTP: one play, a batch, an uploaded file; followed, cancelled, played again; reports."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml
from lxml import etree

from tests.scenarios.playing import ALL_GRANTED, BIRTH, HEAD
from tests.town_in_memory import Town, build_town

STORY = HEAD + "[run]\nfamilies = 1\n" + BIRTH + ALL_GRANTED
WRONG = STORY.replace('permanent_residence = "granted"', 'permanent_residence = "rejected"')
XSD = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def files(**texts: str) -> dict[str, Any]:
    return {"files": [{"name": name, "text": text} for name, text in texts.items()]}


async def ended(town: Town, batch: str) -> dict[str, Any]:
    """The batch once all of it has ended; its stream ends when it does."""
    await town.ask("GET", f"/batches/{batch}/stream")
    view: dict[str, Any] = await town.get(f"/batches/{batch}", limit=1000)
    assert view["done"]
    return view


async def test_one_story_of_the_library_is_played_and_looked_at(town: Town) -> None:
    headers = {"Idempotency-Key": "nothing-to-add"}
    plain = await town.client.call("gateway", "POST", "/scenarios/birth-newborn/plays", headers=headers)
    assert (plain.status, plain.body["scenario"]) == (202, "birth-newborn")
    play = await town.post("/scenarios/birth-newborn/plays", {"seed": 7})
    assert play["state"] in ("queued", "running")
    await town.ask("GET", f"/plays/{play['play']}/stream")
    view = await town.get(f"/plays/{play['play']}")
    assert (view["state"], view["verdict"], view["first_difference"]) == ("ended", "passed", None)
    assert view["played"]["seed"] == 7
    assert await town.get("/runs") == []


async def test_a_play_is_followed_event_by_event(town: Town) -> None:
    play = (await town.post("/plays", files(mine=STORY)))["items"][0]["play"]
    answer = await town.ask("GET", f"/plays/{play}/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in answer.content.decode().split("\n") if line.startswith(("event: ", "data: "))]
    kinds = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert kinds[0] == "event"
    assert kinds[-2:] == ["ended", "play"]
    told = json.loads(lines[1].removeprefix("data: "))
    assert (told["play"], told["said"]["kind"]) == (play, "declared")
    again = await town.ask("GET", f"/plays/{play}/stream")
    assert again.content.decode().count("event: ") == 1, "one that has ended says only how"


async def test_a_batch_says_what_failed_first_and_plays_only_the_failed_again(town: Town) -> None:
    batch = await town.post("/plays", {**files(right=STORY, wrong=WRONG), "repeat": 2})
    view = await ended(town, batch["batch"])
    assert (view["plays"], view["verdicts"], view["passed"]) == (4, {"failed": 2, "passed": 2}, False)
    assert [each["seed"] for each in view["items"]] == [2026, 2026, 2027, 2027]
    first = view["items"][1]["first_difference"]
    assert (first["where"], first["expected"], first["actual"]) == (
        "expect.outcomes.dossier.permanent_residence",
        "rejected",
        "granted",
    )
    again = await town.post(f"/batches/{batch['batch']}/reruns", {})
    headers = {"Idempotency-Key": "nothing-to-add"}
    plain = await town.client.call("gateway", "POST", f"/batches/{batch['batch']}/reruns", headers=headers)
    assert (plain.status, plain.body["plays"]) == (202, again["plays"])
    rerun = await ended(town, again["batch"])
    assert [(each["scenario"], each["verdict"]) for each in rerun["items"]] == [("wrong", "failed")] * 2
    other = await town.post(f"/batches/{batch['batch']}/reruns", {"seed": 0})
    for each in (await ended(town, other["batch"]))["items"]:
        assert (await town.get(f"/plays/{each['play']}"))["played"]["seed"] == 0
    passed = await town.post("/plays", files(right=STORY))
    await ended(town, passed["batch"])
    assert (await town.ask("POST", f"/batches/{passed['batch']}/reruns", {})).status == 409


async def test_reports_of_a_batch_open_in_standard_readers(town: Town) -> None:
    batch = (await town.post("/plays", files(right=STORY, wrong=WRONG)))["batch"]
    await ended(town, batch)
    answer = await town.ask("GET", f"/batches/{batch}/junit.xml")
    XSD.assertValid(etree.fromstring(answer.content))
    read = JUnitXml.fromstring(answer.content)
    assert (read.tests, read.failures, read.errors) == (2, 1, 0)
    page = (await town.ask("GET", f"/batches/{batch}/report.html")).content.decode()
    assert "MÔ PHỎNG" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    covered = await town.get(f"/batches/{batch}/coverage")
    assert covered["states"]


async def test_a_report_of_what_has_not_ended_is_refused(town: Town) -> None:
    batch = (await town.post("/plays", {**files(right=STORY), "repeat": 5}))["batch"]
    assert (await town.ask("GET", f"/batches/{batch}/junit.xml")).status == 409
    await ended(town, batch)


async def test_plays_that_wait_and_plays_that_go_on_are_cancelled(town: Town) -> None:
    inner, reached, released = town.apps["gateway"], asyncio.Event(), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path", "").endswith("-00001/clock"):
            reached.set()
            await released.wait()
        await inner(scope, receive, send)

    town.apps["gateway"] = slow
    view = await town.post("/plays", {**files(right=STORY), "repeat": 8})
    names = [each["play"] for each in view["items"]]
    cancelled = (await town.ask("POST", f"/plays/{names[-1]}/cancel")).raise_for_problem().body
    assert (cancelled["state"], cancelled["verdict"]) == ("ended", "cancelled"), "it had only waited"
    await reached.wait()
    (await town.ask("POST", f"/plays/{names[0]}/cancel")).raise_for_problem()
    done = await ended(town, view["batch"])
    verdicts = {each["play"]: each["verdict"] for each in done["items"]}
    assert {name for name, verdict in verdicts.items() if verdict == "cancelled"} == {names[0], names[-1]}
    assert done["verdicts"] == {"cancelled": 2, "passed": 6}
    assert await town.get("/runs") == [], "what was cancelled leaves no run"
    assert (await town.ask("POST", f"/plays/{names[0]}/cancel")).status == 409
    town.apps["gateway"] = inner


class Gate:
    """Holds one request to an app until it is let in."""

    def __init__(self, town: Town, service: str, method: str, path: str) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()
        self._inner, self._wanted = town.apps[service], (method, path)
        town.apps[service] = self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if (scope.get("method"), scope.get("path")) == self._wanted:
            self.reached.set()
            await self.opened.wait()
        await self._inner(scope, receive, send)


async def test_a_play_that_is_cancelled_while_its_run_opens_leaves_none(town: Town) -> None:
    inner = town.apps["population"]
    batch = (await town.post("/plays", files(right=STORY)))["batch"]
    play = f"{batch}-00001"
    opens = Gate(town, "population", "PUT", f"/runs/{play}")
    await opens.reached.wait()
    for _ in range(2):  # asked again, it goes on leaving
        assert (await town.ask("POST", f"/plays/{play}/cancel")).status == 200
    opens.opened.set()
    assert (await ended(town, batch))["verdicts"] == {"cancelled": 1}
    assert await town.get("/runs") == []
    town.apps["population"] = inner


async def test_runs_of_failed_plays_stay_when_that_is_wished(town: Town) -> None:
    batch = await town.post("/plays", {**files(right=STORY, wrong=WRONG), "keep": "failed"})
    view = await ended(town, batch["batch"])
    failed = next(each["play"] for each in view["items"] if each["verdict"] == "failed")
    assert [run["run_id"] for run in await town.get("/runs")] == [failed]
    played = (await town.get(f"/plays/{failed}"))["played"]
    run, _, dossier = played["dossiers"]["dossier"].partition("/")
    assert (await town.history(run, dossier))[-1]["hash"] == played["logs"]["dossier"]


async def test_a_file_with_mistakes_is_refused_with_line_and_column(town: Town) -> None:
    answer = await town.ask(
        "POST", "/plays", files(mine=STORY.replace("[expect.outcomes", "[expect.outcoms"))
    )
    assert answer.status == 422
    assert "outcomes" in answer.body["detail"]
    assert "mine.toml:" in answer.body["detail"]


async def test_the_same_key_and_batch_again_play_nothing_twice(town: Town) -> None:
    body, headers = files(right=STORY), {"Idempotency-Key": "one"}
    first = (await town.ask("POST", "/plays", body, headers=headers)).body["batch"]
    await ended(town, first)
    again = (await town.ask("POST", "/plays", body, headers=headers)).body
    assert (again["batch"], again["plays"], again["done"]) == (first, 1, True)
    other = (await town.ask("POST", "/plays", files(wrong=WRONG), headers=headers)).body
    assert other["batch"] != first
    await ended(town, other["batch"])
    missing = await town.client.call("gateway", "POST", "/plays", json=body)
    assert missing.status == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/plays/b-0123456789ab-00001", None, 404),
        ("GET", "/plays/b-0123456789ab-00001/stream", None, 404),
        ("GET", "/batches/b-0123456789ab", None, 404),
        ("GET", "/scenarios/no-such-story", None, 404),
        ("GET", "/runs/none/dossiers/B-2026-000001/scenario", None, 404),
        ("POST", "/scenarios/no-such-story/plays", {}, 404),
        ("POST", "/plays", {}, 422),
        ("POST", "/plays", {"scenarios": ["no-such-story"]}, 404),
        ("POST", "/plays", {"all": True, "repeat": 10_000}, 422),
        ("POST", "/plays", {"scenarios": ["birth-newborn"], "seed": 2**31 - 1, "repeat": 2}, 422),
    ],
)
async def test_what_does_not_exist_is_told(
    town: Town, method: str, path: str, body: Any, status: int
) -> None:
    answer = await town.ask(method, path, body)
    assert answer.status == status, answer.body


async def test_a_dossier_that_is_not_there_cannot_be_saved(town: Town) -> None:
    run = await town.open(families=1)
    assert (await town.ask("GET", f"/runs/{run}/dossiers/B-2026-000001/scenario")).status == 404


async def test_a_story_is_a_lesson_and_an_input_to_the_simulator(town: Town) -> None:
    listed = await town.get("/scenarios", tag="lesson")
    assert "birth-newborn" in [each["id"] for each in listed]
    lesson = await town.get("/scenarios/birth-newborn")
    assert lesson["narration_vi"]
    assert lesson["tells"][0]["on"] == "declared"
    assert "[[declare]]" in lesson["text"]
    faulty = next(each["id"] for each in await town.get("/scenarios", tag="F22"))
    made = await town.get(f"/scenarios/{faulty}/simulation")
    assert made["dossiers"]
    assert made["closures"] or made["odds"] or made["longer"]
    assert (await town.get("/scenarios/schema.json"))["$id"] == "urn:mot-lan-khai:scenario"


async def test_a_saved_dossier_is_played_from_its_own_file(town: Town) -> None:
    run = await town.open(families=1)
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    answer = await town.ask("GET", f"/runs/{run}/dossiers/{dossier}/scenario", params={"name": "mine"})
    assert answer.headers["content-type"].startswith("application/toml")
    assert answer.headers["content-disposition"] == 'attachment; filename="mine.toml"'
    unnamed = await town.ask("GET", f"/runs/{run}/dossiers/{dossier}/scenario")
    named = unnamed.headers["content-disposition"].split('"')[1]
    assert f'id = "{named.removesuffix(".toml")}"' in unnamed.content.decode()
    batch = (await town.post("/plays", files(mine=answer.content.decode())))["batch"]
    assert (await ended(town, batch))["passed"]


async def test_what_a_process_left_is_played_by_the_next(tmp_path: Path) -> None:
    first = build_town(folder=tmp_path)
    batch = (await first.post("/plays", {**files(right=STORY), "repeat": 3}))["batch"]
    await asyncio.wait_for(first.apps["gateway"].state.stop_work(), 5)
    first.close()
    second = build_town(folder=tmp_path, process="second")
    await second.apps["gateway"].state.keep_pace()  # what a server does a few times a second
    assert (await ended(second, batch))["verdicts"] == {"passed": 3}
    second.close()
