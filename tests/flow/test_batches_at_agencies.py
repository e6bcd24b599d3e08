"""Many sent on at once: each line counts at its agency as the application that it stands for."""

import json
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from chassis import attempts
from chassis.client import Answer, ServiceUnreachable
from chassis.lines import MEDIA_TYPE, answers_in, written
from gateway.intake import Intake
from gateway.neighbours import Neighbours
from services.desk import Desk
from tests.flow.batches import BIRTH, declarations, send
from tests.town_in_memory import Town

EXAMPLE_SUBMISSION = {
    "group": "birth",
    "procedure": BIRTH,
    "path": "interlinked",
    "dossier": "B-2026-000009",
    "form": {},
    "declared_at": "2026-10-05T08:00:00+07:00",
}


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
