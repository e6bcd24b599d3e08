"""The invented people: what holds in every family."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_registries import places
from mock_registries.people import SITUATIONS, Family, Situation, family_in, social_insurance_number
from tests.unit.people.situations import MOMENT, years_old


def test_households_hold_the_families_own_people_at_their_own_address(sample: list[Family]) -> None:
    for each in sample:
        by_key = {person.key: person for person in each.persons}
        listed = [member.personal_id for household in each.households for member in household.members]
        assert len(set(listed)) == len(listed)
        for household in each.households:
            heads = [m.personal_id for m in household.members if m.relation_to_head == "head"]
            assert heads == [household.head_id]
            assert household.owner_id in by_key
            assert all(by_key[m.personal_id].residence == household.address for m in household.members)
            assert years_old(by_key[household.head_id], MOMENT.date()) >= 18
        unlisted = [by_key[key] for key in by_key if key not in listed]
        assert all(person.residence is None or person.nationality != "VN" for person in unlisted)


def test_the_householder_is_head_of_a_household_and_the_owner_owns_it(sample: list[Family]) -> None:
    for each in sample:
        pairs = {(household.head_id, household.owner_id) for household in each.households}
        assert (each.roles["householder"], each.roles["owner"]) in pairs


def test_addresses_are_of_real_communes(sample: list[Family]) -> None:
    for each in sample:
        for address in [household.address for household in each.households]:
            assert address.commune_code in places.communes_of(address.province_code)


def test_spouses_were_of_age_when_they_married(sample: list[Family]) -> None:
    for each in sample:
        if each.marriage is None:
            continue
        by_key = {person.key: person for person in each.persons}
        man, woman = (by_key[key] for key in each.marriage.spouse_ids)
        assert (man.sex, woman.sex) == ("male", "female")
        assert years_old(man, each.marriage.registered_on) >= 20
        assert years_old(woman, each.marriage.registered_on) >= 18
        assert abs(man.born_on - woman.born_on) < timedelta(days=366 * 10)


def test_parents_were_grown_and_mothers_not_past_45_at_each_birth(sample: list[Family]) -> None:
    for each in sample:
        by_key = {person.key: person for person in each.persons}
        births = [(by_key[child].born_on, parents) for child, parents in each.parentage.items()]
        for new in each.facts.get("children", ()):
            if "mother" in each.roles:
                assert 18 <= years_old(each.person("mother"), new.born_at.date()) <= 45
        for born_on, parents in births:
            if parents.mother_id:
                assert 18 <= years_old(by_key[parents.mother_id], born_on) <= 45
            if parents.father_id:
                assert 18 <= years_old(by_key[parents.father_id], born_on) <= 60


def test_cards_were_issued_after_fourteen_and_before_the_run(sample: list[Family]) -> None:
    for each in sample:
        for person in each.persons:
            if person.nationality != "VN":
                assert person.id_paper == "passport"
            elif person.id_issued_on is None:
                assert years_old(person, MOMENT.date()) <= 14 or person.key == each.roles["deceased"]
            else:
                assert years_old(person, person.id_issued_on) >= 13
                assert person.id_issued_on < MOMENT.date()
                assert person.id_issued_by


def test_everybody_has_an_insurance_standing_of_their_own(sample: list[Family]) -> None:
    for each in sample:
        by_key = {person.key: person for person in each.persons}
        assert set(each.entitlements) == set(by_key)
        assert len({entitlements.poor_household for entitlements in each.entitlements.values()}) == 1
        for key, entitlements in each.entitlements.items():
            insurance = entitlements.insurance
            insured = insurance.standing != "none"
            assert insured == (insurance.months_paid > 0)
            assert insurance.number == (social_insurance_number(by_key[key]) if insured else "0" * 10)
            assert bool(entitlements.merit_decision_number) == entitlements.merit


def test_roles_name_people_of_the_family(sample: list[Family]) -> None:
    for each in sample:
        assert {"declarant", "householder", "owner"} <= set(each.roles)
        assert all(each.person(role).key == key for role, key in each.roles.items())
        assert years_old(each.person("declarant"), MOMENT.date()) >= 18


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**64 - 1),
    st.integers(0, 99_999),
    st.sampled_from(SITUATIONS),
    st.integers(0, 5_000_000),
)
def test_papers_are_signed_in_daytime_before_the_run_whenever_it_begins(
    seed: int, index: int, situation: Situation, minutes: int
) -> None:
    moment = MOMENT + timedelta(minutes=minutes)
    each = family_in(situation.id, seed, index, moment)
    births = [notice.issued_at for notice in each.birth_notices]
    for issued_at in births + [notice.issued_at for notice in each.death_notices]:
        assert 8 <= issued_at.hour <= 17
        assert issued_at <= moment
    for birth in each.birth_notices:
        assert birth.child_born_at < birth.issued_at
    for death in each.death_notices:
        # At the latest: a death at 13:00, signed after 17:00 and so put off to 11:00 of the next morning.
        assert timedelta(0) < death.issued_at - death.died_at <= timedelta(hours=22)
        assert moment - death.died_at < timedelta(days=5)
