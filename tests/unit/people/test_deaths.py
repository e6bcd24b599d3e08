"""The invented people: deaths, situation by situation."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mock_registries.people import SITUATIONS, Family, Person
from tests.unit.people.situations import MOMENT, in_situation, years_old

DEATHS = [situation.id for situation in SITUATIONS[14:]]
WITHOUT_DEATH_NOTICE = {"died_at_home", "long_past_death"}


def deceased_in(situation: str) -> Iterator[tuple[Family, Person]]:
    return ((each, each.person("deceased")) for each in in_situation(situation))


@pytest.mark.parametrize("situation", DEATHS)
def test_a_death_family_knows_what_the_form_asks(situation: str) -> None:
    for each in in_situation(situation, 15):
        assert not each.birth_notices
        assert set(each.facts) >= {
            "died_at", "death_place", "death_place_text", "cause", "burial_at", "burial_place", "relation",
            "relatives", "payment", "bank_account", "survivor_benefit_choice", "only_member", "copies_wanted",
        }  # fmt: skip
        assert each.roles["declarant"] != each.roles["deceased"]
        survivors = {relative.personal_id: relative.relation for relative in each.facts["relatives"]}
        assert survivors[each.roles["declarant"]] == each.facts["relation"]
        assert each.roles["deceased"] not in survivors
        assert each.facts["burial_at"] > each.facts["died_at"]
        assert len(each.death_notices) == (0 if situation in WITHOUT_DEATH_NOTICE else 1)
        for notice in each.death_notices:
            assert notice.deceased_id == each.roles["deceased"]
            assert (notice.died_at, notice.cause) == (each.facts["died_at"], each.facts["cause"])
            assert (notice.place, notice.place_text) == (
                each.facts["death_place"],
                each.facts["death_place_text"],
            )


@pytest.mark.parametrize(
    ("situation", "standing", "youngest"),
    [
        ("pensioner", "pension", 62),
        ("pensioner_reserved_time", "reserved_time", 45),
        ("voluntary_insured", "voluntary", 35),
        ("working_insured", "working", 32),
        ("merit_and_pension", "pension", 72),
        ("householder_died", "pension", 60),
    ],
)
def test_the_insured_die_with_their_standing(situation: str, standing: str, youngest: int) -> None:
    for each, deceased in deceased_in(situation):
        assert each.entitlements[deceased.key].insurance.standing == standing
        assert years_old(deceased, each.facts["died_at"].date()) >= youngest
    assert all("employer" in each.facts for each in in_situation("working_insured", 5))


def test_the_voluntarily_insured_have_paid_five_years() -> None:
    for each, deceased in deceased_in("voluntary_insured"):
        assert each.entitlements[deceased.key].insurance.months_paid >= 60


def test_a_pensioner_dies_in_hospital() -> None:
    for each in in_situation("pensioner"):
        assert each.death_notices[0].issuer_kind == "hospital"


def test_the_survivor_over_eighty_drew_a_monthly_allowance() -> None:
    for each, deceased in deceased_in("over_eighty_survivor"):
        assert each.entitlements[deceased.key].monthly_survivor_over_80
        assert years_old(deceased, each.facts["died_at"].date()) >= 80
        notice = each.death_notices[0]
        assert notice.issuer_kind == "commune"
        # The commune that registers the death would issue none.
        assert deceased.residence is not None
        assert notice.place.commune_code != deceased.residence.commune_code


@pytest.mark.parametrize(
    ("situation", "support", "youngest"),
    [("social_protection", "monthly_assistance", 62), ("social_pension", "social_pension", 75)],
)
def test_social_support_is_on_the_books(situation: str, support: str, youngest: int) -> None:
    for each, deceased in deceased_in(situation):
        entitlements = each.entitlements[deceased.key]
        assert entitlements.social_protection == support
        assert entitlements.insurance.standing == "none"
        assert years_old(deceased, each.facts["died_at"].date()) >= youngest


@pytest.mark.parametrize(("situation", "entitlements"), [("merit", 1), ("merit_and_pension", 2)])
def test_merit_stands_alone_or_beside_a_pension(situation: str, entitlements: int) -> None:
    for each, deceased in deceased_in(situation):
        had = each.entitlements[deceased.key]
        assert had.merit
        assert had.merit_decision_number
        assert had.merit + (had.insurance.standing == "pension") == entitlements


@pytest.mark.parametrize("situation", ["nobody_entitled", "no_permanent_residence", "long_past_death"])
def test_nothing_is_owed_where_nobody_is_entitled(situation: str) -> None:
    for each, deceased in deceased_in(situation):
        had = each.entitlements[deceased.key]
        assert had.insurance.standing == had.social_protection == "none"
        assert not had.merit
        assert not had.monthly_survivor_over_80


def test_a_sole_member_leaves_an_empty_household() -> None:
    for each, deceased in deceased_in("sole_member"):
        (own,) = [household for household in each.households if household.head_id == deceased.key]
        assert [member.personal_id for member in own.members] == [deceased.key]
        assert each.facts["only_member"]
        assert each.person("declarant").residence != deceased.residence


def test_when_the_householder_dies_another_is_named() -> None:
    for each, deceased in deceased_in("householder_died"):
        (household,) = each.households
        assert household.head_id == deceased.key == each.roles["householder"]
        others = {member.personal_id for member in household.members} - {deceased.key}
        assert each.facts["new_householder"] in others


def test_without_permanent_residence_there_is_nothing_to_delete() -> None:
    for each, deceased in deceased_in("no_permanent_residence"):
        assert deceased.residence is None
        listed = {member.personal_id for household in each.households for member in household.members}
        assert deceased.key not in listed


def test_a_death_at_home_has_no_notice_yet() -> None:
    for each, deceased in deceased_in("died_at_home"):
        assert each.death_notices == ()
        assert each.facts["death_place"] == deceased.residence
        assert MOMENT - each.facts["died_at"] < timedelta(days=5)


def test_a_long_past_death_lies_years_back_with_other_evidence() -> None:
    for each in in_situation("long_past_death"):
        assert MOMENT - each.facts["died_at"] > timedelta(days=700)
        assert each.facts["substitute_evidence"]
