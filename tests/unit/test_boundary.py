"""The gate of every service: what it refuses, what it says, and that nothing behind it moved."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from unicodedata import normalize

import pytest
from fastapi import APIRouter, Request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, SQLModel, select

from chassis.app import build_app
from chassis.boundary import JSON_LIMIT, Boundary
from chassis.client import Answer, ServiceClient
from chassis.storage import Store, open_store
from chassis.strict_json import NUMBER_LIMIT, NotStrict, strict_dumps, strict_loads

JSON = {"Content-Type": "application/json"}


class TennisNote(SQLModel, table=True):
    """A row whose only purpose is to show whether a request got through."""

    id: int | None = Field(default=None, primary_key=True)
    text: str


class Note(BaseModel):
    model_config = ConfigDict(extra="allow")

    text: str = ""


class Club:
    """A real service with one way to write, and its client."""

    def __init__(self) -> None:
        self.store: Store = open_store(None, [TennisNote])
        self.app = build_app(title="tennis", version="1", store=self.store, routers=[self._routes()])
        self.client = ServiceClient.in_process({"club": self.app})

    def _routes(self) -> APIRouter:
        router = APIRouter()

        @router.post("/notes", status_code=201)
        async def write(note: Note) -> Note:
            with self.store.session() as session:
                session.add(TennisNote(text=note.text))
            return note

        @router.get("/notes")
        async def read(q: str = "") -> dict[str, str]:
            return {"q": q}

        @router.get("/notes/{name}")
        async def one(name: str) -> dict[str, str]:
            return {"name": name}

        @router.delete("/notes")
        async def clear(request: Request) -> dict[str, int]:
            return {"seen": len(await request.body())}

        return router

    async def post(self, body: Any, headers: Mapping[str, str] = JSON) -> Answer:
        return await self.client.call("club", "POST", "/notes", content=body, headers=headers)

    def texts(self) -> list[str]:
        with self.store.session() as session:
            return list(session.exec(select(TennisNote.text)))


@pytest.fixture
async def club() -> AsyncIterator[Club]:
    club = Club()
    yield club
    await club.client.aclose()
    club.store.close()


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


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "text/json",
        "application/xml",
        "application/jsonp",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        'application/json; charset="latin-1"',
        "application/json; charset=utf-8; charset=utf-7",
    ],
)
async def test_only_json_in_utf8_is_read(club: Club, kind: str) -> None:
    answer = await club.post(b'{"text":"a"}', {"Content-Type": kind} if kind else {})
    assert answer.status == 415
    assert answer.body["type"] == "urn:mot-lan-khai:problem:unsupported-media-type"
    assert club.texts() == []


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "Application/JSON; Charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/merge-patch+json",
    ],
)
async def test_json_may_be_named_in_several_ways(club: Club, kind: str) -> None:
    assert (await club.post(b'{"text":"a"}', {"Content-Type": kind})).status == 201


async def test_a_compressed_body_is_refused(club: Club) -> None:
    answer = await club.post(b'{"text":"a"}', {**JSON, "Content-Encoding": "gzip"})
    assert answer.status == 415
    assert club.texts() == []


async def test_two_different_content_types_are_refused(club: Club) -> None:
    kinds = [(b"content-type", b"application/json"), (b"content-type", b"text/plain")]
    status, problem, _ = await spoken(club.app, headers=[*kinds], chunks=[b'{"text":"a"}'])
    assert (status, problem["type"]) == (400, "urn:mot-lan-khai:problem:bad-header")
    assert club.texts() == []


@pytest.mark.parametrize("length", [b"-1", b"1_0", b"+5", b"ten", b"", "٣".encode(), b"9" * 30])
async def test_a_length_that_is_no_number_is_refused(club: Club, length: bytes) -> None:
    status, problem, read = await spoken(club.app, headers=[(b"content-length", length)], chunks=[b"{}"])
    assert (status, problem["type"], read) == (400, "urn:mot-lan-khai:problem:bad-header", 0)


async def test_the_last_byte_that_fits_is_taken_and_the_next_is_not(club: Club) -> None:
    frame = len(b'{"text":""}')
    assert (await club.post(b'{"text":"' + b"a" * (JSON_LIMIT - frame) + b'"}')).status == 201
    answer = await club.post(b'{"text":"' + b"a" * (JSON_LIMIT - frame + 1) + b'"}')
    assert answer.status == 413
    assert answer.headers["connection"] == "close"
    assert len(club.texts()) == 1


async def test_ten_megabytes_announced_are_refused_before_a_byte_is_read(club: Club) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"10485760")]
    status, problem, read = await spoken(club.app, headers=headers, chunks=[b"["] * 160)
    assert (status, problem["type"], read) == (413, "urn:mot-lan-khai:problem:body-too-large", 0)


async def test_ten_megabytes_unannounced_are_refused_at_the_limit(club: Club) -> None:
    headers = [(b"content-type", b"application/json"), (b"transfer-encoding", b"chunked")]
    status, _, read = await spoken(club.app, headers=headers, chunks=[b"[" * 65_536] * 160)
    assert (status, read) == (413, 2)


async def test_a_length_that_lies_does_not_open_the_gate(club: Club) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"10")]
    status, _, read = await spoken(club.app, headers=headers, chunks=[b"[" * 65_536] * 160)
    assert (status, read) == (413, 2)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_body_where_none_belongs_is_ignored_but_bounded(club: Club, method: str) -> None:
    small = await club.client.call("club", method, "/notes", content=b"\xff not json")
    assert small.status == 200
    if method == "DELETE":
        assert small.body == {"seen": 0}

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b"x" * 65_536

    large = await club.client.call("club", method, "/notes", content=stream())
    assert large.status == 413


async def test_a_sender_who_hangs_up_gets_no_answer_and_changes_nothing(club: Club) -> None:
    sent = await exchange(
        club.app, headers=[(b"content-type", b"application/json")], chunks=[b'{"te'], ends=False
    )
    assert sent == []
    assert club.texts() == []


BAD_ADDRESSES = [
    pytest.param("/notes/a%00b", "path", "control-character", id="NUL in the path"),
    pytest.param("/notes/a%0Ab", "path", "control-character", id="line feed in the path"),
    pytest.param("/notes/%E2%80%AEfdp", "path", "bidirectional-character", id="override in the path"),
    pytest.param("/notes/a%E2%80%8Bb", "path", "invisible-character", id="zero width in the path"),
    pytest.param("/notes/%ED%A0%80", "path", "not-utf8", id="surrogate in the path"),
    pytest.param("/notes/%FF", "path", "not-utf8", id="no UTF-8 in the path"),
    pytest.param("/notes?q=a%00b", "query", "control-character", id="NUL in the query"),
    pytest.param("/notes?q=a%0d%0aSet-Cookie", "query", "control-character", id="line break in the query"),
    pytest.param("/notes?q=%C2%85", "query", "control-character", id="C1 in the query"),
    pytest.param("/notes?%E2%80%AE=1", "query", "bidirectional-character", id="override in a query's name"),
    pytest.param("/notes?q=%EF%BB%BF", "query", "invisible-character", id="byte order mark in the query"),
    pytest.param("/notes?q=%ED%BF%BF", "query", "not-utf8", id="surrogate in the query"),
    pytest.param("/notes?q=%C3", "query", "not-utf8", id="half a letter in the query"),
    pytest.param("/nowhere?q=%00", "query", "control-character", id="before the route is looked for"),
]


@pytest.mark.parametrize(("path", "where", "code"), BAD_ADDRESSES)
async def test_a_hostile_address_is_refused(club: Club, path: str, where: str, code: str) -> None:
    answer = await club.client.call("club", "GET", path)
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["type"] == "urn:mot-lan-khai:problem:unsafe-address"
    assert [(error["field"], error["code"]) for error in answer.body["errors"]] == [(where, code)]


async def test_an_address_is_composed_like_a_body(club: Club) -> None:
    pieces = "/notes?a=1%262&q=Ho%CC%80a+%2B%26&q2=e%CC%81"
    assert (await club.client.call("club", "GET", pieces)).body == {"q": "Hòa +&"}
    assert (await club.client.call("club", "GET", "/notes/Ho%CC%80a%20B%C3%ACnh")).body == {
        "name": "Hòa Bình"
    }
    assert (await club.client.call("club", "GET", "/notes?q=100%25+%zz")).body == {"q": "100% %zz"}


async def test_what_is_no_request_passes_untouched() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def silent(*_: Any) -> Any:
        raise AssertionError

    await Boundary(app)({"type": "lifespan"}, silent, silent)
    assert seen == ["lifespan"]


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


async def exchange(
    app: Any, *, headers: list[tuple[bytes, bytes]], chunks: list[bytes], ends: bool = True
) -> Any:
    """Speak ASGI itself, for what no client would send; returns what the app sent."""
    return (await _exchange(app, headers, chunks, ends))[0]


async def spoken(
    app: Any, *, headers: list[tuple[bytes, bytes]], chunks: list[bytes]
) -> tuple[int, dict[str, Any], int]:
    """The status, the problem, and how many pieces of the body were read."""
    sent, read = await _exchange(app, headers, chunks, True)
    return sent[0]["status"], json.loads(sent[1]["body"]), read


async def _exchange(
    app: Any, headers: list[tuple[bytes, bytes]], chunks: list[bytes], ends: bool
) -> tuple[list[dict[str, Any]], int]:
    sent: list[dict[str, Any]] = []
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        if read == len(chunks):
            return {"type": "http.disconnect"}
        read += 1
        more = read < len(chunks) or not ends
        return {"type": "http.request", "body": chunks[read - 1], "more_body": more}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/notes",
        "raw_path": b"/notes",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "server": ("localhost", 80),
        "client": ("localhost", 1),
    }
    await app(scope, receive, send)
    return sent, read
