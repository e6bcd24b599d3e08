"""The gate of every service: which heads, lengths and addresses it refuses; that nothing behind it moved."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chassis.app import build_app
from chassis.boundary import JSON_LIMIT, Boundary
from tests.unit.boundary.notes import JSON, Club


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


async def test_who_only_looks_whether_somebody_is_there_gets_the_head_of_what_get_tells() -> None:
    app = build_app(title="desk", version="1")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.invalid") as client:
        got, head = await client.get("/health"), await client.head("/health")
        assert (await client.head("/metrics")).status_code == 405
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
