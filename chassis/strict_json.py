"""Strict JSON (I-JSON, RFC 7493, and a little more): one text, one meaning, and none that breaks a reader.

Python's parser keeps the last of two equal keys, takes NaN, and passes half characters on. This one refuses
them and says where.
"""

import json
import re
from typing import Any, NoReturn

from chassis.text_policy import MESSAGES, composed, is_plain, refused_kind

DEPTH_LIMIT = 32
KEY_LIMIT = 500
NUMBER_LIMIT = 2**53

Path = tuple[str | int, ...]

_LONG_NUMBER = re.compile(r"\d{9,}")

_MESSAGES: dict[str, tuple[str, str]] = {
    **MESSAGES,
    "malformed": (
        "Nội dung không phải JSON đúng cú pháp (dòng {line}, cột {column}). Hãy sửa rồi gửi lại.",
        "The body is not well-formed JSON (line {line}, column {column}). Correct it and send it again.",
    ),
    "not-utf8": (
        "Nội dung không phải UTF-8. Hãy mã hóa lại bằng UTF-8.",
        "The body is not UTF-8. Encode it as UTF-8.",
    ),
    "byte-order-mark": (
        "Nội dung bắt đầu bằng dấu BOM. Hãy bỏ dấu này.",
        "The body starts with a byte order mark. Leave it out.",
    ),
    "duplicate-key": (
        "Tên trường xuất hiện hai lần trong cùng một đối tượng. Hãy giữ một.",
        "The same key stands twice in one object. Keep one.",
    ),
    "not-a-number": (
        "NaN và Infinity không phải số trong JSON. Hãy bỏ trống hoặc gửi một số.",
        "NaN and Infinity are no JSON numbers. Leave the field out or send a number.",
    ),
    "number-too-large": (
        "Số vượt quá 2^53. Hãy gửi số nhỏ hơn, hoặc gửi dưới dạng chuỗi.",
        "The number is beyond 2^53. Send a smaller one, or send it as a string.",
    ),
    "too-deep": (
        f"Nội dung lồng quá {DEPTH_LIMIT} tầng. Hãy gửi cấu trúc phẳng hơn.",
        f"The body is nested more than {DEPTH_LIMIT} levels deep. Send a flatter one.",
    ),
    "too-many-keys": (
        f"Nội dung có hơn {KEY_LIMIT} tên trường. Hãy chia thành nhiều lần gửi.",
        f"The body has more than {KEY_LIMIT} keys. Split it.",
    ),
}


class NotStrict(Exception):
    """The sender corrects the body: where it is wrong, which rule it breaks, what to do."""

    def __init__(self, code: str, path: Path = (), **place: int) -> None:
        super().__init__(code)
        self.code = code
        self.path = path
        vi, en = _MESSAGES[code]
        self.message_vi, self.message_en = vi.format(**place), en.format(**place)

    def pointer(self) -> str:
        """Where, as a JSON pointer (RFC 6901); the whole body is the empty pointer."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)

    def dotted(self) -> str:
        return ".".join(str(part) for part in self.path) or "body"


class _Members(list[tuple[str, Any]]):
    """An object as it was written, duplicates and all."""


class _BadNumber:
    """A number that is refused once its place is known."""

    def __init__(self, code: str) -> None:
        self.code = code


def strict_loads(raw: bytes, first_line: int = 1) -> Any:
    """The value, with all its text composed; NotStrict if any rule is broken.

    ``first_line``: the number of its first line in what was sent.
    """
    if raw.startswith(b"\xef\xbb\xbf"):
        raise NotStrict("byte-order-mark")
    try:
        return _checked(_DECODER.decode(raw.decode("utf-8")), 1, [0])
    except UnicodeDecodeError:
        raise NotStrict("not-utf8") from None
    except json.JSONDecodeError as error:
        raise NotStrict("malformed", line=first_line - 1 + error.lineno, column=error.colno) from None
    except RecursionError:
        raise NotStrict("too-deep") from None


def strict_dumps(value: Any) -> bytes:
    """The one way this project writes JSON: compact, UTF-8, no NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _integer(digits: str) -> int | _BadNumber:
    if len(digits) > 17:  # long enough to be beyond the limit, and never turned into a number
        return _BadNumber("number-too-large")
    number = int(digits)
    return number if -NUMBER_LIMIT <= number <= NUMBER_LIMIT else _BadNumber("number-too-large")


def _real(digits: str) -> float | _BadNumber:
    number = float(digits)
    return number if -NUMBER_LIMIT <= number <= NUMBER_LIMIT else _BadNumber("number-too-large")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Members,
    parse_int=_integer,
    parse_float=_real,
    parse_constant=lambda _name: _BadNumber("not-a-number"),
)


def _checked(value: Any, depth: int, keys: list[int]) -> Any:
    kind = type(value)
    if kind is str:
        return value if is_plain(value) else _text(value)
    if kind is _Members:
        return _object(value, depth, keys)
    if kind is list:
        return _array(value, depth, keys)
    if kind is _BadNumber:
        raise NotStrict(value.code)
    return value


def _object(members: _Members, depth: int, keys: list[int]) -> dict[str, Any]:
    if depth > DEPTH_LIMIT:
        raise NotStrict("too-deep")
    keys[0] += len(members)
    if keys[0] > KEY_LIMIT:
        raise NotStrict("too-many-keys")
    result: dict[str, Any] = {}
    for written, value in members:
        key = written if is_plain(written) else _text(written)
        if key in result:
            raise NotStrict("duplicate-key", (_shown(key),))
        try:
            result[key] = _checked(value, depth + 1, keys)
        except NotStrict as error:
            _raise_below(error, _shown(key))
    return result


def _array(items: list[Any], depth: int, keys: list[int]) -> list[Any]:
    if depth > DEPTH_LIMIT:
        raise NotStrict("too-deep")
    result = []
    for index, value in enumerate(items):
        try:
            result.append(_checked(value, depth + 1, keys))
        except NotStrict as error:
            _raise_below(error, index)
    return result


def _raise_below(error: NotStrict, part: str | int) -> NoReturn:
    error.path = (part, *error.path)
    raise error


def _text(text: str) -> str:
    kind = refused_kind(text)
    if kind is not None:
        raise NotStrict(kind)
    return composed(text)


def _shown(key: str) -> str:
    """A key as an answer may name it: short, and without a number that could be somebody's."""
    return _LONG_NUMBER.sub("…", key[:64])
