"""The invented people: births, situation by situation."""

from datetime import timedelta

import pytest

from mock_registries.people import SITUATIONS
from tests.unit.people.situations import MOMENT, in_situation

BIRTHS = [situation.id for situation in SITUATIONS[:14]]


@pytest.mark.parametrize("situation", BIRTHS)
def test_a_birth_family_knows_what_the_form_asks(situation: str) -> None:
    for each in in_situation(situation, 15):
        assert not each.death_notices
        assert set(each.facts) >= {
            "children", "hometown", "hometown_from", "ethnicity", "nationality", "residence", "relation",
            "first_contact_facility", "guardian_on_card", "copies_wanted",
        }  # fmt: skip
        assert each.roles["declarant"] == each.roles[each.facts["relation"]]
        assert each.facts["guardian_on_card"] in each.roles
        assert each.facts["residence"] == each.person("householder").residence
        assert each.facts["hometown"] == each.person(each.facts["hometown_from"]).hometown
        for notice, child in zip(each.birth_notices, each.facts["children"], strict=False):
            assert (notice.child_born_at, notice.sex) == (child.born_at, child.sex)
            assert notice.intended_name in {"", child.full_name}
            assert notice.facility_name == child.place_text
            assert 1900 <= notice.weight_grams <= 4000
            if "mother" in each.roles:
                mother = each.person("mother")
                seen = notice.mother
                assert (seen.personal_id, seen.name) == (mother.personal_id, mother.full_name)
                assert seen.born_on == mother.born_on


def test_a_newborn_lives_with_married_parents_in_the_fathers_house() -> None:
    for each in in_situation("newborn"):
        (household,) = each.households
        assert household.head_id == household.owner_id == each.roles["father"]
        assert each.marriage is not None
        (notice,) = each.birth_notices
        assert notice.died_on is None
        assert notice.children_this_birth == 1
        assert timedelta(days=1) < MOMENT - notice.child_born_at < timedelta(days=13)


def test_with_grandparents_the_grandfather_must_consent() -> None:
    for each in in_situation("newborn_with_grandparents"):
        (household,) = each.households
        assert household.head_id == household.owner_id == each.roles["grandfather"]
        assert each.roles["householder"] not in {each.roles["father"], each.roles["mother"]}
        assert each.parentage[each.roles["father"]].father_id == each.roles["grandfather"]


def test_a_late_newborn_is_past_sixty_days() -> None:
    for each in in_situation("newborn_late"):
        assert 60 < (MOMENT.date() - each.facts["children"][0].born_at.date()).days <= 80


def test_without_a_birth_notice_there_is_other_evidence() -> None:
    for each in in_situation("no_birth_notice"):
        assert each.birth_notices == ()
        assert each.facts["substitute_evidence"] in {"witness_statement", "pledge"}
        assert each.facts["children"][0].place == each.facts["residence"]


def test_unmarried_parents_have_no_marriage_and_a_father_to_recognise_the_child() -> None:
    for each in in_situation("unmarried_parents"):
        assert each.marriage is None
        assert {"father", "mother"} <= set(each.roles)
        assert each.facts["recognition_by"] == "father"


def test_where_the_father_is_unknown_the_child_follows_the_mother() -> None:
    for each in in_situation("father_unknown"):
        assert "father" not in each.roles
        assert each.marriage is None
        assert each.facts["hometown_from"] == each.facts["relation"] == "mother"


def test_where_the_mother_is_unknown_the_notice_leaves_her_blank() -> None:
    for each in in_situation("mother_unknown"):
        assert "mother" not in each.roles
        assert each.birth_notices[0].mother.name == ""
        assert each.facts["relation"] == each.facts["recognition_by"] == "father"


def test_twins_have_two_notices_with_two_codes() -> None:
    for each in in_situation("twins"):
        first, second = each.birth_notices
        assert first.code != second.code
        assert first.code[5:] == second.code[5:]
        assert first.children_this_birth == second.children_this_birth == 2
        assert first.child_born_at < second.child_born_at
        assert len({child.full_name for child in each.facts["children"]}) == 2


def test_parents_apart_are_married_and_in_two_households() -> None:
    for each in in_situation("parents_apart"):
        assert each.marriage is not None
        heads = {household.head_id for household in each.households}
        assert heads == {each.roles["father"], each.roles["mother"]}
        assert each.person("father").residence != each.person("mother").residence


def test_a_foreign_father_has_a_passport_and_no_personal_number() -> None:
    for each in in_situation("foreign_father"):
        father = each.person("father")
        assert father.nationality != "VN"
        assert father.personal_id == ""
        assert father.key == father.passport
        assert each.marriage is not None
        assert each.marriage.spouse_ids == (father.passport, each.roles["mother"])
        assert each.facts["nationality_agreement"] == "VN"


def test_a_child_over_six_is_past_the_free_card() -> None:
    for each in in_situation("child_over_six"):
        born_on = each.facts["children"][0].born_at.date()
        assert 6 <= (MOMENT.date() - born_on).days / 365.25 < 10


def test_a_child_who_died_had_lived_a_day() -> None:
    for each in in_situation("child_died"):
        (notice,) = each.birth_notices
        assert notice.died_on is not None
        assert notice.died_on > notice.child_born_at.date()
        assert notice.died_on <= notice.issued_at.date()
        assert each.facts["died_on"] == notice.died_on


def test_a_suspected_duplicate_has_a_registered_sibling_of_the_same_day() -> None:
    for each in in_situation("suspected_duplicate"):
        sibling = each.person("registered_child")
        assert sibling.born_on == each.birth_notices[0].child_born_at.date()
        assert each.parentage[sibling.key].mother_id == each.roles["mother"]
        assert each.birth_notices[0].children_this_birth == 2
        assert len(each.birth_notices) == 1


def test_a_grandmother_may_declare_from_a_household_of_her_own() -> None:
    for each in in_situation("grandparent_declares"):
        assert each.roles["declarant"] == each.roles["grandmother"]
        assert each.facts["relation"] == "grandmother"
        assert each.roles["householder"] == each.roles["father"]
        assert each.person("grandmother").residence != each.person("father").residence
