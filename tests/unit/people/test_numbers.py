"""The invented people: numbers of nobody real, none of them twice, and the same people for one seed."""

import subprocess
import sys
import time
from collections import defaultdict
from datetime import date, datetime
from hashlib import blake2b

import pytest

from mock_registries.people import (
    SITUATIONS,
    Family,
    child_card_code,
    families,
    family,
    newborn_personal_id,
    personal_id_is_reserved,
    personal_id_parts,
    social_insurance_number,
)
from tests.unit.people.situations import MOMENT, SEED


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


def sex_and_last(personal_ids: list[str]) -> set[tuple[bool, str]]:
    """What alone tells two people of a run apart: the sex, odd for women, and the last six digits."""
    return {(int(number[3]) % 2 == 1, number[6:]) for number in personal_ids if number.isdigit()}


def codes_of(each: Family) -> list[str]:
    return [notice.code for notice in each.birth_notices] + [notice.code for notice in each.death_notices]


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
