"""What keeps failing ends on a worklist with its reason, and never holds up the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis import attempts
from chassis.attempts import MOST_ATTEMPTS
from gateway import submissions
from services.desk_acts import Officers
from services.population import consents
from tests.town_in_memory import Town

BIRTH, RESIDENCE, CARD = "birth_registration", "permanent_residence", "health_insurance_card"
ALL = {BIRTH: "granted", RESIDENCE: "granted", CARD: "granted"}
SPOILT = "kaputt"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "PAUSES_SECONDS", (0.0, 0.0, 0.0))


class Poisonous:
    """Before a service: requests to paths that hold a word are answered by 500, so many times or for ever."""

    def __init__(self, app: ASGIApp, word: str, times: int, *, after: bool) -> None:
        self.app, self.word, self.left, self.after = app, word, times, after
        self.met = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.word not in scope.get("path", "") or self.left == 0:
            await self.app(scope, receive, send)
            return
        self.left, self.met = self.left - 1, self.met + 1
        if self.after:
            await self.app(scope, receive, _nowhere)
        body = b'{"type": "urn:problem:internal-error", "detail": "personal: Nguyen Van Mau"}'
        headers = [(b"content-type", b"application/problem+json")]
        await send({"type": "http.response.start", "status": 500, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _nowhere(_message: Any) -> None:
    """What the service answers is lost."""


@contextmanager
def poisoned(
    town: Town, service: str, word: str, times: int = -1, *, after: bool = False
) -> Iterator[Poisonous]:
    """Inside the block a service answers 500 to what has this word in its path."""
    healthy = town.apps[service]
    town.apps[service] = Poisonous(healthy, word, times, after=after)
    try:
        yield town.apps[service]
    finally:
        town.apps[service] = healthy


async def two(town: Town) -> tuple[str, str]:
    run = await town.open("run")
    return await town.declare(run, "birth", "newborn"), await town.declare(
        run, "birth", "newborn_with_grandparents"
    )


async def stuck(town: Town, dossier: str) -> dict[str, Any]:
    """The one thing that is stuck about a dossier."""
    view = await town.get(f"/runs/run/dossiers/{dossier}")
    assert view["state"] == "stuck"
    (found,) = view["stuck"]
    return dict(found)


async def waiting(town: Town, dossier: str) -> list[tuple[str, ...]]:
    """What each open procedure waits for: its state, who acts next, and why."""
    view = await town.get(f"/runs/run/dossiers/{dossier}")
    return [tuple(each.values()) for each in view["waiting"]]


async def retry(town: Town, dossier: str, move: str, about: str) -> dict[str, Any]:
    path = f"/runs/run/dossiers/{dossier}/moves/{move}/{about}/retry"
    return dict((await town.ask("POST", path)).raise_for_problem().body)


async def test_an_application_that_its_agency_always_answers_with_500_holds_up_no_other(town: Town) -> None:
    first, second = await two(town)
    with poisoned(town, "residence", f"{first}.{RESIDENCE}") as met:
        assert (await town.settle())["settled"]
    assert met.met == MOST_ATTEMPTS
    assert await town.outcomes("run", second) == ALL
    assert await town.outcomes("run", first) == {BIRTH: "granted", RESIDENCE: "waiting", CARD: "granted"}
    found = await stuck(town, first)
    assert (found["move"], found["about"], found["owner"]) == ("send", RESIDENCE, "residence")
    assert (found["attempts"], found["reason"]) == (MOST_ATTEMPTS, "HTTP 500 internal-error")
    listed = await town.get("/runs/run/worklists/residence", state="stuck")
    assert [(each["application_id"], each["state"]) for each in listed] == [(f"{first}.{RESIDENCE}", "stuck")]
    assert listed[0]["stuck"][0]["reason"] == "HTTP 500 internal-error"
    assert (await town.get("/runs/run/worklists/residence"))[0] == listed[0]
    assert [each["dossier"] for each in await town.get("/runs/run/dossiers", state="stuck")] == [first]
    assert await waiting(town, first) == [(RESIDENCE, "stuck", "residence", "send: HTTP 500 internal-error")]
    assert await waiting(town, second) == []
    (move,) = await town.get(f"/runs/run/dossiers/{first}/next-moves")
    assert (move["state"], move["attempts"], move["owner"]) == ("stuck", MOST_ATTEMPTS, "residence")


async def test_what_is_mended_and_tried_again_goes_to_its_end(town: Town) -> None:
    first, _ = await two(town)
    with poisoned(town, "residence", f"{first}.{RESIDENCE}"):
        await town.settle()
        again = await retry(town, first, "send", RESIDENCE)
        assert again["state"] == "stuck"  # not mended yet: a fresh set of attempts, and stuck again
    view = await retry(town, first, "send", RESIDENCE)
    assert view["stuck"] == []
    assert (await town.settle())["settled"]
    assert await town.outcomes("run", first) == ALL
    kinds = await town.kinds("run", first, RESIDENCE)
    assert kinds[:5] == ["stuck", "put_back", "stuck", "put_back", "sent"]
    assert await town.get("/runs/run/worklists/residence", state="stuck") == []
    refused = await town.ask("POST", f"/runs/run/dossiers/{first}/moves/send/{RESIDENCE}/retry")
    assert refused.status == 409
    acted = [event["payload"] for event in await town.get("/runs/run/events") if event["kind"] == "acted"]
    assert acted[-1] == {"act": "retry", "dossier": first, "move": "send", "about": RESIDENCE}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_fault_that_passes_leaves_no_trace(town: Town, after: bool) -> None:
    first, _ = await two(town)
    await town.settle()
    expected = await town.history("run", first)
    await town.ask("DELETE", "/runs/run")
    await two(town)
    with poisoned(town, "residence", f"{first}.{RESIDENCE}", MOST_ATTEMPTS - 1, after=after) as met:
        await town.settle()
    assert met.met == MOST_ATTEMPTS - 1
    assert await town.history("run", first) == expected


async def test_what_was_taken_in_behind_a_broken_answer_goes_on_and_is_stuck_no_more(town: Town) -> None:
    first, _ = await two(town)
    with poisoned(town, "residence", f"{first}.{RESIDENCE}", after=True):
        assert (await town.settle())["settled"]
    assert await town.outcomes("run", first) == ALL
    view = await town.get(f"/runs/run/dossiers/{first}")
    assert (view["state"], view["stuck"]) == ("finished", [])
    assert "stuck" in await town.kinds("run", first, RESIDENCE)
    for what in ("measurement", "referee"):
        assert (await town.ask("GET", f"/runs/run/dossiers/{first}/{what}")).status == 200


async def test_a_bug_in_a_mapping_is_on_the_desk_of_the_gateway(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await two(town)
    real = submissions.filled_form

    def fails(case: Any, progress: Any, procedure: Any) -> Any:
        if (case.dossier, procedure.id) == (first, CARD):
            raise KeyError("Nguyễn Văn Mẫu")
        return real(case, progress, procedure)

    monkeypatch.setattr(submissions, "filled_form", fails)
    assert (await town.settle())["settled"]
    assert await town.outcomes("run", second) == ALL
    found = await stuck(town, first)
    assert (found["owner"], found["reason"]) == ("gateway", "internal-error (KeyError)")
    listed = await town.get("/runs/run/worklists/gateway")
    assert [each["application_id"] for each in listed] == [f"{first}.{CARD}"]
    monkeypatch.undo()
    await retry(town, first, "send", CARD)
    await town.settle()
    assert await town.outcomes("run", first) == ALL


async def test_an_act_of_an_agency_that_always_fails_holds_up_no_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await two(town)
    real = Officers.examine

    def fails(self: Officers, session: Any, matter: Any, shared: Any) -> Any:
        if (matter.row.dossier, matter.row.procedure) == (first, RESIDENCE):
            raise RuntimeError("Nguyễn Văn Mẫu")
        return real(self, session, matter, shared)

    monkeypatch.setattr(Officers, "examine", fails)
    assert (await town.settle())["settled"]
    assert await town.outcomes("run", second) == ALL
    assert await town.outcomes("run", first) == {BIRTH: "granted", RESIDENCE: "received", CARD: "granted"}
    found = await stuck(town, first)
    assert (found["move"], found["owner"], found["attempts"]) == ("take_up", "residence", MOST_ATTEMPTS)
    assert found["reason"] == "internal-error (RuntimeError)"
    event = await town.event("run", first, "stuck", RESIDENCE)
    assert event["actor"] == "residence"
    (listed,) = await town.get("/runs/run/worklists/residence", state="stuck")
    assert (listed["application_id"], listed["state"]) == (f"{first}.{RESIDENCE}", "received")
    assert [(each["act"], each["reason"]) for each in listed["stuck"]] == [("take_up", found["reason"])]
    monkeypatch.undo()
    assert (await retry(town, first, "take_up", RESIDENCE))["stuck"] == []
    await town.settle()
    assert await town.outcomes("run", first) == ALL
    assert await town.get("/runs/run/worklists/residence", state="stuck") == []


async def test_a_registry_that_fails_for_one_person_holds_up_no_other(town: Town) -> None:
    first, second = await two(town)
    with poisoned(town, "population", f"/personal-ids/{first}"):
        assert (await town.settle())["settled"]
    assert await town.outcomes("run", second) == ALL
    found = await stuck(town, first)
    assert (found["move"], found["about"]) == ("decide", BIRTH)
    assert (found["owner"], found["service"]) == ("civil_status", "population")
    await retry(town, first, "decide", BIRTH)
    await town.settle()
    assert await town.outcomes("run", first) == ALL


async def test_an_answer_that_cannot_be_written_down_is_on_the_desk_of_its_registry(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await two(town)
    real = consents.answer

    def fails(session: Any, run_id: str, consent_id: str, **more: Any) -> Any:
        if consent_id.startswith(second):
            raise RuntimeError
        return real(session, run_id, consent_id, **more)

    monkeypatch.setattr(consents, "answer", fails)
    await town.settle()
    assert await town.outcomes("run", first) == ALL
    (listed,) = await town.get("/runs/run/worklists/population")
    party = listed["application_id"].partition(".")[2]
    assert listed["stuck"][0]["act"] == "answer"
    monkeypatch.undo()
    await retry(town, second, "answer", party)
    await town.settle()
    view = await town.get(f"/runs/run/dossiers/{second}")
    assert view["stuck"] == []
    assert view["state"] == "finished"


async def test_a_process_that_is_gone_is_waited_for_and_nothing_is_stuck(town: Town) -> None:
    first, _ = await two(town)
    healthy = town.apps["residence"]

    async def gone(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ConnectionResetError

    town.apps["residence"] = gone
    assert (await town.ask("POST", "/runs/run/clock", {"to": "settled"})).status == 502
    town.apps["residence"] = healthy
    await town.settle()
    assert await town.outcomes("run", first) == ALL
    assert "stuck" not in await town.kinds("run", first)


async def test_a_decision_of_a_person_ends_what_is_stuck(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = await two(town)
    monkeypatch.setattr(Officers, "examine", _no_examining)
    await town.settle(to="2026-10-06T08:00:00+07:00")
    assert (await stuck(town, first))["move"] == "take_up"
    monkeypatch.undo()
    path = f"/runs/run/worklists/civil_status/{first}.{BIRTH}/decision"
    body = {"decision": "grant", "reason": "", "officer": "Cán bộ Mẫu"}
    assert (await town.ask("PUT", path, body)).status == 200
    assert (await town.get(f"/runs/run/dossiers/{first}"))["stuck"] == []
    assert await town.get("/runs/run/worklists/civil_status", state="stuck") != []  # the other one's


def _no_examining(*_: Any) -> Any:
    raise RuntimeError


async def test_whatever_fails_every_open_procedure_has_a_state_with_a_name_and_an_owner(town: Town) -> None:
    run = await town.open("run", citizens="human", officers="human")
    first = await town.declare(run, "birth", "newborn_with_grandparents")
    assert [each[:3] for each in await waiting(town, first)] == [
        (BIRTH, "waiting", "gateway"),
        (RESIDENCE, "waiting", "civil_status"),
        (CARD, "waiting", "civil_status"),
    ]
    with poisoned(town, "population", "/consents/"):
        await town.settle()
    found = await waiting(town, first)
    assert [each[:3] for each in found] == [
        (BIRTH, "received", "civil_status"),
        (RESIDENCE, "stuck", "population"),
        (CARD, "waiting", "civil_status"),
    ]
    assert found[1][3] == "request_consent: HTTP 500 internal-error"
    assert [each["dossier"] for each in await town.get("/runs/run/worklists/population")] == [first]
