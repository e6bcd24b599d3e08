"""The simulated town before the referee: lawful when all goes well, and rightly accused when it does not."""

from collections.abc import AsyncIterator

import pytest

from chassis.client import ServiceRefused
from flow_model.catalogue import Catalogue
from flow_model.limits import PATHS, PathName
from measurement.referee import RULES
from tests.flow.test_toy_library import EFFECTS, borrow
from tests.referee.logs import log_of
from tests.town_in_memory import Town, build_town
from tests.toy_library import LAWS, LIBRARY

# What the door refuses leaves no dossier that a referee could read.
AT_THE_DOOR = {"child_over_six", "child_died", "no_permanent_residence"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("law", LAWS)
async def test_no_situation_breaks_a_rule(town: Town, law: str, path: PathName) -> None:
    """Every situation on both paths, every law on both paths; a situation meets another law on each path."""
    run = await town.open(law=law)
    situations = (await town.client.call("population", "GET", "/situations")).body["situations"]
    for place, situation in enumerate(situations):
        if (place + LAWS.index(law) + 2 * PATHS.index(path)) % len(LAWS):
            continue
        family = (await town.get(f"/runs/{run}/families", situation=situation["id"], limit=1))[0]
        group = "death" if "deceased" in family["roles"] else "birth"
        if situation["id"] in AT_THE_DOOR:
            with pytest.raises(ServiceRefused):
                await town.declare(run, group, situation["id"], path=path)
        else:
            await town.declare(run, group, situation["id"], path=path)
    assert (await town.settle(run))["settled"]
    assert await town.get(f"/runs/{run}/referee") == {"violations": [], "rules_checked": len(RULES)}


async def test_an_office_that_waited_for_a_registry_is_late_and_is_told_so(town: Town) -> None:
    down = {
        "kind": "outage",
        "service": "health",
        "from": "2026-10-05T08:01:00+07:00",
        "until": "2026-10-07T10:00:00+07:00",
    }
    run = await town.open(faults=[down])
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    violations = (await town.get(f"/runs/{run}/dossiers/{dossier}/referee"))["violations"]
    assert [each["rule"] for each in violations] == ["decided_within_limit"]
    assert violations[0]["procedure"] == "birth_registration"
    assert violations[0]["article"].startswith("Luật Hộ tịch")
    granted = await town.event(run, dossier, "granted", "birth_registration")
    assert violations[0]["sequence"] == granted["sequence"]


async def test_a_counter_that_was_closed_gets_the_birth_too_late_from_the_gateway(town: Town) -> None:
    down = {
        "kind": "outage",
        "service": "social_insurance",
        "from": "2026-10-05T08:00:00+07:00",
        "until": "2026-10-08T10:00:00+07:00",
    }
    run = await town.open(faults=[down])
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    violations = (await town.get(f"/runs/{run}/dossiers/{dossier}/referee"))["violations"]
    assert [(each["rule"], each["procedure"]) for each in violations] == [
        ("synchronised_in_time", "health_insurance_card")
    ]


async def test_what_still_goes_on_is_accused_of_nothing(town: Town) -> None:
    run = await town.open(citizens="human")
    dossier = await town.declare(run, "birth", "newborn_with_grandparents")
    await town.settle(run)
    assert (await town.outcomes(run, dossier))["permanent_residence"] == "sent"
    assert (await town.get(f"/runs/{run}/referee"))["violations"] == []


async def test_an_officer_who_rejects_without_a_word_is_accused(town: Town) -> None:
    run = await town.open(officers="human")
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    path = f"/runs/{run}/worklists/civil_status/{dossier}.birth_registration/decision"
    decision = {"decision": "reject", "reason": "", "officer": "Nguyễn Thị Mẫu"}
    answer = await town.ask("PUT", path, decision)
    if answer.status == 422:  # the desk itself may come to refuse this
        return
    answer.raise_for_problem()
    await town.settle(run)
    violations = (await town.get(f"/runs/{run}/referee"))["violations"]
    assert "says_why" in {each["rule"] for each in violations}


@pytest.fixture
async def library() -> AsyncIterator[Town]:
    """A town where nobody is born and nobody dies: there is only the library."""
    town = build_town(Catalogue([LIBRARY]))
    yield town
    town.close()


@pytest.mark.parametrize("path", PATHS)
async def test_the_referee_knows_no_group_by_name(library: Town, path: str) -> None:
    for effect in EFFECTS:
        run = await library.open(f"{effect.replace('_', '-')}")
        await borrow(library, run, effect, path, guarantor=effect == "nothing")
        await library.settle(run)
        assert (await library.get(f"/runs/{run}/referee"))["violations"] == [], effect


async def test_a_log_read_over_http_is_judged_as_the_gateway_judges_it(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "death", "social_protection")
    await town.settle(run)
    log = await log_of(town, run, dossier)
    assert log.with_events(log.events, as_written=True) == log
