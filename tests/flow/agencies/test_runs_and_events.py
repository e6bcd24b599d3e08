"""The contract of the agencies: runs apart from each other; acts in order, and once or not at all."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, func, select

import services
from chassis.app import sync_routes
from mock_registries.civil_status import BirthEntry, DeathEntry
from services.counter import COMMON_TABLES
from services.journal import EventRow
from tests.flow.agencies.six_services import BIRTH_OF, LONG_AFTER, MONDAY, RUN, SENT, Town, consent, kinds, of


@pytest.mark.parametrize("service", services.NAMES)
async def test_runs_open_once_and_nobody_sees_an_unknown_run(town: Town, service: str) -> None:
    again = await town.client.call(service, "PUT", "/runs/r1", json=RUN)
    other = await town.client.call(service, "PUT", "/runs/r1", json=RUN | {"seed": 8})
    law = await town.client.call(service, "PUT", "/runs/r9", json=RUN | {"law": "hammurabi"})
    assert (again.status, other.status, law.status) == (200, 409, 404)
    for method, path, body in (
        ("GET", "/agenda", None),
        ("GET", "/events", None),
        ("POST", "/work", {"until": MONDAY.isoformat()}),
    ):
        assert (await town.ask(service, method, path, body, run="nobody")).status == 404
    assert (await town.ask(service, "GET", "/lookups/nothing", key="x")).status == 404
    assert (await town.client.call(service, "DELETE", "/runs/nobody")).status == 204
    assert sync_routes(town.apps[service]) == []


async def test_runs_do_not_see_each_other_and_a_deleted_run_leaves_no_row(town: Town) -> None:
    await town.open("r2", seed=8)
    for procedure, situation in SENT:
        await town.send(procedure, situation)
    await town.ask("population", "PUT", "/consents/c1", await consent(town))
    before = {name: town.rows(name, "r2") for name in services.NAMES}
    for name in services.NAMES:
        await town.work(name)
        assert sum(town.rows(name, "r1").values()) > 0
        assert (await town.client.call(name, "DELETE", "/runs/r1")).status == 204
        assert set(town.rows(name, "r1").values()) == {0}
        assert town.rows(name, "r2") == before[name]
        assert len(town.rows(name, "r1")) > len(COMMON_TABLES)


async def test_working_again_does_nothing_and_events_can_be_asked_from_a_number(town: Town) -> None:
    await town.send(BIRTH_OF, "newborn")
    first = await town.work("civil_status")
    assert await town.work("civil_status") == first
    later = await town.ask("civil_status", "GET", "/events", after=1)
    assert later.body["events"] == first[1:]
    assert (await town.ask("civil_status", "GET", "/agenda")).body == {"next_act_at": None}


async def test_acts_come_in_order_each_at_its_own_instant(town: Town) -> None:
    await town.send(BIRTH_OF, "newborn", number=2)
    await town.send(BIRTH_OF, "grandparent_declares", number=1)
    events = await town.work("civil_status")
    told = [(event["at"], event["application_id"]) for event in events]
    assert told == sorted(told)
    step_by_step = Town()
    await step_by_step.open()
    await step_by_step.send(BIRTH_OF, "newborn", number=2)
    await step_by_step.send(BIRTH_OF, "grandparent_declares", number=1)
    while (await step_by_step.ask("civil_status", "GET", "/agenda")).body["next_act_at"]:
        next_at = (await step_by_step.ask("civil_status", "GET", "/agenda")).body["next_act_at"]
        await step_by_step.work("civil_status", datetime.fromisoformat(next_at))
    assert (await step_by_step.ask("civil_status", "GET", "/events")).body["events"] == events
    step_by_step.close()


async def test_an_entry_and_its_event_are_kept_together_or_not_at_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.send(BIRTH_OF, "newborn")
    received = of(await town.work("civil_status", MONDAY + timedelta(hours=2)), "received")
    del received

    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the lights go out")

    with monkeypatch.context() as lights:
        lights.setattr("services.steps.grant", broken)
        assert kinds(await town.work("civil_status"))[-1] == "stuck"
    store = town.apps["civil_status"].state.store
    with store.session() as session:
        assert _count(session, BirthEntry) == 0
    retry = "/agenda/B-2026-000001.birth_registration/decide/retry"
    for _ in range(2):  # the second time it is put back already
        assert (await town.ask("civil_status", "POST", retry)).status == 200
    assert kinds(await town.work("civil_status"))[-2:] == ["put_back", "granted"]
    assert (await town.ask("civil_status", "POST", retry)).status == 409
    with store.session() as session:
        assert _count(session, BirthEntry) == 1
        assert len(session.exec(select(EventRow).where(EventRow.kind == "granted")).all()) == 1


def _count(session: Session, table: type[BirthEntry] | type[DeathEntry]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


async def test_a_service_that_restarts_in_the_middle_goes_on_as_if_nothing_had_happened(
    tmp_path: Path,
) -> None:
    whole, broken = Town(), Town(tmp_path)
    for town in (whole, broken):
        await town.open()
        await town.send(BIRTH_OF, "newborn")
    next_at = (await broken.ask("civil_status", "GET", "/agenda")).body["next_act_at"]
    await broken.work("civil_status", datetime.fromisoformat(next_at))
    broken.close()
    risen = Town(tmp_path)
    assert await risen.work("civil_status") == await whole.work("civil_status")
    risen.close()
    whole.close()


@pytest.mark.parametrize("service", services.NAMES)
async def test_the_document_names_every_problem_and_the_instant_of_the_next_act(
    town: Town, service: str
) -> None:
    document = (await town.client.call(service, "GET", "/openapi.json")).body
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert "500" in operation["responses"], (method, path)
            changes_nothing = path.startswith("/lookups/")
            if method in ("put", "post", "delete") and not changes_nothing:
                good = [answer for status, answer in operation["responses"].items() if status < "300"]
                assert any("Next-Act-At" in answer.get("headers", {}) for answer in good), (method, path)


async def test_the_examples_of_the_document_work(town: Town) -> None:
    document = (await town.client.call("social_insurance", "GET", "/openapi.json")).body
    example = document["components"]["schemas"]["Submission"]["examples"][0]
    name = f"{example['dossier']}.{example['procedure']}"
    assert (await town.put(name, example)).status == 201
    assert kinds(await town.work("social_insurance"))[-1] == "granted"


async def test_two_who_let_it_work_at_once_get_the_same_events(town: Town) -> None:
    for number, situation in enumerate(("newborn", "newborn_late", "grandparent_declares"), 1):
        await town.send(BIRTH_OF, situation, number=number)
    first, second = await asyncio.gather(town.work("civil_status"), town.work("civil_status"))
    assert len(first) == 9
    assert max(first, second, key=len) == await town.work("civil_status")


async def test_a_run_that_is_deleted_while_an_officer_asks_leaves_no_row(town: Town) -> None:
    await town.send(BIRTH_OF, "newborn")
    order = {"until": LONG_AFTER.isoformat()}
    await asyncio.gather(
        town.ask("civil_status", "POST", "/work", order),
        town.client.call("civil_status", "DELETE", "/runs/r1"),
    )
    assert set(town.rows("civil_status", "r1").values()) == {0}
