"""A store that comes back from an older copy: exactly the dossiers that differ are listed (I20)."""

import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from chassis.clock import VIETNAM
from gateway.journal import Note
from gateway.reconciling import Difference, compared
from tests.town_in_memory import build_town

WITH_EVENTS = ("civil_status", "residence", "social_insurance", "population")
Json = dict[str, Any]


class Copied:
    """A town over files: three births are under way when it is copied, and over when a copy comes back."""

    def __init__(self, folder: Path) -> None:
        self.live, self.copy = folder / "live", folder / "copy"
        self.live.mkdir()
        self.town = build_town(folder=self.live, process="first")
        self.first = ""
        self.told_before: dict[str, int] = {}

    async def go_through(self) -> None:
        town = self.town
        await town.open("run", families=60)
        self.first = await town.declare("run", "birth", "newborn_with_grandparents")
        await town.post("/runs/run/clock", {"to": "settled"})  # this one is over before the copy is made
        await town.declare("run", "birth", "newborn")
        await town.declare("run", "birth", "no_birth_notice")
        await town.post("/runs/run/clock", {"to": "next"})
        await town.post("/runs/run/clock", {"to": "next"})
        self.told_before = {name: len(await self.events(name)) for name in WITH_EVENTS}
        town.close()
        shutil.copytree(self.live, self.copy)
        self.town = town = build_town(folder=self.live, process="second")
        await town.post("/runs/run/clock", {"to": "settled"})

    async def events(self, service: str) -> list[Json]:
        run = await self.town.get("/runs/run")
        headers = {"Run-Id": "run", "Simulated-At": run["now"]}
        answer = await self.town.client.call(service, "GET", "/events?after=0", headers=headers)
        return list(answer.raise_for_problem().body["events"])

    async def reconciled(self) -> Json:
        found: Json = await self.town.get("/runs/run/reconciliation")
        return found

    def restore(self, name: str) -> None:
        """Put back what this service had when the copy was made."""
        self.town.close()
        for path in self.live.glob(f"{name}.sqlite*"):
            path.unlink()
        shutil.copy(self.copy / f"{name}.sqlite", self.live / f"{name}.sqlite")
        self.town = build_town(folder=self.live, process=f"after {name}")


@pytest.fixture
async def copied(tmp_path: Path) -> AsyncIterator[Copied]:
    made = Copied(tmp_path)
    await made.go_through()
    yield made
    made.town.close()


async def test_where_nothing_was_restored_nothing_differs(copied: Copied) -> None:
    assert await copied.reconciled() == {"dossiers": [], "differences": []}


@pytest.mark.parametrize("service", WITH_EVENTS)
async def test_a_service_from_an_older_copy_lost_what_it_told_since(copied: Copied, service: str) -> None:
    since = (await copied.events(service))[copied.told_before[service] :]
    assert since, "nothing happened at this service after the copy: the test would see nothing"
    copied.restore(service)
    found = await copied.reconciled()
    lost = [each for each in found["differences"] if each["what"] == "lost_by_service"]
    assert [(each["number"], each["event"]) for each in sorted(lost, key=lambda each: each["number"])] == [
        (event["id"], event["kind"]) for event in since
    ]
    assert {each["service"] for each in found["differences"]} == {service}
    assert set(found["dossiers"]) == {event["application_id"].partition(".")[0] for event in since}
    assert copied.first not in found["dossiers"]


async def test_a_gateway_from_an_older_copy_has_yet_to_hear(copied: Copied) -> None:
    since = {name: (await copied.events(name))[copied.told_before[name] :] for name in WITH_EVENTS}
    copied.restore("gateway")
    found = await copied.reconciled()
    assert {each["what"] for each in found["differences"]} == {"not_heard_yet"}
    assert sorted((each["service"], each["number"]) for each in found["differences"]) == sorted(
        (name, event["id"]) for name, events in since.items() for event in events
    )
    assert copied.first not in found["dossiers"]


async def test_an_agency_that_lost_everything_lost_the_applications_too(copied: Copied) -> None:
    copied.town.close()
    for path in copied.live.glob("residence.sqlite*"):
        path.unlink()
    copied.town = build_town(folder=copied.live, process="anew")
    found = await copied.reconciled()
    assert {each["service"] for each in found["differences"]} == {"residence"}
    assert {each["what"] for each in found["differences"]} == {"lost_by_service", "application_lost"}
    assert copied.first in found["dossiers"]


AT = datetime(2026, 10, 5, 9, tzinfo=VIETNAM)


def note(dossier: str, kind: str) -> Note:
    return Note(dossier, kind, AT, "permanent_residence")


def row(dossier: str, kind: str) -> Json:
    return {"dossier": dossier, "kind": kind, "procedure": "permanent_residence"}


def test_under_one_number_another_thing_concerns_both_dossiers() -> None:
    told, heard = {1: note("B-2", "received")}, {1: row("B-1", "received")}
    assert compared("residence", told, heard, 1) == [
        Difference("B-1", "residence", "told_otherwise", "received", 1),
        Difference("B-2", "residence", "told_otherwise", "received", 1),
    ]
    assert compared("residence", {1: note("B-1", "received")}, heard, 1) == []


def test_what_the_gateway_read_past_and_does_not_have_it_lost() -> None:
    told = {1: note("B-1", "received"), 2: note("B-1", "taken_up")}
    assert compared("residence", told, {}, 1) == [
        Difference("B-1", "residence", "lost_by_gateway", "received", 1),
        Difference("B-1", "residence", "not_heard_yet", "taken_up", 2),
    ]
