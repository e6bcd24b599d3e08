"""Vietnamese names: how they are put together, and the key under which one is searched.

The order is family name, middle name, given name. The parts are in names.toml, in Unicode NFC.
"""

import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from mock_registries.lots import Lots
from mock_registries.people_records import Sex

KINH = "01"
FOREIGNER = "55"
"""The portal's code for "no Vietnamese ethnicity: a foreigner"."""

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_VOWELS = frozenset("aeiouy")
_D_LOOK_ALIKES = str.maketrans({"\u00f0": "\u0111", "\u0256": "\u0111"})


def _table() -> dict[str, Any]:
    text = Path(__file__).with_name("names.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(unicodedata.normalize("NFC", text))
    return table


def _weighted(weights: Mapping[str, int]) -> tuple[str, ...]:
    """Each name as often as it weighs, so that a plain choice is a weighted one."""
    return tuple(name for name, weight in weights.items() for _ in range(weight))


_TABLE = _table()
FAMILY_NAMES: Mapping[str, tuple[str, ...]] = {
    ethnicity: _weighted(weights) for ethnicity, weights in _TABLE["family"].items()
}
GIVEN_NAMES: Mapping[str, tuple[str, ...]] = {
    sex: tuple(dict.fromkeys(names.split())) for sex, names in _TABLE["given"].items()
}
STREETS: tuple[str, ...] = tuple(_TABLE["street"]["names"])
_MIDDLE_NAMES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(names.split()) for kind, names in _TABLE["middle"].items()
}
_MINORITY_PER_MILLE: Mapping[str, tuple[tuple[str, int], ...]] = {
    province: tuple((ethnicity, round(share * 1000)) for ethnicity, share in shares.items())
    for province, shares in _TABLE["minority_share"].items()
}
_FOREIGN = tuple(
    (country, tuple(parts["family"].split()), tuple(parts["male"].split()))
    for country, parts in _TABLE["foreign"].items()
)


def ethnicity_in(province_code: str, lots: Lots) -> str:
    """The ethnicity of a family of this province."""
    lot = lots.below(1000)
    for ethnicity, per_mille in _MINORITY_PER_MILLE.get(province_code, ()):
        if lot < per_mille:
            return ethnicity
        lot -= per_mille
    return KINH


def family_name(ethnicity: str, lots: Lots) -> str:
    """A family name usual among this people."""
    return lots.choose(FAMILY_NAMES[ethnicity])


def given_name(sex: Sex, taken: Collection[str], lots: Lots) -> str:
    """A given name that nobody else in the family bears: a child is not named after its elders."""
    names = GIVEN_NAMES[sex]
    start = lots.below(len(names))
    for step in range(len(names)):
        name = names[(start + step) % len(names)]
        if name not in taken:
            return name
    raise ValueError("the family bears every given name there is")


def middle_name(sex: Sex, born_year: int, given: str, lots: Lots) -> str:
    """A middle name of the time; never the given name again, as in "Minh Minh"."""
    names = _MIDDLE_NAMES[f"{sex}_{'until' if born_year <= 1985 else 'since'}_1985"]
    name = lots.choose(names)
    return name if name != given else names[0]


def foreign_name(lots: Lots) -> tuple[str, str]:
    """Country and full name of a foreigner, in the capitals of a passport."""
    country, families, given = lots.choose(_FOREIGN)
    return country, f"{lots.choose(families)} {lots.choose(given)}"


@lru_cache(maxsize=4096)
def ascii_name(part: str) -> str:
    """One part of a name in plain small letters, as people write it in an address."""
    plain = unicodedata.normalize("NFD", part.casefold().translate(_D_LOOK_ALIKES).replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def person_key(full_name: str) -> str:
    """The key under which a name is searched: spellings that a reader takes for one name share it.

    Capitals, spacing, composed or combining accents, the tone's place (hòa, hoà) and the three capital
    letters that look like Đ (U+0110, U+00D0, U+0189) make no difference. Tones and vowels do.
    """
    return " ".join(map(_word_key, full_name.split()))


@lru_cache(maxsize=8192)
def _word_key(word: str) -> str:
    folded = unicodedata.normalize("NFC", word).casefold().translate(_D_LOOK_ALIKES)
    letters = unicodedata.normalize("NFD", folded)
    tones = [mark for mark in letters if mark in _TONES]
    bare = "".join(letter for letter in letters if letter not in _TONES)
    end = max((at + 1 for at, letter in enumerate(bare) if letter in _VOWELS), default=0)
    if len(tones) != 1 or end == 0:
        return unicodedata.normalize("NFC", folded)
    # A syllable has one tone, so its place says nothing: the key writes it on the last vowel,
    # behind the vowel's own hat, breve or horn.
    while end < len(bare) and unicodedata.combining(bare[end]):
        end += 1
    moved: str = bare[:end] + tones[0] + bare[end:]
    return unicodedata.normalize("NFC", moved)
