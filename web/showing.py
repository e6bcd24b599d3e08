"""Values of declarations and forms as people read them: dates, addresses, choices, in either language."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from babel import Locale
from pydantic import BaseModel

from flow_model.declaration_pages import ethnicities, nationalities_called, nationality_codes
from flow_model.declared_fields import DeclaredField, Kind, declared_fields
from flow_model.group import Group
from flow_model.mapping import CellOrigin
from flow_model.vietnamese_dates import written
from web.places import address_line, atlas, with_names

_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?![\dT])")
_INSTANT = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_YES_NO = {"vi": ("Có", "Không"), "en": ("Yes", "No")}


def fields_of(group: Group) -> Mapping[str, DeclaredField]:
    """The fields of a group's declaration by path."""
    return _fields(group.declaration)


@cache
def _fields(declaration: type[BaseModel]) -> Mapping[str, DeclaredField]:
    return {each.path: each for each in declared_fields(declaration)}


@cache
def nationalities(language: str) -> Mapping[str, str]:
    """What people may be nationals of, by two letters: Việt Nam first, the others in alphabetical order."""
    names = Locale.parse(language).territories
    called = {code: str(names[code]) for code in nationality_codes()}
    called |= {code: words.said(language) for code, words in nationalities_called().items()}
    return dict(sorted(called.items(), key=lambda each: (each[0] != "VN", alphabetical(each[1]))))


_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: the order of dictionaries


def alphabetical(text: str) -> tuple[list[int], list[int]]:
    """What a text is sorted by in Vietnamese: its letters, ă, â, đ… among them, then its tones."""
    letters, tones = list[int](), list[int]()
    for each in unicodedata.normalize("NFD", text.casefold()):
        if each in _TONES:
            tones[-1] = _TONES.index(each) + 1
        elif unicodedata.combining(each):  # the hat, the breve or the horn of a letter; others do not sort
            letter = unicodedata.normalize("NFC", _LETTERS[max(letters[-1], 0)] + each)
            letters[-1] = _LETTERS.index(letter) if letter in _LETTERS else letters[-1]
        else:
            letters.append(_LETTERS.find(each))
            tones.append(0)
    return letters, tones


def show_field(group: Group, path: str, value: Any, language: str) -> str:
    """The value of a declared field; the empty text for nothing."""
    field = fields_of(group).get(path)
    if field is None or value in (None, "", [], ()):
        return show(value, language)
    special = _BY_KIND.get(field.kind)
    if special is not None:
        return special(group, path, value, language)
    if isinstance(value, str):
        return _word(group, path, value, language) or show(value, language)
    return show(value, language)


def show_cell(group: Group, line: CellOrigin, value: Any, language: str) -> str:
    """The value of a cell of an official form: that of its one field, or what was made of several."""
    known = fields_of(group)
    roots = [known[root] for root in line.roots if root in known]
    if len(roots) == 1 and isinstance(value, str):
        if roots[0].kind is Kind.ADDRESS and value in (*atlas().communes, *atlas().provinces):
            return atlas().communes.get(value) or atlas().provinces[value]
        if roots[0].kind in (Kind.CHOICE, Kind.ETHNICITY, Kind.NATIONALITY, Kind.TEXT):
            return show_field(group, roots[0].path, value, language)
    return show(value, language)


def show(value: Any, language: str) -> str:
    """Any plain value: dates as dd/mm/yyyy, codes of places as names, yes and no."""
    if value is None or isinstance(value, str):
        return _text(value or "")
    if isinstance(value, bool):
        return _YES_NO["en" if language == "en" else "vi"][not value]
    if isinstance(value, Mapping):
        if "commune_code" in value:
            return address_line(value)
        return ", ".join(show(each, language) for each in value.values() if each not in (None, ""))
    if isinstance(value, list | tuple):
        return "; ".join(show(each, language) for each in value)
    return str(value)


def _text(value: str) -> str:
    if _INSTANT.match(value):
        moment = datetime.fromisoformat(value)
        return f"{moment:%H:%M} {written(moment.date())}"
    return with_names(_DAY.sub(_written, value))


def _written(found: re.Match[str]) -> str:
    try:
        return written(date(*map(int, found.groups())))
    except ValueError:
        return found.group()


def _word(group: Group, path: str, value: str, language: str) -> str:
    words = group.pages.words_of(path, value)
    return words.said(language) if words else ""


def _several(group: Group, path: str, value: Any, language: str) -> str:
    return "; ".join(_word(group, path, each, language) or str(each) for each in value)


def _ethnicity(_group: Group, _path: str, value: Any, _language: str) -> str:
    return ethnicities().get(value, str(value))


def _nationality(_group: Group, _path: str, value: Any, language: str) -> str:
    return nationalities(language).get(value, str(value))


def _people(_group: Group, _path: str, value: Sequence[Any], language: str) -> str:
    return show(list(value), language)


_BY_KIND: Mapping[Kind, Callable[[Group, str, Any, str], str]] = {
    Kind.SEVERAL: _several,
    Kind.ETHNICITY: _ethnicity,
    Kind.NATIONALITY: _nationality,
    Kind.PEOPLE: _people,
}
