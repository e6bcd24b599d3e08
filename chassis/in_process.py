"""Asks an app of this process as a server would: the same request, the same answer, no network.

The app works in a task of its own. Whoever stops waiting is gone, as behind a real server: the app may hear
of it, and what it has begun is not torn off in the middle.
"""

import asyncio
from collections.abc import AsyncIterable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode

from starlette.types import ASGIApp, Message, Scope

HOST = "in-process.invalid"
# What a URL leaves as it is; a percent sign is taken to begin what was encoded before.
_IN_PATH = "!$%&'()*+,/:;=@[\\]^|"
_IN_QUERY = _IN_PATH + "?`{}"
_ALIKE: Scope = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "scheme": "http",
    "server": (HOST, None),
    "client": ("127.0.0.1", 123),
    "root_path": "",
}


@dataclass(frozen=True, slots=True)
class Received:
    """What came back. Header names are lower case; what is said twice stands once, with a comma."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class InProcess:
    """The way to one app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._working: set[asyncio.Task[None]] = set()

    async def send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str],
        content: bytes | AsyncIterable[bytes] | None,
    ) -> Received:
        """One request, one answer; 500 when the app fails before it begins to answer."""
        loop = asyncio.get_running_loop()
        scope = {**_ALIKE, "method": method.upper(), **_address(path, params)}
        scope["headers"] = _headers(scope["method"], headers, content)
        exchange = _Exchange(content, loop.create_future())
        task = loop.create_task(exchange.serve(self._app, scope))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        try:
            await exchange.ended
        finally:
            exchange.over.set()
        body = b"" if scope["method"] == "HEAD" else b"".join(exchange.body)
        return Received(exchange.status, by_name(exchange.headers), body)

    async def aclose(self) -> None:
        """End what is still at work, as a server that stops does."""
        working = list(self._working)
        self.tear_off()
        await asyncio.gather(*working, return_exceptions=True)

    def tear_off(self) -> None:
        """End it as a process that is killed does: whoever waits meets a broken connection."""
        for task in list(self._working):
            task.cancel()


class _Exchange:
    """One request, and what has come back so far."""

    def __init__(self, content: bytes | AsyncIterable[bytes] | None, ended: "asyncio.Future[None]") -> None:
        self.ended = ended
        self.over = asyncio.Event()
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: list[bytes] = []
        self._chunks = aiter(content) if isinstance(content, AsyncIterable) else None
        self._left = None if isinstance(content, AsyncIterable) else content or b""

    async def serve(self, app: ASGIApp, scope: Scope) -> None:
        """Let the app answer. What escapes it stands in its log, and was told as far as it could be."""
        try:
            with suppress(Exception):
                await app(scope, self.receive, self.send)
        except BaseException:
            if not self.ended.done():
                self.ended.set_exception(ConnectionResetError())
            raise
        if not self.ended.done():
            self.ended.set_result(None)

    async def receive(self) -> Message:
        """The next piece of the request; when there is no more, the news that nobody waits any longer."""
        if self._chunks is not None:
            self._left = await anext(self._chunks, None)
            if self._left is not None:
                return {"type": "http.request", "body": self._left, "more_body": True}
            self._chunks, self._left = None, b""
        if self._left is not None:
            body, self._left = self._left, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """A piece of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.over.set()


def _address(path: str, params: Mapping[str, str | int] | None) -> Scope:
    """The path and query of a URL, encoded once and no more; `params` replace a query that stands there."""
    if not path.isprintable() and any(sign.isascii() and not sign.isprintable() for sign in path):
        raise ValueError(f"an address cannot hold {path!r}")
    above, _, query = path.partition("#")[0].partition("?")
    raw = quote(_without_dots(above), safe=_IN_PATH) or "/"
    if params is not None:
        query = urlencode({name: _said(value) for name, value in params.items()})
    return {
        "path": unquote(raw),
        "raw_path": raw.encode("ascii"),
        "query_string": quote(query, safe=_IN_QUERY).encode("ascii"),
    }


def _without_dots(path: str) -> str:
    """The path with `.` and `..` resolved (RFC 3986, 5.2.4)."""
    parts = path.split("/")
    if "." not in parts and ".." not in parts:
        return path
    kept: list[str] = []
    for part in parts:
        if part == "..":
            del kept[max(len(kept) - 1, 1) :]
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def _said(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _headers(
    method: str, own: Mapping[str, str], content: bytes | AsyncIterable[bytes] | None
) -> list[tuple[bytes, bytes]]:
    """The headers of whoever asks, and those that every HTTP client adds."""
    sent = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in own.items()]
    named = {name for name, _ in sent}
    if b"host" not in named:
        sent.insert(0, (b"host", HOST.encode()))
    if not named.isdisjoint((b"content-length", b"transfer-encoding")):
        return sent
    if isinstance(content, AsyncIterable):
        sent.append((b"transfer-encoding", b"chunked"))
    elif content or method in ("POST", "PUT", "PATCH"):
        sent.append((b"content-length", str(len(content or b"")).encode()))
    return sent


def by_name(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """By names in lower case. They are UTF-8, as a rule, and otherwise Latin-1, which everything is."""
    try:
        pairs = [(name.decode().lower(), value.decode()) for name, value in headers]
    except UnicodeDecodeError:
        pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]
    named: dict[str, str] = {}
    for name, value in pairs:
        named[name] = f"{named[name]}, {value}" if name in named else value
    return named
