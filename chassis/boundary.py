"""The one gate that every request passes before any of our code reads it.

Bodies are bounded before they are parsed, are JSON in UTF-8 or nothing, and are handed on re-written: every
text composed (NFC), every key once, every number one that all readers agree on. Addresses follow the same
text policy. It is plain ASGI because the framework's middleware class starts a task for each request.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_plus, unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.problems import problem_of
from chassis.storage import Store
from chassis.store_errors import StoreTrouble
from chassis.strict_json import NotStrict, strict_dumps, strict_loads
from chassis.text_policy import MESSAGES, composed, refused_kind
from flow_model.errors import FieldError, SandboxError

JSON_LIMIT = 65_536
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})
_DECIDING = frozenset({b"content-length", b"content-type", b"content-encoding", b"transfer-encoding"})
_EMPTY: Message = {"type": "http.request", "body": b"", "more_body": False}


class MalformedJson(SandboxError):
    """The sender corrects the body."""

    slug = "malformed-json"


class UnsafeAddress(SandboxError):
    """The sender corrects the path or the query."""

    slug = "unsafe-address"


class BodyTooLarge(SandboxError):
    """The sender sends less at once."""

    slug = "body-too-large"


class UnsupportedMediaType(SandboxError):
    """The sender sends JSON in UTF-8."""

    slug = "unsupported-media-type"


class BadHeader(SandboxError):
    """The sender corrects a header."""

    slug = "bad-header"


class _Gone(Exception):
    """The sender hung up: nobody is left to answer."""


class Boundary:
    """Refuse what no service should have to understand; hand on the rest in one form."""

    def __init__(self, app: ASGIApp, *, json_limit: int = JSON_LIMIT, store: Store | None = None) -> None:
        self.app = app
        self.json_limit = json_limit
        self.store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            scope = _with_composed_address(scope)
            body = await self._body(scope, receive)
        except SandboxError as refusal:
            answer = problem_of(refusal, scope)
            if isinstance(refusal, BodyTooLarge):
                answer.headers["Connection"] = "close"  # the rest of the body is never read
            await answer(scope, receive, send)
            return
        except _Gone:
            return
        if self.store is not None:
            send = _once_kept(self.store, scope, receive, send)
        await self.app(_with_length(scope, len(body)), _handing_on(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        headers = _single(scope)
        announced = headers.get(b"content-length")
        if announced is not None and not (
            announced.isascii() and announced.isdigit() and len(announced) < 20
        ):
            raise BadHeader("Content-Length phải là một số.", "Content-Length must be a number.")
        if announced is not None and int(announced) > self.json_limit:
            raise self._too_large()
        ignored = scope["method"] in _WITHOUT_BODY
        if ignored and announced in (None, b"0") and b"transfer-encoding" not in headers:
            return b""
        raw = await self._bounded(receive)
        if ignored or not raw:
            return b""
        _require_json(headers)
        try:
            return strict_dumps(strict_loads(raw))
        except NotStrict as error:
            raise _malformed(error) from None

    async def _bounded(self, receive: Receive) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            chunk: bytes = message.get("body", b"")
            size += len(chunk)
            if size > self.json_limit:
                raise self._too_large()
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(
            f"Nội dung vượt quá {self.json_limit} byte. Hãy gửi ít hơn.",
            f"The body is beyond {self.json_limit} bytes. Send less at once.",
        )


def _once_kept(store: Store, scope: Scope, receive: Receive, send: Send) -> Send:
    """Answers leave when all they may rest on is kept. A request that a failed commit touched is told so."""
    before, told_so = store.last_failure, False

    async def send_once_kept(message: Message) -> None:
        nonlocal told_so
        if told_so:
            return
        try:
            await store.durable()
            failed = store.last_failure
            if failed is not None and failed is not before and message["type"] == "http.response.start":
                raise failed
        except StoreTrouble as trouble:
            if message["type"] != "http.response.start":
                raise  # half an answer is out: the connection breaks, and the caller asks again
            told_so = True
            await problem_of(trouble, scope)(scope, receive, send)
            return
        await send(message)

    return send_once_kept


def _malformed(error: NotStrict) -> MalformedJson:
    where = error.pointer()
    return MalformedJson(
        f"{error.message_vi} Vị trí: {where}" if where else error.message_vi,
        f"{error.message_en} Where: {where}" if where else error.message_en,
        errors=[FieldError(error.dotted(), error.code, error.message_vi, error.message_en)],
    )


def _require_json(headers: Mapping[bytes, bytes]) -> None:
    """application/json or application/…+json, in UTF-8, not compressed."""
    essence, *parameters = headers.get(b"content-type", b"").decode("latin-1").lower().split(";")
    kind = essence.strip()
    named = [value.partition("=") for value in map(str.strip, parameters) if value]
    charsets = [value.strip().strip('"') for name, _, value in named if name.strip() == "charset"]
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    is_utf8 = all(charset in ("utf-8", "utf8") for charset in charsets)
    is_plain = headers.get(b"content-encoding", b"identity").strip().lower() == b"identity"
    if not (is_json and is_utf8 and is_plain):
        raise UnsupportedMediaType(
            "Hãy gửi Content-Type: application/json, mã UTF-8, không nén.",
            "Send Content-Type: application/json, in UTF-8, not compressed.",
        )


def _single(scope: Scope) -> dict[bytes, bytes]:
    """The headers that decide how a body is read; two different ones under one name are an attack."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _DECIDING and found.setdefault(name, value) != value:
            raise BadHeader(
                f"Tiêu đề {name.decode()} xuất hiện hai lần.", f"The header {name.decode()} stands twice."
            )
    return found


