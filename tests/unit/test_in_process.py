"""An app in this process is asked as any HTTP client asks, and answers as it does over the network."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.client import ServiceClient, ServiceUnreachable

# What a client adds of its own, and no service of ours reads.
_MANNERS = {b"accept", b"accept-encoding", b"connection", b"user-agent"}
_SEEN_ALIKE = ("method", "path", "raw_path", "query_string", "scheme", "server", "http_version", "root_path")


class Mirror:
    """An app that keeps what it was asked, and answers as told."""

    def __init__(self, *answer: Message) -> None:
        self.answer = answer or (started(), {"type": "http.response.body", "body": b""})
        self.scope: dict[str, Any] = {}
        self.body = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.body, more = dict(scope), b"", True
        while more:
            message = await receive()
            self.body += message["body"]
            more = message["more_body"]
        for each in self.answer:
            await send(each)
        assert (await receive())["type"] == "http.disconnect"

    @property
    def seen(self) -> dict[str, Any]:
        headers = {pair for pair in self.scope["headers"] if pair[0] not in _MANNERS}
        return {name: self.scope[name] for name in _SEEN_ALIKE} | {"headers": headers, "body": self.body}


def started(status: int = 200, *headers: tuple[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)
PATHS = st.lists(TEXT | st.sampled_from([".", "..", "%C3%A0", "%2F", "a?b=c d", "{x}", "%"]), max_size=4)
PARAMS = st.none() | st.dictionaries(TEXT, TEXT | st.integers() | st.booleans(), max_size=3)
HEADERS = st.dictionaries(
    st.sampled_from(["Run-Id", "content-length", "Host", "X"]), st.just("1"), max_size=3
)


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "put", "PATCH", "DELETE"]),
    parts=PATHS,
    params=PARAMS,
    headers=HEADERS,
    content=st.none() | st.binary(max_size=9),
    piecewise=st.booleans(),
)
@settings(max_examples=150, deadline=None)
async def test_an_app_sees_what_any_client_would_send(
    method: str,
    parts: list[str],
    params: dict[str, str | int] | None,
    headers: dict[str, str],
    content: bytes | None,
    piecewise: bool,
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in content or b"":
            yield bytes([byte])

    path, mirror, other = "/" + "/".join(parts), Mirror(), Mirror()
    sent: dict[str, Any] = {"params": params, "headers": headers}
    await ServiceClient.in_process({"a": mirror}).call(
        "a", method, path, content=pieces() if piecewise else content, **sent
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(other)) as client:
        url = f"http://in-process.invalid{path}"
        await client.request(method, url, content=pieces() if piecewise else content, **sent)
    assert mirror.seen == other.seen


async def test_what_is_said_twice_stands_once_and_names_are_lower_case() -> None:
    said = [
        (b"Via", b"a"),
        (b"via", b"b"),
        (b"X-Name", "Hoà".encode()),
        (b"Content-Type", b"application/json"),
    ]
    app = Mirror(
        started(201, *said),
        {"type": "http.response.body", "body": b'{"a":', "more_body": True},
        {"type": "http.response.body", "body": b" 1}"},
    )
    answer = await ServiceClient.in_process({"a": app}).call("a", "POST", "/")
    assert (answer.status, answer.body, answer.content) == (201, {"a": 1}, b'{"a": 1}')
    assert answer.headers == {"via": "a, b", "x-name": "Hoà", "content-type": "application/json"}
    odd = Mirror(started(200, (b"x", b"\xe0")), {"type": "http.response.body"})
    assert (await ServiceClient.in_process({"a": odd}).call("a", "GET", "/")).headers == {"x": "à"}


async def test_the_answer_to_a_head_has_no_body() -> None:
    app = Mirror(started(), {"type": "http.response.body", "body": b"not for you"})
    assert (await ServiceClient.in_process({"a": app}).call("a", "HEAD", "/")).content == b""


@pytest.mark.parametrize(("began", "status"), [(False, 500), (True, 202)])
async def test_an_app_that_fails_answers_what_it_had_begun_to_or_500(began: bool, status: int) -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        if began:
            await send(started(202))
        raise LookupError

    answer = await ServiceClient.in_process({"a": failing}).call("a", "GET", "/")
    assert (answer.status, answer.content) == (status, b"")


def waiting(heard: list[str], hears: bool) -> tuple[ASGIApp, asyncio.Event, asyncio.Event]:
    """An app that listens whether its client hung up, or works on until it is told that it is done."""
    began, done = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        began.set()
        try:
            heard.append((await receive())["type"] if hears else str(await done.wait()))
        except asyncio.CancelledError:
            heard.append("torn off")
            raise
        done.set()

    return app, began, done


async def hung_up(client: ServiceClient, began: asyncio.Event) -> None:
    """Ask, and stop waiting in the middle."""
    asking = asyncio.create_task(client.call("a", "POST", "/work"))
    await began.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_an_app_whose_client_hung_up_hears_of_it() -> None:
    heard: list[str] = []
    app, began, done = waiting(heard, hears=True)
    async with ServiceClient.in_process({"a": app}) as client:
        await hung_up(client, began)
        await done.wait()
    assert heard == ["http.disconnect"]


async def test_work_goes_on_when_its_client_hung_up() -> None:
    heard: list[str] = []
    app, began, done = waiting(heard, hears=False)
    async with ServiceClient.in_process({"a": app}) as client:
        await hung_up(client, began)
        done.set()
        while not heard:
            await asyncio.wait([asyncio.create_task(began.wait())])
    assert heard == ["True"]


@pytest.mark.parametrize("asked", ["still", "no more"])
async def test_a_client_that_is_closed_ends_what_is_at_work(asked: str) -> None:
    heard: list[str] = []
    app, began, _ = waiting(heard, hears=False)
    client = ServiceClient.in_process({"a": app})
    if asked == "no more":
        await hung_up(client, began)
        await client.aclose()
    else:
        asking = asyncio.create_task(client.call("a", "POST", "/work"))
        await began.wait()
        await client.aclose()
        with pytest.raises(ServiceUnreachable) as caught:
            await asking
        assert caught.value.reason == "reset"
    assert heard == ["torn off"]


@pytest.mark.parametrize("path", ["/a\n", "/\x00", "/a\tb?c"])
async def test_an_address_that_no_request_can_hold_is_refused_to_the_caller(path: str) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        await ServiceClient.in_process({"a": Mirror()}).call("a", "GET", path)
