"""Faults that last, or are added one upon another: nothing overflows, is dropped, or waits for ever."""

import pytest

import gateway.app
from flow_model.catalogue import catalogue
from gateway.intake import MOST_REFUSALS
from gateway.runs import AWAITS_PULL
from tests.flow.test_faults import ALL, NEVER_ARRIVED, RESIDENCE, injected, played
from tests.town_in_memory import Town


@pytest.mark.parametrize("effect", NEVER_ARRIVED)
async def test_what_fails_for_weeks_is_tried_until_it_is_over(town: Town, effect: str) -> None:
    until = "2026-10-26T08:00:00+07:00"
    fault = {"kind": "line", "to": "residence", "calls": "send", "effect": effect, "until": until}
    dossier = await played(town, [fault])
    assert await town.outcomes("run", dossier) == ALL
    assert (await town.event("run", dossier, "sent", RESIDENCE))["at"] >= until


async def test_faults_under_a_new_name_all_bite_though_some_are_known(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    known = {"kind": "message_lost", "agency": "civil_status", "event": "granted"}
    down = {"kind": "line", "to": "residence", "calls": "send", "effect": "refused"}
    for name, faults in (("one", [known]), ("two", [known, down]), ("two", [known, down])):
        (await town.ask("POST", f"/runs/{run}/faults/{name}", {"faults": faults})).raise_for_problem()
    await town.settle()
    assert [each["fault"] for each in await injected(town, dossier)].count("line") == 1


async def test_an_agency_that_signs_with_another_secret_holds_up_nobody_for_ever(town: Town) -> None:
    town.apps["gateway"].state.store.close()
    other = gateway.app.build(
        None, town.client, catalogue(), lambda: "other", secret="another secret, long enough"
    )
    town.apps["gateway"] = other
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    assert (await town.settle())["settled"]
    history = await town.history(run, dossier)
    refused = [each["payload"] for each in history if each["kind"] == "message_refused"]
    assert [each["reason"] for each in refused] == ["wrong_signature"] * MOST_REFUSALS
    assert refused[-1]["again_at"] == AWAITS_PULL
    (await town.ask("PUT", f"/runs/{run}/dossiers/{dossier}/pull")).raise_for_problem()
    assert (await town.kinds(run, dossier)).count("message_refused") == MOST_REFUSALS + 1
