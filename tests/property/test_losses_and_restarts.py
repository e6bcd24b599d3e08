"""A lost or repeated message, and a restart at any point, never change what happens."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.client import Answer, ServiceClient, ServiceUnreachable
from flow_model.catalogue import catalogue
from tests.town_in_memory import Town, build_town
from town.layout import NAMES, build

STORIES = (("birth", "newborn_with_grandparents"), ("death", "pensioner"))
Plan = dict[int, str]
Told = tuple[dict[str, str], list[dict[str, Any]]]


class Unreliable(ServiceClient):
    """Loses requests or answers, or delivers twice, where the plan says so by number of the call."""

    plan: Plan
    calls = 0

    async def call(self, service: str, method: str, path: str, **sent: Any) -> Answer:
        """The call, or what is left of it. What tests ask of the gateway itself always arrives."""
        if service == "gateway":
            return await super().call(service, method, path, **sent)
        self.calls += 1
        match self.plan.get(self.calls):
            case "request lost":
                raise ServiceUnreachable(service, "refused")
            case "answer lost":
                await super().call(service, method, path, **sent)
                raise ServiceUnreachable(service, "timeout")
            case "twice":
                await super().call(service, method, path, **sent)
        return await super().call(service, method, path, **sent)


class UnreliableTown(Town):
    """A town in memory whose processes lose messages by plan; it is built once, and plays in many runs."""

    client: Unreliable
    runs = 0

    async def play(self, plan: Plan, group: str, situation: str) -> Told:
        """One story to its end in a run of its own, with what is lost on the way."""
        self.runs += 1
        run = f"run-{self.runs}"
        self.client.plan, self.client.calls = plan, 0
        told = await play(self, group, situation, run)
        self.client.plan = {}
        await persist(self, "DELETE", f"/runs/{run}", None)
        return told


@pytest.fixture(scope="module")
def unreliable() -> Iterator[UnreliableTown]:
    """Its processes and whoever asks them use one client, which begins with nothing to lose."""
    apps: dict[str, Any] = {}
    client = Unreliable.in_process({name: _later(apps, name) for name in NAMES})
    client.plan = {}
    apps.update({name: build(name, None, client, catalogue(), lambda: "test") for name in NAMES})
    town = UnreliableTown(client, apps)
    yield town
    town.close()


def _later(apps: dict[str, Any], name: str) -> ASGIApp:
    """An app that is built after whoever calls it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await apps[name](scope, receive, send)

    return app


async def persist(town: Town, method: str, path: str, body: Any) -> Any:
    """Ask as somebody does who got no answer: the same again, with the same key."""
    for _ in range(40):
        answer = await town.ask(
            method, path, body, headers={"Idempotency-Key": f"{method} {path}".replace(" ", "-")}
        )
        if answer.status not in (502, 503):
            return answer.raise_for_problem().body
    raise AssertionError("no answer after 40 tries")


async def play(town: Town, group: str, situation: str, run: str) -> Told:
    """One story to its end: outcomes and history."""
    await persist(town, "POST", "/runs", {"run_id": run, "terms": {"seed": 7}})
    example = await persist(town, "GET", f"/runs/{run}/examples/{group}?situation={situation}", None)
    body = {key: example[key] for key in ("group", "procedures", "declaration")} | {"consent": True}
    dossier = (await persist(town, "POST", f"/runs/{run}/dossiers", body))["dossier"]
    await persist(town, "POST", f"/runs/{run}/clock", {"to": "settled"})
    return await town.outcomes(run, dossier), await town.history(run, dossier)


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Told]:
    """How each story goes when nothing is lost."""
    return asyncio.run(_undisturbed())


async def _undisturbed() -> dict[str, Told]:
    town = build_town()
    told = {group: await play(town, group, situation, f"of-a-{group}") for group, situation in STORIES}
    town.close()
    return told


LOSSES = st.dictionaries(
    st.integers(1, 120), st.sampled_from(["request lost", "answer lost", "twice"]), min_size=1, max_size=6
)


@pytest.mark.parametrize(("group", "situation"), STORIES)
@given(plan=LOSSES)
@settings(max_examples=12, deadline=None)
async def test_lost_and_repeated_messages_change_nothing(
    undisturbed: dict[str, Told], unreliable: UnreliableTown, group: str, situation: str, plan: Plan
) -> None:
    assert await unreliable.play(plan, group, situation) == undisturbed[group]


@pytest.mark.parametrize(("group", "situation"), STORIES)
async def test_each_single_message_may_be_lost(
    undisturbed: dict[str, Told], unreliable: UnreliableTown, group: str, situation: str
) -> None:
    assert await unreliable.play({}, group, situation) == undisturbed[group]
    calls = unreliable.client.calls
    assert calls > 30
    for number in range(1, calls + 1, 4):
        for loss in ("request lost", "answer lost"):
            told = await unreliable.play({number: loss}, group, situation)
            assert told == undisturbed[group], (number, loss)


@pytest.mark.parametrize(("group", "situation"), STORIES)
async def test_a_restart_after_every_single_step_changes_nothing(
    undisturbed: dict[str, Told], group: str, situation: str
) -> None:
    with TemporaryDirectory() as folder:
        town = build_town(folder=Path(folder), process="first")
        await town.open("run")
        dossier = await town.declare("run", group, situation)
        town.close()
        for step in range(200):
            town = build_town(folder=Path(folder), process=f"step {step}")
            moved = await town.settle("run", to="next")
            town.close()
            if moved["settled"]:
                break
        town = build_town(folder=Path(folder), process="last")
        assert (await town.outcomes("run", dossier), await town.history("run", dossier)) == undisturbed[group]
        town.close()
