"""Many declared at once: each line counts as the request that it stands for, and histories are the same."""

from typing import Any

import pytest

from chassis.lines import LONGEST_LINE, MEDIA_TYPE, MOST_BYTES, MOST_LINES, answers_in, written
from gateway.neighbours import Neighbours
from tests.flow.batches import MANY, declarations, send
from tests.town_in_memory import Town

SERVICES = ("civil_status", "residence", "social_insurance", "social_protection", "population", "health")


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


async def test_a_line_has_the_number_that_an_editor_shows_for_it(town: Town) -> None:
    await town.open("run")
    content = b"\n" + written(await declarations(town, 1)) + b" \r\n\n[1\n{}\n"
    answers = list(answers_in((await send(town, content)).content))
    assert [(each["line"], each["status"]) for each in answers] == [(2, 201), (5, 400), (6, 422)]
    malformed = answers[1]["problem"]
    assert "(dòng 5, cột 3)" in malformed["detail"]
    assert "(dòng 5, cột 3)" in malformed["errors"][0]["message"]


async def test_who_sends_lines_in_another_way_is_told_how_lines_are_sent(town: Town) -> None:
    await town.open("run")
    path = "/runs/run/dossiers/batch"
    ways: list[dict[str, str]] = [
        {"Content-Type": f"{MEDIA_TYPE}; charset=latin-1"},
        {"Content-Type": MEDIA_TYPE, "Content-Encoding": "gzip"},
        {"Content-Type": "text/plain"},
    ]
    for headers in ways:
        sent = {**headers, "Idempotency-Key": "k"}
        answer = await town.client.call("gateway", "POST", path, content=b"{}\n", headers=sent)
        assert answer.status == 415, headers
        assert answer.body["detail"] == f"Hãy gửi Content-Type: {MEDIA_TYPE}, mã UTF-8, không nén."
        sent["Accept-Language"] = "en"
        answer = await town.client.call("gateway", "POST", path, content=b"{}\n", headers=sent)
        assert answer.body["detail"] == f"Send Content-Type: {MEDIA_TYPE}, in UTF-8, not compressed."


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
