"""What people do in a story: at which instant, how long after an event, and before whom."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flow_model.catalogue import HERE
from scenarios.loading import load_file
from tests.scenarios.playing import play_in, story
from tests.town_in_memory import Town


async def test_people_act_at_instants_and_a_while_after_events(town: Town) -> None:
    acts = """
[run]
citizens = "human"
[[declare]]
group = "birth"
situation = "newborn_with_grandparents"
at = 2026-10-06T09:00:00+07:00
[[act]]
does = "consent"
party = "householder"
after = "consent_requested"
wait = "3 working_days"
[expect.outcomes.dossier]
permanent_residence = "granted"
"""
    loaded = story(acts)
    seen: list[dict[str, Any]] = []
    played = await play_in(town, loaded, watch=lambda _name, event: seen.append(event))
    assert played.verdict == "passed", played.failures
    at = {event["kind"]: event["at"] for event in seen}
    assert at["declared"] == "2026-10-06T09:00:00+07:00"
    assert at["consent_given"] == "2026-10-09T09:00:00+07:00"


async def test_a_consent_that_the_simulated_relative_gave_before_is_a_failure_that_says_what_to_do(
    town: Town,
) -> None:
    waits = """
[[declare]]
group = "birth"
situation = "newborn_with_grandparents"
[[act]]
does = "consent"
party = "householder"
after = "consent_requested"
wait = "{wait}"
"""
    (failure,) = (await play_in(town, story(waits.format(wait="2 days")))).failures
    assert failure.where == "act[0]"
    assert 'set citizens = "human" under [run]' in failure.actual
    human = '[run]\ncitizens = "human"'
    for goes_well in ([waits.format(wait="1 minutes")], [human, waits.format(wait="2 days")]):
        assert (await play_in(town, story(*goes_well))).verdict == "passed"


async def test_the_story_in_the_guide_goes_as_it_is_written(town: Town) -> None:
    page = (HERE / "docs" / "scenarios.md").read_text(encoding="utf-8")
    text = page.split("```toml\n")[1].split("```")[0]
    seen: dict[str, datetime] = {}

    def see(_name: str, event: dict[str, Any]) -> None:
        seen[event["kind"]] = datetime.fromisoformat(event["at"])

    played = await play_in(town, load_file(Path("guide.toml"), text), watch=see)
    assert played.verdict == "passed", played.failures
    assert seen["consent_given"] == seen["consent_requested"] + timedelta(days=2)
