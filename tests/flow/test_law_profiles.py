"""The law as dated data: what each profile says, and what a wrong row does."""

import tomllib

import pytest

from flow_model.catalogue import catalogue
from flow_model.errors import BadContract, UnknownThing
from flow_model.limits import PATHS, LawBook
from tests.town_in_memory import Town

PROFILE = """
[[profile]]
id = "p"
default = true
title_vi = "x"
title_en = "x"
separate_as_of = 2024-01-01
interlinked_as_of = 2024-01-01
note_vi = "x"
note_en = "x"
"""
ROW = """
[[limit]]
procedure = "a"
path = "both"
value = 5
unit = "working_days"
since = 2020-01-01
article = "Điều 1"
confidence = "confirmed"
"""


@pytest.mark.parametrize(
    "line", ["article = ", "since = ", "unit = ", "confidence = ", "path = ", "value = "]
)
def test_a_row_without_article_date_unit_or_confidence_stops_the_program(line: str) -> None:
    broken = "\n".join(each for each in ROW.splitlines() if not each.startswith(line))
    with pytest.raises(BadContract):
        LawBook("x", tomllib.loads(PROFILE + broken))


def test_the_row_in_force_on_the_day_is_the_one_that_counts() -> None:
    later = ROW.replace("value = 5", "value = 3").replace("2020-01-01", "2024-06-01")
    assert LawBook("x", tomllib.loads(PROFILE + ROW + later)).limit("a", "separate", "p").value == 5
    after = PROFILE.replace("2024-01-01", "2024-06-01")
    assert LawBook("x", tomllib.loads(after + ROW + later)).limit("a", "separate", "p").value == 3


def test_a_repealed_row_leaves_a_gap_that_is_told() -> None:
    ended = ROW + "until = 2023-12-31\n"
    with pytest.raises(BadContract):
        LawBook("x", tomllib.loads(PROFILE + ended)).limit("a", "separate", "p")


def test_every_row_of_both_groups_says_where_it_stands_and_how_sure_we_are() -> None:
    for group in catalogue().groups.values():
        for row in [*group.law.limits, *group.law.totals, *group.law.terms]:
            assert row.article
            assert row.confidence in ("confirmed", "secondary", "inferred", "unverified")


def test_the_breakdown_of_the_published_claim_says_that_it_is_inferred() -> None:
    for group in catalogue().groups.values():
        claimed = [
            row for row in group.law.limits if row.only_in == "claim-2023" and row.path == "interlinked"
        ]
        assert claimed
        assert {row.confidence for row in claimed} == {"inferred"}


def test_an_unknown_profile_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownThing, match="decree-63-2024"):
        catalogue().group("birth").law.profile("decree-99-2099")


@pytest.mark.parametrize("law", ["claim-2023", "decree-63-2024", "two-tier-2025", "decree-301-2026"])
async def test_every_profile_runs_both_groups_on_both_paths(town: Town, law: str) -> None:
    for path in PATHS:
        run = await town.open(f"{path}-{law}", law=law)
        for group, situation in (("birth", "newborn"), ("death", "pensioner")):
            dossier = await town.declare(run, group, situation, path=path)
            await town.settle(run)
            assert set((await town.outcomes(run, dossier)).values()) == {"granted"}
    shown = await town.get(f"/laws/{law}")
    assert set(shown["groups"]) == {"birth", "death"}


async def test_the_law_page_shows_the_totals_by_benefit_and_with_verification(town: Town) -> None:
    shown = (await town.get("/laws/decree-63-2024"))["groups"]
    death = {
        choice["procedures"][-1]: choice
        for choice in shown["death"]["interlinked"]["choices"]
        if len(choice["procedures"]) == 3
    }
    values = {name: choice["legal"]["value"] for name, choice in death.items()}
    assert values == {
        "funeral_allowance": 9,
        "funeral_support": 6,
        "funeral_grant": 18,
        "survivor_benefit": 9,
    }
    assert death["funeral_support"]["when"]["over_eighty"]["value"] == 11
    terms = shown["birth"]["interlinked"]["terms"]
    assert (terms["acknowledge"]["value"], terms["acknowledge"]["unit"]) == (2, "working_hours")
    assert (terms["sync"]["value"], terms["sync"]["unit"]) == (10, "minutes")
    assert shown["death"]["interlinked"]["terms"]["funeral_grant_amount"]["value"] is None
    birth = shown["birth"]["interlinked"]["choices"][0]
    assert (birth["legal"]["value"], birth["when"]["verification"]["value"]) == (3, 5)
