"""What is wrong with a field, in words for the person who fills it: pydantic's codes in two languages.

A message never repeats the value: a value is somebody's personal data.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic_core.core_schema import ErrorType

from flow_model.errors import FieldError

_DATE = (
    "Cần một ngày có thật, viết NĂM-THÁNG-NGÀY, ví dụ 2026-03-09.",
    "A real date is needed, written YEAR-MONTH-DAY, such as 2026-03-09.",
)
_INSTANT = (
    "Cần ngày giờ có múi giờ, ví dụ 2026-03-09T08:30:00+07:00.",
    "A date and time with its offset is needed, such as 2026-03-09T08:30:00+07:00.",
)
_TIME = ("Cần giờ, ví dụ 08:30.", "A time of day is needed, such as 08:30.")
_WHOLE = ("Cần một số nguyên.", "A whole number is needed.")
_NUMBER = ("Cần một số.", "A number is needed.")
_TEXT = ("Cần một đoạn chữ.", "Text is needed.")
_YES_NO = ("Cần có (true) hoặc không (false).", "Yes (true) or no (false) is needed.")
_LIST = ("Cần một danh sách.", "A list is needed.")
_GROUP = ("Cần một nhóm trường (đối tượng JSON).", "A group of fields (a JSON object) is needed.")
_CHOICE = ("Chỉ nhận một trong: {expected}.", "Only one of these is accepted: {expected}.")
_KIND = (
    "Chỉ nhận một trong các loại: {expected_tags}.",
    "Only one of these kinds is accepted: {expected_tags}.",
)
_UUID = ("Cần một mã UUID.", "A UUID is needed.")
_PASSED = ("Ngày này phải ở quá khứ.", "This must lie in the past.")
_COMING = ("Ngày này phải ở tương lai.", "This must lie in the future.")
_FALLBACK = ("Giá trị không hợp lệ. Hãy xem lại trường này.", "The value is not valid. Check this field.")

_MESSAGES: dict[str, tuple[str, str]] = {
    "missing": ("Thiếu trường bắt buộc này. Hãy điền vào.", "This required field is missing. Fill it in."),
    "extra_forbidden": ("Không có trường này. Hãy bỏ ra.", "There is no such field. Leave it out."),
    "string_type": _TEXT,
    "string_too_short": ("Cần ít nhất {min_length} ký tự.", "At least {min_length} characters are needed."),
    "string_too_long": ("Nhiều nhất {max_length} ký tự.", "At most {max_length} characters are allowed."),
    "string_pattern_mismatch": ("Không đúng dạng yêu cầu: {pattern}", "Not of the required form: {pattern}"),
    "string_unicode": _TEXT,
    "too_short": ("Cần ít nhất {min_length} mục.", "At least {min_length} items are needed."),
    "too_long": ("Nhiều nhất {max_length} mục.", "At most {max_length} items are allowed."),
    "greater_than": ("Phải lớn hơn {gt}.", "Must be greater than {gt}."),
    "greater_than_equal": ("Không được nhỏ hơn {ge}.", "Must not be less than {ge}."),
    "less_than": ("Phải nhỏ hơn {lt}.", "Must be less than {lt}."),
    "less_than_equal": ("Không được lớn hơn {le}.", "Must not be greater than {le}."),
    "multiple_of": ("Phải là bội của {multiple_of}.", "Must be a multiple of {multiple_of}."),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_past": _PASSED,
    "date_future": _COMING,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "datetime_past": _PASSED,
    "datetime_future": _COMING,
    "timezone_aware": _INSTANT,
    "timezone_naive": ("Không ghi múi giờ ở đây.", "Leave the offset out here."),
    "time_type": _TIME,
    "time_parsing": _TIME,
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "union_tag_invalid": _KIND,
    "union_tag_not_found": ("Thiếu trường cho biết loại.", "The field that tells the kind is missing."),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _GROUP,
    "model_type": _GROUP,
    "model_attributes_type": _GROUP,
    "dataclass_type": _GROUP,
    "none_required": ("Phải để trống (null).", "Must be empty (null)."),
    "uuid_type": _UUID,
    "uuid_parsing": _UUID,
    "json_invalid": ("Nội dung không phải JSON đúng cú pháp.", "The body is not well-formed JSON."),
}
_KNOWN_TYPES = frozenset(get_args(ErrorType))
_FORM = re.compile(r"(literal|function-(after|before|plain|wrap))\[")
_LONG_NUMBER = re.compile(r"\d{9,}")
# Where pydantic puts a body field, only its own name is worth saying.
_BODY = "body"


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """One entry per field, the first thing wrong with it, in the order of the form.

    A field of several forms is none of them: its entry says what each form wants.
    """
    found: dict[str, FieldError] = {}
    for error in errors:
        location = error.get("loc", ())
        field = dotted(location)
        message_vi, message_en = _message(error)
        if field not in found:
            found[field] = FieldError(field, str(error.get("type", "invalid")), message_vi, message_en)
        elif any(map(_is_form_of_union, location)) and message_en not in found[field].message_en:
            first = found[field]
            told = f"{first.message_vi} Hoặc: {message_vi}", f"{first.message_en} Or: {message_en}"
            found[field] = FieldError(field, first.code, *told)
    return list(found.values())


def dotted(location: Sequence[str | int]) -> str:
    """`("body", "mother", "name")` is `mother.name`; query, path and header fields keep their prefix."""
    parts = location[1:] if len(location) > 1 and location[0] == _BODY else location
    named = [part for part in parts if not _is_form_of_union(part)]
    return ".".join(_LONG_NUMBER.sub("…", str(part)[:64]) for part in named) or _BODY


def _is_form_of_union(part: str | int) -> bool:
    """Of a field with several forms pydantic's place names the form, in words of the program's own."""
    return isinstance(part, str) and _FORM.match(part) is not None


def _message(error: Mapping[str, Any]) -> tuple[str, str]:
    code = str(error.get("type", ""))
    context = error.get("ctx") or {}
    if code in ("value_error", "assertion_error"):
        return _own_words(context.get("error"))
    if code not in _KNOWN_TYPES:  # a PydanticCustomError: its author wrote the words
        words = str(error.get("msg", ""))
        return str(context.get("message_vi", words)), str(context.get("message_en", words))
    vi, en = _MESSAGES.get(code, _FALLBACK)
    try:
        return vi.format_map(_Words(context, " hoặc ")), en.format_map(_Words(context, " or "))
    except (KeyError, ValueError):
        return _FALLBACK


def _own_words(error: object) -> tuple[str, str]:
    """A validator may raise an error with `message_vi` and `message_en`, or a plain ValueError for both."""
    words = str(error) if error is not None else ""
    vi, en = str(getattr(error, "message_vi", words)), str(getattr(error, "message_en", words))
    return vi or _FALLBACK[0], en or _FALLBACK[1]


class _Words(dict[str, Any]):
    """The limits that a message names; pydantic joins choices with an English 'or'."""

    def __init__(self, context: Mapping[str, Any], joined_by: str) -> None:
        super().__init__(
            {
                key: value.replace(" or ", joined_by) if key.startswith("expected") else value
                for key, value in context.items()
                if isinstance(value, str | int | float) or key in ("gt", "ge", "lt", "le")
            }
        )


def fields_wrong(number: int) -> tuple[str, str]:
    """That so many fields are wrong, in both languages."""
    fields = "1 field needs" if number == 1 else f"{number} fields need"
    return f"Có {number} trường cần sửa; xem errors.", f"{fields} correcting; see errors."
