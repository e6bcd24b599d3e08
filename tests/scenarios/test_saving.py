"""Runs saved back as stories: what is done at one instant, in which order, and what cannot be saved."""

from pathlib import Path
from typing import Any

import pytest

from flow_model.errors import NotAllowedNow
from scenarios.door import Door
from scenarios.loading import load_file
from scenarios.model import MOST_DECLARED, Scenario
from scenarios.saving import saved
from tests.flow.test_poison import poisoned
from tests.scenarios.playing import play_in
from tests.town_in_memory import Town


async def played_again(town: Town, run: str, dossier: str) -> Scenario:
    """The story of a run, once it has given an equal log of every dossier that is finished."""
    text = await saved(Door(town.client), run, dossier, "saved")
    loaded = load_file(Path("saved.toml"), text)
    played = await play_in(town, loaded)
    assert played.verdict == "passed", played.failures
    for name, digest in loaded.scenario.expect.log.items():
        code = played.dossiers[name].partition("/")[2]
        assert (await town.history(run, code))[-1]["hash"] == digest
    return loaded.scenario


async def withdraw(town: Town, run: str, dossier: str) -> None:
    path = f"/runs/{run}/dossiers/{dossier}/withdrawal"
    (await town.ask("PUT", path, {"reason": "Khai nhầm"})).raise_for_problem()


STORIES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "a simple birth": ({}, "birth", "newborn", "interlinked"),
    "a birth on the old path": ({}, "birth", "newborn", "separate"),
    "a death with money": ({"law": "decree-63-2024"}, "death", "social_protection", "interlinked"),
    "a manual clock": ({"clock": "manual"}, "birth", "newborn", "interlinked"),
    "trouble": (
        {"faults": [{"kind": "second_supplement", "procedure": "permanent_residence", "papers": ["a", "b"]}]},
        "birth",
        "no_birth_notice",
        "interlinked",
    ),
}


@pytest.mark.parametrize("name", STORIES)
async def test_a_finished_dossier_saves_back_as_a_story_with_an_equal_log(town: Town, name: str) -> None:
    terms, group, situation, path = STORIES[name]
    run = await town.open("original", **terms)
    dossier = await town.declare(run, group, situation, path=path)
    to = "next" if terms.get("clock") == "manual" else "settled"
    while not (await town.settle(run, to))["settled"]:
        pass
    text = await saved(Door(town.client), run, dossier, "saved")
    loaded = load_file(Path("saved.toml"), text)
    played = await play_in(town, loaded)
    assert played.verdict == "passed", played.failures
    assert played.logs == {"dossier": (await town.history(run, dossier))[-1]["hash"]}
    other = await play_in(town, loaded, seed=99)
    assert "expect.log.dossier" in {failure.where for failure in other.failures}, "the comparison can fail"


async def test_what_people_did_is_saved_with_the_dossier(town: Town) -> None:
    run = await town.open("original", citizens="human", officers="human", law="decree-63-2024")
    preview = await town.example(run, "birth", "newborn_with_grandparents")
    draft = {key: preview[key] for key in ("group", "procedures", "declaration")}
    shown = await town.post(f"/runs/{run}/previews", draft)
    answer = f"/runs/{run}/previews/{shown['preview']}/answer"
    dossier = (await town.ask("PUT", answer, {"agreed": True})).body["dossier"]["dossier"]
    second = await town.declare(run, "death", "pensioner")
    await town.settle(run, "2026-10-05T10:00:00+07:00")
    decision = {"decision": "grant", "reason": "", "officer": "Nguyễn Thị Mẫu"}
    path = f"/runs/{run}/worklists/civil_status/{dossier}.birth_registration/decision"
    (await town.ask("PUT", path, decision)).raise_for_problem()
    consent = f"/runs/{run}/dossiers/{dossier}/consents/householder"
    (await town.ask("PUT", consent, {"given": True})).raise_for_problem()
    fault = {"faults": [{"kind": "message_twice", "agency": "residence"}]}
    (await town.ask("POST", f"/runs/{run}/faults/late", fault)).raise_for_problem()
    await town.settle(run)
    (
        await town.ask("PUT", f"/runs/{run}/dossiers/{dossier}/withdrawal", {"reason": "Thôi"})
    ).raise_for_problem()
    await town.settle(run)
    loaded = load_file(Path("saved.toml"), await saved(Door(town.client), run, dossier, "saved"))
    assert {act.does for act in loaded.scenario.act} == {"decide", "consent", "add_fault", "withdraw"}
    played = await play_in(town, loaded)
    assert played.verdict == "passed", played.failures
    assert set(played.logs.values()) == {
        (await town.history(run, code))[-1]["hash"] for code in (dossier, second)
    }


