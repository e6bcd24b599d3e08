"""The invented people: nobody real, nobody twice, and every family true to its situation."""

import subprocess
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from hashlib import blake2b
from itertools import islice
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_registries import names, places
from mock_registries.people import (
    SITUATIONS,
    Address,
    Family,
    Person,
    Situation,
    child_card_code,
    families,
    family,
    family_in,
    newborn_personal_id,
    person_key,
    personal_id_is_reserved,
    personal_id_parts,
    social_insurance_number,
)

MOMENT = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=7)))
SEED = 2026
BIRTHS = [situation.id for situation in SITUATIONS[:14]]
DEATHS = [situation.id for situation in SITUATIONS[14:]]
WITHOUT_DEATH_NOTICE = {"died_at_home", "long_past_death"}


@pytest.fixture(scope="module")
def numbers() -> dict[str, list[str]]:
    """Every number of twenty thousand families, without the families: they would fill 100 MB."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in families(SEED, 20_000, MOMENT):
        found["situation"].append(each.situation)
        for person in each.persons:
            found["key"].append(person.key)
            found["phone"].append(person.phone)
            found["email"].append(person.email)
            found["insurance"].append(social_insurance_number(person))
        found["birth notice"] += [notice.code for notice in each.birth_notices]
        found["death notice"] += [notice.code for notice in each.death_notices]
        found["household"] += [household.household_id for household in each.households]
    return found


@pytest.fixture(scope="module")
def sample() -> list[Family]:
    return list(families(SEED, 3000, MOMENT))


def sex_and_last(personal_ids: list[str]) -> set[tuple[bool, str]]:
    """What alone tells two people of a run apart: the sex, odd for women, and the last six digits."""
    return {(int(number[3]) % 2 == 1, number[6:]) for number in personal_ids if number.isdigit()}


def in_situation(situation: str, count: int = 40) -> Iterator[Family]:
    return (family_in(situation, SEED, index, MOMENT) for index in range(count))


def codes_of(each: Family) -> list[str]:
    return [notice.code for notice in each.birth_notices] + [notice.code for notice in each.death_notices]


def years_old(person: Person, on: date) -> int:
    return on.year - person.born_on.year - ((on.month, on.day) < (person.born_on.month, person.born_on.day))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for part in fields(value):
            yield from texts_in(getattr(value, part.name))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from texts_in(key)
            yield from texts_in(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from texts_in(part)


# Numbers


def test_no_two_people_of_twenty_thousand_families_share_a_number(numbers: dict[str, list[str]]) -> None:
    assert len(numbers["key"]) > 55_000
    for kind in ("key", "phone", "email", "insurance", "birth notice", "death notice", "household"):
        assert len(set(numbers[kind])) == len(numbers[kind]), kind
    citizens = [number for number in numbers["key"] if number.isdigit()]
    assert len(sex_and_last(citizens)) == len(citizens)


def test_the_last_families_of_the_largest_run_do_not_meet_the_first(numbers: dict[str, list[str]]) -> None:
    last = [family(SEED, index, MOMENT) for index in range(99_000, 100_000)]
    far = sex_and_last([person.key for each in last for person in each.persons])
    assert not far & sex_and_last(numbers["key"])


def test_a_run_has_at_most_a_hundred_thousand_families() -> None:
    with pytest.raises(ValueError, match="99999"):
        family(SEED, 100_000, MOMENT)


def test_newborns_never_meet_people_who_were_there_before(numbers: dict[str, list[str]]) -> None:
    born_on = date(2026, 3, 1)
    newborns = {newborn_personal_id(SEED, serial, "01", "female", born_on) for serial in range(20_000)}
    assert len(newborns) == 20_000
    assert all(personal_id_is_reserved(number) for number in newborns)
    assert min(int(personal_id_parts(number).last) for number in newborns) >= 500_000
    before = [number for number in numbers["key"] if number.isdigit()]
    assert max(int(personal_id_parts(number).last) for number in before) < 500_000


def test_a_personal_number_tells_place_century_sex_and_year(sample: list[Family]) -> None:
    for each in sample:
        for person in each.persons:
            if not person.personal_id:
                continue
            parts = personal_id_parts(person.personal_id)
            digit = {(19, "male"): "0", (19, "female"): "1", (20, "male"): "2", (20, "female"): "3"}
            assert parts.place == f"9{person.hometown.province_code}"
            assert parts.century_and_sex == digit[person.born_on.year // 100, person.sex]
            assert parts.year == f"{person.born_on:%y}"


def test_every_number_lies_where_no_real_one_can(sample: list[Family]) -> None:
    for each in sample:
        for person in each.persons:
            assert person.passport.startswith("X00") or personal_id_is_reserved(person.personal_id)
            assert person.phone.startswith("0100")
            assert len(person.phone) == 10
            assert person.email.isascii()
            assert person.email.endswith("@example.invalid")
            insurance = social_insurance_number(person)
            assert len(insurance) == 10
            assert insurance.startswith("99")
        for code in codes_of(each):
            sequence, kind, facility, year = code.split(".")
            assert (len(sequence), len(facility), len(year)) == (5, 5, 2)
            assert kind in {"GCS", "GBT"}
            assert facility.startswith("99")


@pytest.mark.parametrize(
    "real", ["001200012345", "096199012345", "101090012345", "900090012345", "12", "٩٠١" * 4]
)
def test_a_number_a_real_person_could_hold_is_not_reserved(real: str) -> None:
    assert not personal_id_is_reserved(real)


def test_child_cards_are_of_no_province_and_never_repeat() -> None:
    cards = {child_card_code(SEED, serial) for serial in range(5000)}
    assert len(cards) == 5000
    assert {(len(card), card[:7]) for card in cards} == {(15, "TE10099")}


# Names


def test_every_word_is_in_unicode_nfc(sample: list[Family]) -> None:
    for each in sample:
        for text in texts_in(each):
            assert unicodedata.is_normalized("NFC", text)


def test_names_are_various() -> None:
    assert len(set(names.FAMILY_NAMES["01"])) >= 15
    assert min(len(given) for given in names.GIVEN_NAMES.values()) >= 60


def test_no_two_of_a_family_share_a_given_name(sample: list[Family]) -> None:
    for each in sample:
        children = [child.full_name for child in each.facts.get("children", ())]
        given = [name.split()[-1] for name in [*(person.full_name for person in each.persons), *children]]
        assert len(set(given)) == len(given)


def test_children_bear_the_fathers_family_name_or_else_the_mothers(sample: list[Family]) -> None:
    for each in sample:
        by_key = {person.key: person for person in each.persons}
        for child, parents in each.parentage.items():
            if parents.father_id:
                assert by_key[child].full_name.split()[0] == by_key[parents.father_id].full_name.split()[0]
        for new in each.facts.get("children", ()):
            # A foreigner's child is Vietnamese here and bears a Vietnamese name.
            elder = "mother" if each.situation in {"father_unknown", "foreign_father"} else "father"
            assert new.full_name.split()[0] == each.person(elder).full_name.split()[0]


ONSETS = st.sampled_from(["", "h", "ng", "ngh", "qu", "th", "đ", "gi", "kh"])
VOWELS = st.sampled_from(["oa", "oe", "uy", "ua", "ia", "ươ", "uyê", "oai", "iê", "uô", "yê", "ă", "ô"])
CODAS = st.sampled_from(["", "n", "ng", "nh", "t", "m"])
TONES = st.sampled_from("\u0300\u0301\u0303\u0309\u0323")


@given(ONSETS, VOWELS, CODAS, TONES, st.booleans(), st.booleans())
def test_the_place_of_a_tone_and_the_composing_of_accents_do_not_part_names(
    onset: str, vowels: str, coda: str, tone: str, capital: bool, composed: bool
) -> None:
    spellings = [onset + vowels[:at] + tone + vowels[at:] + coda for at in range(1, len(vowels) + 1)]
    form: Literal["NFC", "NFD"] = "NFC" if composed else "NFD"
    keys = {person_key(unicodedata.normalize(form, word.title() if capital else word)) for word in spellings}
    assert len(keys) == 1
    key = keys.pop()
    assert person_key(key) == key
    assert unicodedata.is_normalized("NFC", key)
    assert key != person_key(onset + vowels + coda)


@given(ONSETS, VOWELS, CODAS, TONES, TONES)
def test_another_tone_is_another_name(onset: str, vowels: str, coda: str, first: str, second: str) -> None:
    keys = [person_key(onset + vowels + tone + coda) for tone in (first, second)]
    assert (keys[0] == keys[1]) == (first == second)


def test_capitals_that_look_like_the_vietnamese_d_are_one() -> None:
    assert len({person_key(f"{letter}ỗ  Văn hòa") for letter in "\u0110\u00d0\u0189\u0111"}) == 1
    assert person_key("Đỗ Văn Hoà") == person_key(" đỗ văn HÒA ")
    assert person_key("Đỗ Văn Hoà") != person_key("Đỗ Văn Hoa")
    assert person_key("Dũng") != person_key("Đũng")


# Places


def test_there_are_34_provinces_and_3321_communes() -> None:
    communes = [commune for province in places.provinces() for commune in places.communes_of(province)]
    assert (len(places.provinces()), len(set(communes)), len(communes)) == (34, 3321, 3321)
    assert all(len(code) == 2 for code in places.provinces())
    assert all(len(code) == 5 for code in communes)
    assert all(places.province_of(commune) in places.provinces() for commune in communes)


def test_an_address_is_written_smallest_part_first() -> None:
    address = Address("01", "00070", "12 Nguyễn Trãi, tổ 3")
    assert places.address_text(address) == "12 Nguyễn Trãi, tổ 3, Phường Hoàn Kiếm, Thành phố Hà Nội"


# Runs


def test_the_first_families_take_each_situation_once(numbers: dict[str, list[str]]) -> None:
    expected = [situation.id for situation in SITUATIONS]
    assert numbers["situation"][: len(expected)] == expected
    assert set(numbers["situation"][len(expected) :]) == set(expected)
    assert all(situation.title_vi and situation.title_en for situation in SITUATIONS)


def test_a_family_does_not_depend_on_those_before_it(sample: list[Family]) -> None:
    for index in (0, 7, 28, 29, 1234, 2999):
        assert family(SEED, index, MOMENT) == sample[index]


def test_another_seed_gives_other_people(sample: list[Family]) -> None:
    mine = {person.key for each in sample[:200] for person in each.persons}
    theirs = {person.key for each in families(SEED + 1, 200, MOMENT) for person in each.persons}
    assert len(mine & theirs) < 5


def test_another_process_tells_of_the_same_people() -> None:
    program = (
        "from datetime import datetime; from hashlib import blake2b;"
        "from mock_registries.people import families;"
        f"moment = datetime.fromisoformat({MOMENT.isoformat()!r});"
        f"text = repr(list(families({SEED}, 60, moment)));"
        "print(blake2b(text.encode()).hexdigest())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "77"},
    )
    mine = blake2b(repr(list(families(SEED, 60, MOMENT))).encode()).hexdigest()
    assert told.stdout.strip() == mine


def test_a_run_begins_at_an_aware_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        family(SEED, 0, datetime.fromisoformat("2026-03-02T08:00:00"))


def test_five_thousand_families_take_less_than_three_seconds() -> None:
    began = time.perf_counter()
    count = sum(1 for _ in families(SEED + 5, 5000, MOMENT))
    assert count == 5000
    assert time.perf_counter() - began < 3


# What holds in every family


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


# Births, situation by situation


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


# Deaths, situation by situation


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


def test_no_family_is_told_twice_the_same_way(sample: list[Family]) -> None:
    told = [tuple(person.full_name for person in each.persons) for each in islice(sample, 2000)]
    assert len(set(told)) > 1990
