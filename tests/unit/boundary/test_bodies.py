"""The gate of every service: which bodies it refuses, what it says, and that nothing behind it moved."""

import json
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.strict_json import NUMBER_LIMIT, NotStrict, strict_dumps, strict_loads
from tests.unit.boundary.notes import JSON, Club


def nested(depth: int) -> bytes:
    """A body of that many levels, its own object counted."""
    return b'{"text":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


REFUSED_BODIES = [
    pytest.param(b"{", "malformed", "body", id="cut off"),
    pytest.param(b'{"text":"a",}', "malformed", "body", id="trailing comma"),
    pytest.param(b'{"text":"a"} {}', "malformed", "body", id="two bodies"),
    pytest.param(b"{'text':'a'}", "malformed", "body", id="single quotes"),
    pytest.param(b'{"text":"a\x00b"}', "malformed", "body", id="raw NUL"),
    pytest.param(b'{"text":"a\nb"}', "malformed", "body", id="raw line feed in a string"),
    pytest.param(b"   ", "malformed", "body", id="blank"),
    pytest.param(b'\xef\xbb\xbf{"text":"a"}', "byte-order-mark", "body", id="byte order mark"),
    pytest.param('{"text":"hòa"}'.encode("latin-1"), "not-utf8", "body", id="latin-1"),
    pytest.param('{"text":"a"}'.encode("utf-16"), "not-utf8", "body", id="UTF-16 said to be UTF-8"),
    pytest.param(b'{"text":"\xed\xa0\x80"}', "not-utf8", "body", id="raw surrogate"),
    pytest.param(b'{"text":"a","text":"b"}', "duplicate-key", "text", id="same key twice"),
    pytest.param('{"é":1,"e\u0301":2}'.encode(), "duplicate-key", "é", id="same key twice once composed"),
    pytest.param(b'{"a":[{"b":1,"b":1}]}', "duplicate-key", "a.0.b", id="same key twice below"),
    pytest.param(b'{"n":NaN}', "not-a-number", "n", id="NaN"),
    pytest.param(b'{"n":[1,-Infinity]}', "not-a-number", "n.1", id="Infinity"),
    pytest.param(b'{"n":1e400}', "number-too-large", "n", id="1e400"),
    pytest.param(b'{"n":9007199254740993}', "number-too-large", "n", id="2^53 + 1"),
    pytest.param(b'{"n":-9007199254740993}', "number-too-large", "n", id="-2^53 - 1"),
    pytest.param(b'{"n":' + b"9" * 6000 + b"}", "number-too-large", "n", id="6000 digits"),
    pytest.param(b'{"n":1e300}', "number-too-large", "n", id="1e300"),
    pytest.param(b'{"text":"a\\ud800"}', "lone-surrogate", "text", id="escaped surrogate"),
    pytest.param(b'{"text":"\\udc00\\ud800"}', "lone-surrogate", "text", id="surrogates in the wrong order"),
    pytest.param(b'{"a":{"\\ud83d":1}}', "lone-surrogate", "a", id="surrogate in a key"),
    pytest.param(b'{"text":"a\\u0000b"}', "control-character", "text", id="escaped NUL"),
    pytest.param(b'{"text":"a\\u001b[2J"}', "control-character", "text", id="terminal escape"),
    pytest.param(b'{"text":"a\\r\\nb"}', "control-character", "text", id="carriage return"),
    pytest.param(b'{"text":"a\\u007f"}', "control-character", "text", id="delete"),
    pytest.param(b'{"text":"a\\u0085"}', "control-character", "text", id="C1"),
    pytest.param(b'{"text":"a\\u202eb"}', "bidirectional-character", "text", id="right-to-left override"),
    pytest.param(b'{"text":"a\\u2067b"}', "bidirectional-character", "text", id="right-to-left isolate"),
    pytest.param(b'{"text":"a\\u200bb"}', "invisible-character", "text", id="zero-width space"),
    pytest.param(b'{"text":"a\\u200db"}', "invisible-character", "text", id="zero-width joiner"),
    pytest.param(b'{"text":"a\\ufeffb"}', "invisible-character", "text", id="byte order mark inside"),
    pytest.param(b'{"text":"a\\u00adb"}', "invisible-character", "text", id="soft hyphen"),
    pytest.param(b'{"text":"\\udb40\\udc41"}', "invisible-character", "text", id="tag letter"),
    pytest.param(nested(33), "too-deep", "text" + ".0" * 31, id="33 levels"),
    pytest.param(nested(30_000), "too-deep", "body", id="30 000 levels"),
    pytest.param(
        json.dumps(dict.fromkeys(map(str, range(501)))).encode(), "too-many-keys", "body", id="501 keys"
    ),
    pytest.param(
        json.dumps([dict.fromkeys(map(str, range(251)))] * 2).encode(),
        "too-many-keys",
        "1",
        id="502 keys in two",
    ),
]


