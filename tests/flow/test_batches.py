"""Many at once: each line counts as the request that it stands for, and histories are the same."""

import json
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from chassis import attempts
from chassis.client import Answer, ServiceUnreachable
from chassis.lines import LONGEST_LINE, MEDIA_TYPE, MOST_BYTES, MOST_LINES, answers_in, written
from flow_model.case import Case
from gateway.intake import Intake
from gateway.neighbours import Neighbours
from services.desk import Desk
from tests.town_in_memory import Town

BIRTH = "birth_registration"
SERVICES = ("civil_status", "residence", "social_insurance", "social_protection", "population", "health")
MANY = 4
EXAMPLE_SUBMISSION = {
    "group": "birth",
    "procedure": BIRTH,
    "path": "interlinked",
    "dossier": "B-2026-000009",
    "form": {},
    "declared_at": "2026-10-05T08:00:00+07:00",
}


async def declarations(town: Town, many: int = MANY) -> list[dict[str, Any]]:
    """What so many families declare."""
    found = []
    for nth in range(many):
        example = await town.get("/runs/run/examples/birth", situation="newborn", nth=nth)
        kept = {name: example[name] for name in ("group", "procedures", "declaration")}
        found.append({**kept, "path": "interlinked", "consent": True})
    return found


async def send(town: Town, content: bytes, key: str = "batch", kind: str = MEDIA_TYPE) -> Answer:
    headers = {"Idempotency-Key": key, "Content-Type": kind}
    return await town.client.call(
        "gateway", "POST", "/runs/run/dossiers/batch", content=content, headers=headers
    )


async def told(town: Town) -> dict[str, Any]:
    """All that the gateway and the services wrote down, in their order."""
    now = (await town.get("/runs/run"))["now"]
    logs: dict[str, Any] = {"run": await town.get("/runs/run/events", limit=1000)}
    for dossier in await town.get("/runs/run/dossiers", limit=500):
        logs[dossier["dossier"]] = await town.history("run", dossier["dossier"])
    for service in SERVICES:
        headers = {"Run-Id": "run", "Simulated-At": now}
        answer = await town.client.call(service, "GET", "/events", headers=headers)
        logs[service] = answer.raise_for_problem().body["events"]
    return logs


