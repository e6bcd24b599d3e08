"""A lost or repeated message, and a restart at any point, never change what happens."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.client import Answer, ServiceClient, ServiceUnreachable
from flow_model.catalogue import catalogue
from tests.town_in_memory import Town, build_town
from town.layout import NAMES, build

STORIES = (("birth", "newborn_with_grandparents"), ("death", "pensioner"))
Plan = dict[int, str]


class Unreliable(ServiceClient):
    """Loses requests or answers, or delivers twice, where the plan says so by number of the call."""

    plan: Plan
    calls: int

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


def unreliable_town(plan: Plan) -> Town:
    """A town in memory whose processes lose messages by plan."""
    town = build_town()
    client = Unreliable(town.client._clients, town.client._base_urls, None)
    client.plan, client.calls = {}, 0
    for app in town.apps.values():
        app.state.store.close()
    town.apps.update({name: build(name, None, client, catalogue(), lambda: "test") for name in NAMES})
    client.plan = plan
    return Town(client, town.apps)


async def persist(town: Town, method: str, path: str, body: Any) -> Any:
    """Ask as somebody does who got no answer: the same again, with the same key."""
    for _ in range(40):
        answer = await town.ask(
            method, path, body, headers={"Idempotency-Key": f"{method} {path}".replace(" ", "-")}
        )
        if answer.status not in (502, 503):
            return answer.raise_for_problem().body
    raise AssertionError("no answer after 40 tries")


async def play(town: Town, group: str, situation: str) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """One story to its end: outcomes and history."""
    await persist(town, "POST", "/runs", {"run_id": "run", "terms": {"seed": 7}})
    example = await persist(town, "GET", f"/runs/run/examples/{group}?situation={situation}", None)
    body = {key: example[key] for key in ("group", "procedures", "declaration")} | {"consent": True}
    dossier = (await persist(town, "POST", "/runs/run/dossiers", body))["dossier"]
    await persist(town, "POST", "/runs/run/clock", {"to": "settled"})
    return await town.outcomes("run", dossier), await town.history("run", dossier)


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Any]:
    """How each story goes when nothing is lost."""
    import asyncio

    return {group: asyncio.run(play(build_town(), group, situation)) for group, situation in STORIES}


LOSSES = st.dictionaries(
    st.integers(1, 120), st.sampled_from(["request lost", "answer lost", "twice"]), min_size=1, max_size=6
)


@pytest.mark.parametrize(("group", "situation"), STORIES)
@given(plan=LOSSES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_lost_and_repeated_messages_change_nothing(
    undisturbed: dict[str, Any], group: str, situation: str, plan: Plan
) -> None:
    town = unreliable_town(plan)
    assert await play(town, group, situation) == undisturbed[group]
    town.close()


@pytest.mark.parametrize(("group", "situation"), STORIES)
async def test_each_single_message_may_be_lost(
    undisturbed: dict[str, Any], group: str, situation: str
) -> None:
    quiet = unreliable_town({})
    await play(quiet, group, situation)
    calls = quiet.client.calls  # type: ignore[attr-defined]
    quiet.close()
    for number in range(1, calls + 1, 4):
        for loss in ("request lost", "answer lost"):
            town = unreliable_town({number: loss})
            assert await play(town, group, situation) == undisturbed[group], (number, loss)
            town.close()


@pytest.mark.parametrize(("group", "situation"), STORIES)
async def test_a_restart_after_every_single_step_changes_nothing(
    undisturbed: dict[str, Any], group: str, situation: str
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