async def test_a_death_declared_before_a_birth_is_played_again_in_this_order(town: Town) -> None:
    run = await town.open("original")
    death = await town.declare(run, "death", "pensioner")
    await town.declare(run, "birth", "newborn")
    await town.settle(run)
    story = await played_again(town, run, death)
    assert [each.group for each in story.declare] == ["death", "birth"]
    assert set(story.expect.log) == {each.name for each in story.declare}


async def test_what_is_withdrawn_and_declared_anew_at_one_instant_is_two_declarations(town: Town) -> None:
    run = await town.open("original")
    first = await town.declare(run, "birth", "newborn")
    await withdraw(town, run, first)
    second = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    story = await played_again(town, run, second)
    assert [each.turn for each in (*story.declare, *story.act)] == [0, 2, 1]


async def shown(town: Town, run: str, situation: str = "newborn") -> str:
    example = await town.example(run, "birth", situation)
    draft = {key: example[key] for key in ("group", "procedures", "declaration")}
    return str((await town.post(f"/runs/{run}/previews", draft))["preview"])


async def answered(town: Town, run: str, preview: str, *, agreed: bool) -> str:
    answer = await town.ask("PUT", f"/runs/{run}/previews/{preview}/answer", {"agreed": agreed})
    view = answer.raise_for_problem().body["dossier"]
    return str(view["dossier"]) if view else ""


async def test_a_dossier_keeps_the_number_of_its_preview(town: Town) -> None:
    run = await town.open("original")
    await answered(town, run, await shown(town, run), agreed=False)
    second, _third = await shown(town, run), await shown(town, run)
    dossier = await answered(town, run, second, agreed=True)
    await town.settle(run)
    story = await played_again(town, run, dossier)
    assert [each.preview for each in story.declare] == ["refused", "agreed"]


async def test_previews_agreed_to_in_another_order_than_shown_are_refused(town: Town) -> None:
    run = await town.open("original")
    first, second = await shown(town, run), await shown(town, run, "newborn_with_grandparents")
    for preview in (second, first):
        dossier = await answered(town, run, preview, agreed=True)
    await town.settle(run)
    with pytest.raises(NotAllowedNow, match="agreed to after a later one"):
        await saved(Door(town.client), run, dossier, "saved")


async def test_a_run_without_families_is_a_story(town: Town) -> None:
    example = await town.example(await town.open("others"), "birth", "newborn")
    run = await town.open("original", families=0)
    body = {key: example[key] for key in ("group", "procedures", "declaration")}
    made = await town.post(f"/runs/{run}/dossiers", {**body, "path": "interlinked", "consent": True})
    await town.settle(run)
    await played_again(town, run, made["dossier"])


async def test_a_dossier_that_goes_on_is_not_saved_and_nothing_is_expected_of_it(town: Town) -> None:
    run = await town.open("original", citizens="human")
    waits = await town.declare(run, "birth", "newborn_with_grandparents")
    done = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    with pytest.raises(NotAllowedNow, match="not finished"):
        await saved(Door(town.client), run, waits, "saved")
    answer = await town.ask("GET", f"/runs/{run}/dossiers/{waits}/scenario")
    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (409, "not-allowed-now")
    story = await played_again(town, run, done)
    assert set(story.expect.log) == set(story.expect.outcomes) == {"dossier"}


async def test_more_than_a_story_holds_is_refused_with_the_reason(town: Town) -> None:
    run = await town.open("original")
    first = await town.declare(run, "birth", "newborn")
    await withdraw(town, run, first)
    for _ in range(MOST_DECLARED):
        await withdraw(town, run, await town.declare(run, "birth", "newborn"))
    with pytest.raises(NotAllowedNow, match=f"{MOST_DECLARED} declarations at the most, and this run has 51"):
        await saved(Door(town.client), run, first, "saved")


async def test_a_story_too_long_to_be_sent_is_refused(town: Town) -> None:
    run = await town.open("original")
    dossier = await town.declare(run, "birth", "newborn")
    for _ in range(30):
        await withdraw(town, run, dossier)
        dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    with pytest.raises(NotAllowedNow, match="characters, too long to be sent"):
        await saved(Door(town.client), run, dossier, "saved")
    answer = await town.ask("GET", f"/runs/{run}/dossiers/{dossier}/scenario")
    assert answer.status == 409


async def test_what_was_stuck_in_earnest_and_put_back_is_refused(town: Town) -> None:
    run = await town.open("run")
    dossier = await town.declare(run, "birth", "newborn")
    with poisoned(town, "residence", f"{dossier}.permanent_residence"):
        await town.settle()
    path = f"/runs/{run}/dossiers/{dossier}/moves/send/permanent_residence/retry"
    (await town.ask("POST", path)).raise_for_problem()
    await town.settle()
    with pytest.raises(NotAllowedNow, match="stuck in earnest"):
        await saved(Door(town.client), run, dossier, "saved")
