"""The invented people: their names, and where they live."""

import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any, Literal

from hypothesis import given
from hypothesis import strategies as st

from mock_registries import names, places
from mock_registries.people import Address, Family, person_key


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


def test_no_family_is_told_twice_the_same_way(sample: list[Family]) -> None:
    told = [tuple(person.full_name for person in each.persons) for each in islice(sample, 2000)]
    assert len(set(told)) > 1990


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
