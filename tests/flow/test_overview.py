"""A dossier in one answer: what each address says by itself."""

import pytest

from tests.town_in_memory import Town

PARTS = {
    "dossier": "",
    "history": "/events",
    "due_dates": "/due-dates",
    "messages": "/messages",
    "next_moves": "/next-moves",
    "results": "/results",
    "measurement": "/measurement",
}


@pytest.mark.parametrize("to", ["next", "settled"])
@pytest.mark.parametrize(("group", "situation"), [("birth", "newborn"), ("death", "pensioner")])
async def test_an_overview_says_what_every_address_says(
    town: Town, group: str, situation: str, to: str
) -> None:
    run, recorded = "run", to == "settled"
    await town.post("/runs", {"run_id": run, "record": recorded, "terms": {"seed": 7}})
    dossier = await town.declare(run, group, situation)
    await town.settle(run, to)
    at = f"/runs/{run}/dossiers/{dossier}"
    overview = await town.get(f"{at}/overview")
    assert overview == {name: await town.get(f"{at}{path}") for name, path in PARTS.items()} | {
        "run": await town.get(f"/runs/{run}"),
        "recorded": recorded,
    }
    assert overview["history"]["whole"]


async def test_nothing_is_said_of_a_dossier_that_is_not_there(town: Town) -> None:
    run = await town.open()
    answer = await town.ask("GET", f"/runs/{run}/dossiers/B-2026-000009/overview")
    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (404, "not-found")