@pytest.mark.parametrize(("body", "code", "field"), REFUSED_BODIES)
async def test_a_hostile_body_is_refused_by_name_and_place_and_changes_nothing(
    club: Club, body: bytes, code: str, field: str
) -> None:
    answer = await club.post(body)
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["type"] == "urn:mot-lan-khai:problem:malformed-json"
    assert [(error["field"], error["code"]) for error in answer.body["errors"]] == [(field, code)]
    assert club.texts() == []


async def test_a_refusal_says_where_as_a_pointer_and_what_to_do_in_both_languages(club: Club) -> None:
    body = b'{"a/b":[1,{"c~d":NaN}]}'
    vietnamese = await club.post(body)
    english = await club.post(body, {**JSON, "Accept-Language": "en"})
    assert vietnamese.body["detail"].endswith("Hãy bỏ trống hoặc gửi một số. Vị trí: /a~1b/1/c~0d")
    assert english.body["detail"].endswith("Leave the field out or send a number. Where: /a~1b/1/c~0d")
    assert (vietnamese.headers["content-language"], english.headers["content-language"]) == ("vi", "en")


async def test_a_refusal_does_not_repeat_a_number_that_stands_in_a_key(club: Club) -> None:
    answer = await club.post(b'{"001095012345":NaN}')
    assert answer.status == 400
    assert "001095012345" not in answer.content.decode()


ACCEPTED_BODIES = [
    pytest.param(
        b'{"text":"Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b \xc4\x90\xc3\xa0o"}', "Nguyễn Thị Đào", id="Vietnamese"
    ),
    pytest.param(b'{"text":"a\\n\\tb"}', "a\n\tb", id="line feed and tab"),
    pytest.param('{"text":"🌱 \\ud83c\\udf31"}'.encode(), "🌱 🌱", id="a whole pair of surrogates"),
    pytest.param(b'{"text":"<b>&amp; = \' -- {{7*7}}"}', "<b>&amp; = ' -- {{7*7}}", id="text is only text"),
    pytest.param(
        b'{"text":"a","n":[9007199254740992,-9007199254740992,0.5,1e10]}', "a", id="numbers at the limit"
    ),
    pytest.param(nested(32).replace(b"text", b"list"), "", id="32 levels"),
    pytest.param(json.dumps(dict.fromkeys(map(str, range(500)))).encode(), "", id="500 keys"),
]


@pytest.mark.parametrize(("body", "stored"), ACCEPTED_BODIES)
async def test_an_honest_body_goes_through(club: Club, body: bytes, stored: str) -> None:
    answer = await club.post(body)
    assert answer.status == 201, answer.body
    assert club.texts() == [stored]


async def test_a_name_typed_in_pieces_is_stored_as_the_same_name(club: Club) -> None:
    name = "Đặng Thị Thuỳ Dương"
    for form in ("NFC", "NFD"):
        answer = await club.post(json.dumps({"text": normalize(form, name)}, ensure_ascii=False).encode())
        assert answer.body == {"text": name}
    escaped = await club.post(json.dumps({"text": normalize("NFD", name)}).encode())
    assert escaped.status == 201
    assert club.texts() == [name] * 3


PLAIN_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-NUMBER_LIMIT, NUMBER_LIMIT)
    | st.text(st.characters(min_codepoint=32, max_codepoint=126)),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text("abcdé", max_size=4), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(PLAIN_JSON)
def test_honest_json_is_the_same_before_and_after(value: Any) -> None:
    assert strict_loads(json.dumps(value).encode()) == value


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: json.dumps([text]).encode()))
def test_any_bytes_are_either_refused_or_become_safe_json(raw: bytes) -> None:
    try:
        value = strict_loads(raw)
    except NotStrict:
        return
    again = strict_dumps(value)
    assert strict_loads(again) == value
    assert normalize("NFC", again.decode()) == again.decode()