def _with_composed_address(scope: Scope) -> Scope:
    query: bytes = scope.get("query_string", b"")
    raw_path: bytes | None = scope.get("raw_path")
    path: str = scope["path"]
    changed: dict[str, Any] = {}
    if raw_path is not None and b"%" in raw_path:
        path = _decoded(raw_path.partition(b"?")[0], "path")
    if not (path.isascii() and path.isprintable()):
        _require_plain(path, "path")
        if composed(path) != path:
            path = composed(path)
            changed |= {"path": path, "raw_path": quote(path, safe="/%:@!$&'()*+,;=~-._").encode()}
    if b"%" in query or not query.isascii():
        text = _decoded(query, "query")
        _require_plain(text, "query")
        if composed(text) != text:
            changed["query_string"] = _composed_query(query.decode("ascii", "surrogateescape"))
    elif query:
        _require_plain(query.decode("ascii"), "query")
    return {**scope, **changed} if changed else scope


def _decoded(raw: bytes, where: str) -> str:
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise _unsafe(
            where, "not-utf8", ("Không phải UTF-8. Hãy mã hoá lại.", "This is not UTF-8. Encode it again.")
        ) from None


def _require_plain(text: str, where: str) -> None:
    kind = "control-character" if "\n" in text or "\t" in text else refused_kind(text)
    if kind is not None:
        raise _unsafe(where, kind, MESSAGES[kind])


def _unsafe(where: str, code: str, message: tuple[str, str]) -> UnsafeAddress:
    part_vi, part_en = ("đường dẫn", "path") if where == "path" else ("phần truy vấn", "query string")
    return UnsafeAddress(
        f"Trong {part_vi}: {message[0]}",
        f"In the {part_en}: {message[1]}",
        errors=[FieldError(where, code, *message)],
    )


def _composed_query(query: str) -> bytes:
    pairs = [part.split("=", 1) for part in query.split("&")]
    return "&".join("=".join(quote(composed(unquote_plus(text))) for text in pair) for pair in pairs).encode()


def _with_length(scope: Scope, length: int) -> Scope:
    """The scope as it would be had the sender written the body that is handed on."""
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name not in (b"content-length", b"transfer-encoding")
    ]
    if length or scope["method"] not in _WITHOUT_BODY:
        headers.append((b"content-length", str(length).encode()))
    return {**scope, "headers": headers}


def _handing_on(body: bytes, receive: Receive) -> Receive:
    handed_on = False

    async def hand_on() -> Message:
        nonlocal handed_on
        if not handed_on:
            handed_on = True
            return {"type": "http.request", "body": body, "more_body": False} if body else _EMPTY
        while True:  # what is left is only the news that the sender hung up
            message = await receive()
            if message["type"] == "http.disconnect":
                return message

    return hand_on
