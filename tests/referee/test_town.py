"""The simulated town before the referee: lawful when all goes well, and rightly accused when it does not."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.client import ServiceRefused
from flow_model.catalogue import Catalogue
from flow_model.limits import PATHS, PathName
from measurement.referee import RULES
from tests.flow.test_toy_library import borrow
from tests.referee.logs import log_of
from tests.town_in_memory import Town, build_town
from tests.toy_library import LAWS, LIBRARY

WISHES = ("verify", "supplement", "return_to_issuer", "reject")
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


AWAY = {"kind": "absence", "from": "2026-10-05T08:01:00+07:00", "until": "2026-10-07T10:00:00+07:00"}
LOST = {"kind": "message", "sender": "civil_status", "event": "granted", "effect": "lost"}
REASONS = {"reason_vi": "Không đủ điều kiện", "reason_en": "not eligible"}


@pytest.mark.parametrize(
    ("fault", "rules"),
    [
        (AWAY | {"agency": "residence"}, {"acknowledged_in_time"}),
        (AWAY | {"agency": "civil_status", "who": "officer"}, {"decided_within_limit"}),
        (LOST | {"minutes": 600}, {"synchronised_in_time"}),
        (
            {"kind": "officer_decides", "procedure": "birth_registration", "decision": "reject", **REASONS},
            set(),
        ),
    ],
)
async def test_a_fault_is_called_by_the_rule_that_it_breaks(
    town: Town, fault: dict[str, Any], rules: set[str]
) -> None:
    run = await town.open(faults=[fault])
    await town.declare(run, "birth", "newborn")
    await town.settle(run)
    violations = (await town.get(f"/runs/{run}/referee"))["violations"]
    assert {each["rule"] for each in violations} == rules


@pytest.mark.parametrize("path", PATHS)
async def test_who_withdraws_half_way_leaves_a_lawful_log(town: Town, path: PathName) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn", path=path)
    for _ in range(8):
        await town.settle(run, to="next")
    answer = await town.ask("PUT", f"/runs/{run}/dossiers/{dossier}/withdrawal", {"reason": "Đổi ý"})
    assert answer.raise_for_problem().body["state"] == "withdrawn"
    await town.settle(run)
    assert (await town.get(f"/runs/{run}/referee"))["violations"] == []


async def test_what_still_goes_on_is_accused_of_nothing(town: Town) -> None:
    run = await town.open(citizens="human")
    dossier = await town.declare(run, "birth", "newborn_with_grandparents")
    await town.settle(run)
    assert (await town.outcomes(run, dossier))["permanent_residence"] == "sent"
    assert (await town.get(f"/runs/{run}/referee"))["violations"] == []


@pytest.fixture
async def library() -> AsyncIterator[Town]:
    """A town where nobody is born and nobody dies: there is only the library."""
    town = build_town(Catalogue([LIBRARY]))
    yield town
    town.close()


@pytest.mark.parametrize("path", PATHS)
async def test_the_referee_knows_no_group_by_name(library: Town, path: str) -> None:
    for wish in WISHES:
        run = await library.open(wish.replace("_", "-"))
        await borrow(library, run, wish, path, guarantor=wish == "verify")
        await library.settle(run)
        assert (await library.get(f"/runs/{run}/referee"))["violations"] == [], wish


async def test_a_log_read_over_http_is_judged_as_the_gateway_judges_it(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "death", "social_protection")
    await town.settle(run)
    log = await log_of(town, run, dossier)
    assert log.with_events(log.events, as_written=True) == log
