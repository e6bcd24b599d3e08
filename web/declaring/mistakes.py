"""What is wrong with a declaration, field by field, in words that name the field and say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from chassis.field_messages import field_errors
from flow_model.declared_fields import DeclaredField, Kind
from flow_model.errors import FieldError
from flow_model.group import Group
from web.showing import fields_of
from web.words import N_, Words

_CHOSEN = (Kind.CHOICE, Kind.SEVERAL, Kind.YES_NO, Kind.ETHNICITY, Kind.NATIONALITY)
_ENTER = N_("Hãy nhập: %(field)s")
_CHOOSE = N_("Hãy chọn: %(field)s")
_FORM = N_("%(field)s: chưa đúng dạng.")
_OTHER = N_("%(field)s: %(said)s")
_SHAPES = {
    Kind.PERSONAL_ID: N_("%(field)s gồm 12 chữ số."),
    Kind.PHONE: N_("%(field)s gồm 10 chữ số, bắt đầu bằng 0."),
    Kind.EMAIL: N_("%(field)s viết như ten@example.vn."),
}
_LETTERS = N_("%(field)s chỉ gồm chữ cái La-tinh, dấu cách, gạch nối và dấu nháy.")
_PATTERN, _MISSING, _VALUE = "string_pattern_mismatch", "missing", "value_error"
_SHORT = ("string_too_short",)


@dataclass(frozen=True)
class Wrong:
    """One mistake. ``path`` is the declared field, or a block that is missing; ``part`` what of it."""

    path: str
    part: str
    code: str
    message_vi: str
    message_en: str


def wrong_with(group: Group, document: Mapping[str, Any]) -> list[Wrong]:
    """Every mistake that the declaration's model finds; none for a declaration that may be sent."""
    try:
        group.declaration.model_validate(document)
    except ValidationError as found:
        return [_wrong(group, each) for each in field_errors(found.errors())]
    return []


def of_door(group: Group, errors: list[FieldError]) -> list[Wrong]:
    """The same of what is refused at the door, here or by the gateway."""
    return [_wrong(group, each) for each in errors]


def _wrong(group: Group, error: FieldError) -> Wrong:
    name = error.field.removeprefix("declaration.")
    known, path = fields_of(group), name
    while path and path not in known:
        path = path.rpartition(".")[0]
    path = path or name  # a block that is missing altogether
    return Wrong(path, name[len(path) + 1 :], error.code, error.message_vi, error.message_en)


def told(words: Words, group: Group, wrong: Wrong) -> str:
    """The mistake in words for the citizen."""
    field = fields_of(group).get(wrong.path)
    if field is None:
        return words.pick(wrong.message_vi, wrong.message_en)
    title = words.pick(field.title_vi, field.title_en)
    if wrong.code in (_MISSING, *_SHORT):
        return words.say(_CHOOSE if field.kind in _CHOSEN else _ENTER, field=title)
    if wrong.code in (_PATTERN, _VALUE):
        return _shape(words, group, field, title)
    return words.say(_OTHER, field=title, said=words.pick(wrong.message_vi, wrong.message_en))


def _shape(words: Words, group: Group, field: DeclaredField, title: str) -> str:
    if field.kind in _SHAPES:
        return words.say(_SHAPES[field.kind], field=title)
    if field.names_a_person:
        return words.say(_LETTERS, field=title)
    hint = group.pages.hints.get(field.path)
    said = words.say(_FORM, field=title)
    return f"{said} {hint.said(words.language)}." if hint else said