@pytest.fixture
def all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever declares at one instant is sent on at one instant: as a rule these delays are drawn."""
    real = Case.seconds

    def seconds(self: Case, name: str, procedure: str, turn: int = 0) -> int:
        return 60 if name == "sync" else real(self, name, procedure, turn)

    monkeypatch.setattr(Case, "seconds", seconds)


@pytest.mark.usefixtures("all_at_once")
async def test_a_batch_leaves_the_histories_that_single_requests_leave(
    town: Town, monkeypatch: pytest.MonkeyPatch, calls: list[str]
) -> None:
    await town.open("run")
    bodies = await declarations(town)
    calls.clear()
    answers = list(answers_in((await send(town, written(bodies))).content))
    assert [(each["line"], each["status"]) for each in answers] == [(n + 1, 201) for n in range(MANY)]
    assert sum("/lookups/batch" not in each for each in calls) <= 1, calls  # one question may be left alone
    assert len(calls) <= 5
    calls.clear()
    assert (await town.settle())["settled"]
    assert calls.count("POST civil_status/applications/batch") == 1
    assert not [each for each in calls if each.startswith("PUT civil_status/applications")]
    together = await told(town)

    (await town.ask("DELETE", "/runs/run")).raise_for_problem()
    monkeypatch.setattr(Neighbours, "takes_many", lambda *_: False)
    await town.open("run")
    for body in bodies:
        await town.post("/runs/run/dossiers", body)
    calls.clear()
    assert (await town.settle())["settled"]
    assert not [each for each in calls if "batch" in each]
    alone = await told(town)
    assert list(together) == list(alone)
    for name, log in alone.items():
        assert together[name] == log, name


async def test_what_is_wrong_with_a_line_refuses_that_line_alone(town: Town) -> None:
    await town.open("run")
    first, second, third = await declarations(town, 3)
    del second["declaration"]["child"]
    lines = [first, second, first, {**third, "more": 1}, {**third, "consent": False}, third]
    content = written(lines) + b'\n{"group": "birth", "group": "death"}\n[1\n'
    answer = await send(town, content)
    assert (answer.status, answer.headers["content-type"]) == (200, MEDIA_TYPE)
    answers = list(answers_in(answer.content))
    assert [each["status"] for each in answers] == [201, 422, 409, 422, 422, 201, 400, 400]
    codes = [each["dossier"]["dossier"] for each in answers if "dossier" in each]
    assert codes == ["B-2026-000001", "B-2026-000002"]
    problems = [each["problem"] for each in answers if "problem" in each]
    kinds = [each["type"].rpartition(":")[2] for each in problems]
    assert kinds[0] == "invalid-declaration"
    assert kinds[1:3] == ["conflicting-content", "invalid-request"]
    assert kinds[-2:] == ["malformed-json"] * 2
    assert problems[-2]["errors"][0]["code"] == "duplicate-key"


async def test_the_same_key_gives_the_same_answers_and_other_lines_need_another(town: Town) -> None:
    await town.open("run")
    bodies = await declarations(town, 2)
    first = await send(town, written(bodies))
    assert (await send(town, written(bodies))).content == first.content
    assert len(await town.get("/runs/run/dossiers")) == 2
    assert (await send(town, written(bodies[:1]))).status == 422
    keyless = {"Content-Type": MEDIA_TYPE}
    path = "/runs/run/dossiers/batch"
    without = await town.client.call("gateway", "POST", path, content=written(bodies), headers=keyless)
    assert without.status == 400


async def test_who_dies_between_two_chunks_goes_on_where_it_was(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.api.batches.CHUNK", 2)
    await town.open("run")
    bodies = await declarations(town, 4)
    real = Neighbours.look_up_all
    asked: list[str] = []

    async def dies(self: Neighbours, *more: Any) -> Any:
        asked.append("")
        if len(asked) == 8:
            raise ConnectionResetError
        return await real(self, *more)

    with monkeypatch.context() as broken:
        broken.setattr(Neighbours, "look_up_all", dies)
        assert (await send(town, written(bodies))).status == 500
    assert 2 <= len(await town.get("/runs/run/dossiers")) < 4
    answers = list(answers_in((await send(town, written(bodies))).content))
    assert [each["status"] for each in answers] == [201] * 4
    assert len(await town.get("/runs/run/dossiers")) == 4


async def test_sizes_are_bounded_and_lines_are_taken_only_where_they_are_documented(town: Town) -> None:
    await town.open("run")
    assert (await send(town, b"{}\n" * (MOST_LINES + 1))).status == 413
    assert (await send(town, b" " * (MOST_BYTES + 1))).status == 413
    long_line = b'{"group": "' + b"x" * LONGEST_LINE + b'"}\n{}\n'
    answers = list(answers_in((await send(town, long_line, "long")).content))
    assert [each["status"] for each in answers] == [413, 422]
    assert (await send(town, b"{}", kind="text/plain")).status == 415
    headers = {"Idempotency-Key": "k", "Content-Type": MEDIA_TYPE}
    elsewhere = await town.client.call(
        "gateway", "POST", "/runs/run/dossiers", content=b"{}", headers=headers
    )
    assert elsewhere.status == 415


@pytest.mark.usefixtures("all_at_once")
async def test_one_application_that_its_agency_cannot_take_does_not_hold_up_its_batch(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "PAUSES_SECONDS", (0.0, 0.0, 0.0))
    await town.open("run")
    await send(town, written(await declarations(town, 3)))
    real = Desk.submit

    def fails(self: Desk, run: Any, application_id: str, sent: Any) -> Any:
        if application_id == f"B-2026-000002.{BIRTH}":
            raise RuntimeError
        return real(self, run, application_id, sent)

    monkeypatch.setattr(Desk, "submit", fails)
    assert (await town.settle())["settled"]
    states = [each["state"] for each in await town.get("/runs/run/dossiers")]
    assert states == ["finished", "stuck", "finished"]


@pytest.mark.usefixtures("all_at_once")
async def test_an_agency_that_takes_no_batches_gets_its_applications_one_by_one(
    town: Town, calls: list[str]
) -> None:
    await town.open("run")
    await send(town, written(await declarations(town, 3)))
    ours = town.apps["civil_status"]

    async def without(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == "/applications/batch":
            scope = {**scope, "path": "/nothing", "raw_path": b"/nothing"}
        await ours(scope, receive, send)

    town.apps["civil_status"] = without
    calls.clear()
    assert (await town.settle())["settled"]
    town.apps["civil_status"] = ours
    assert calls.count("POST civil_status/applications/batch") == 1
    assert len([each for each in calls if each.startswith("PUT civil_status/applications")]) == 3
    assert {each["state"] for each in await town.get("/runs/run/dossiers")} == {"finished"}


async def test_a_line_at_an_agency_counts_as_the_application_that_it_stands_for(town: Town) -> None:
    await town.open("run")
    dossier = await town.declare("run", "birth", "newborn")
    sent: list[dict[str, Any]] = []
    real = Neighbours.call

    async def noted(self: Neighbours, run: Any, service: str, method: str, path: str, **more: Any) -> Answer:
        if path == f"/applications/{dossier}.{BIRTH}":
            sent.append(more["json"])
        return await real(self, run, service, method, path, **more)

    with pytest.MonkeyPatch.context() as tap:
        tap.setattr(Neighbours, "call", noted)
        await town.settle(to="next")
        await town.settle(to="next")
    name, other = f"{dossier}.{BIRTH}", f"B-2026-000009.{BIRTH}"
    lines = [
        {"application_id": name, **sent[0]},
        {"application_id": name, **sent[0], "documents": ["another"]},
        {"application_id": other, **sent[0], "dossier": "B-2026-000009"},
        {"application_id": "no name", **sent[0]},
    ]
    headers = {"Run-Id": "run", "Simulated-At": "2026-10-05T09:00:00+07:00", "Content-Type": MEDIA_TYPE}
    content = written(lines)
    answer = await town.client.call(
        "civil_status", "POST", "/applications/batch", content=content, headers=headers
    )
    statuses = [each["status"] for each in map(json.loads, answer.content.splitlines())]
    assert statuses == [200, 409, 201, 422]
    assert answer.headers["next-act-at"]
    again = await town.client.call(
        "civil_status", "POST", "/applications/batch", content=content, headers=headers
    )
    assert [each["status"] for each in answers_in(again.content)] == [200, 409, 200, 422]


async def test_who_said_that_all_is_told_is_not_asked_and_who_has_something_to_tell_is(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str]] = []
    real = Intake.hear

    async def noted(self: Intake, run: Any, service: str) -> None:
        heard.append((service, run.now.isoformat()))
        await real(self, run, service)

    monkeypatch.setattr(Intake, "hear", noted)
    await town.open("run")
    dossier = await town.declare("run", "birth", "no_birth_notice", changes={"papers": []})
    assert (await town.settle())["settled"]
    sent = await town.event("run", dossier, "sent", BIRTH)
    assert ("civil_status", sent["at"]) not in heard
    supplied = await town.event("run", dossier, "supplement_sent", BIRTH)
    taken = await town.event("run", dossier, "supplemented", BIRTH)
    assert ("civil_status", supplied["at"]) in heard
    assert taken["at"] == supplied["at"]
    assert "happened_at" not in taken["payload"]


async def test_who_is_down_in_the_story_takes_no_line_at_all(town: Town) -> None:
    window = {"from": "2026-10-05T08:00:00+07:00", "until": "2026-10-05T12:00:00+07:00"}
    down = [{"kind": "outage", "service": each, **window} for each in ("population", "civil_status")]
    await town.open("run", faults=down)
    headers = {"Run-Id": "run", "Simulated-At": "2026-10-05T09:00:00+07:00", "Content-Type": MEDIA_TYPE}
    line: dict[str, Any] = {"application_id": f"B-2026-000009.{BIRTH}", **EXAMPLE_SUBMISSION}
    for service, path, sent in (
        ("population", "/lookups/batch", {"kind": "person", "key": "979199321120"}),
        ("civil_status", "/applications/batch", line),
    ):
        with pytest.raises(ServiceUnreachable) as refused:
            await town.client.call(service, "POST", path, content=written([sent]), headers=headers)
        assert refused.value.reason == "unavailable"


@pytest.mark.usefixtures("all_at_once")
async def test_a_recording_holds_the_lines_that_were_sent(town: Town) -> None:
    await town.post("/runs", {"run_id": "run", "record": True, "terms": {"seed": 7}})
    await send(town, written(await declarations(town, 2)))
    await town.settle()
    exchanges = (await town.get("/runs/run/exchanges"))["log"]["entries"]
    (batch,) = [
        each for each in exchanges if each["request"]["url"].endswith("civil_status/applications/batch")
    ]
    sent = json.loads(batch["request"]["postData"]["text"])
    assert [each["application_id"] for each in answers_in(sent.encode())] == [
        f"B-2026-00000{n}.{BIRTH}" for n in (1, 2)
    ]
    assert len(list(answers_in(batch["response"]["content"]["text"].encode()))) == 2
