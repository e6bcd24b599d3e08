"""The one gate that every request passes before any of our code reads it.

Bodies are bounded before they are parsed, are JSON in UTF-8 or nothing, and are handed on re-written: every
text composed (NFC), every key once, every number one that all readers agree on. Addresses follow the same
text policy. It is plain ASGI because the framework's middleware class starts a task for each request.
"""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.addresses import with_composed_address
from chassis.admission import Admission
from chassis.clock import seconds_passed
from chassis.heads import BadHeader, Head, head_as_get, read_head
from chassis.lines import MEDIA_TYPE, MOST_BYTES, are_lines, lines_are_taken
from chassis.media_types import JSON, is_json, is_plain_utf8, kind_of
from chassis.metrics import Metrics
from chassis.problems import problem_of
from chassis.quick_answers import refuse
from chassis.storage import Store
from chassis.store_errors import StoreTrouble
from chassis.strict_json import NotStrict, strict_dumps, strict_loads
from chassis.watching import WATCHING
from chassis.work import Work, begin
from flow_model.errors import FieldError, SandboxError

JSON_LIMIT = 65_536
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})
_EMPTY: Message = {"type": "http.request", "body": b"", "more_body": False}


class MalformedJson(SandboxError):
    """The sender corrects the body."""

    slug = "malformed-json"


class BodyTooLarge(SandboxError):
    """The sender sends less at once."""

    slug = "body-too-large"


class UnsupportedMediaType(SandboxError):
    """The sender sends JSON in UTF-8."""

    slug = "unsupported-media-type"


class _Gone(Exception):
    """The sender hung up: nobody is left to answer."""


class Boundary:
    """Refuse what no service should have to understand; hand on the rest in one form."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        json_limit: int = JSON_LIMIT,
        store: Store | None = None,
        admission: Admission | None = None,
        forms: bool = False,
        metrics: Metrics | None = None,
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.forms = forms
        self.json_limit = json_limit
        self.store = store
        self.admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        work: Work | None = None
        try:
            try:
                head = read_head(scope)
                scope = with_composed_address(scope)
                raw = await self._raw(scope, head, receive)
                if self.admission is not None and scope["path"] not in WATCHING:
                    state = scope.get("state", {})
                    work = await self.admission.enter(head, state.get("arrived"), state.get("at_hand", ()))
                    begin(work)
                as_it_is = are_lines(scope, head.noted) or (self.forms and _is_form(head.noted))
                body = raw if as_it_is else _re_written(raw, scope, head)
            except SandboxError as refusal:
                if self.metrics is not None:
                    self.metrics.refused(refusal.slug)
                await _refuse(refusal, scope, receive, send)
                return
            except _Gone:
                return
            send = self._answering(work, scope, receive, send)
            inner, send = head_as_get(_with_length(scope, len(body)), send)
            if self.metrics is not None and work is not None:
                send = _counted(self.metrics, inner, send)
            await self.app(inner, _handing_on(body, receive), send)
        finally:
            self._leave(work)

    def _leave(self, work: Work | None) -> None:
        if work is not None:
            assert self.admission is not None
            work.over = True
            self.admission.leave(work)

    def _answering(self, work: Work | None, scope: Scope, receive: Receive, send: Send) -> Send:
        if self.store is not None:
            send = _once_kept(self.store, scope, receive, send)
        return (
            send if self.admission is None or work is None else _streaming(self.admission, work, scope, send)
        )

    async def _raw(self, scope: Scope, head: Head, receive: Receive) -> bytes:
        """The body as it was sent. It is read before the work is admitted: a slow sender holds no place."""
        announced = head.noted.get(b"content-length")
        if announced is not None and not (
            announced.isascii() and announced.isdigit() and len(announced) < 20
        ):
            raise BadHeader("Content-Length phải là một số.", "Content-Length must be a number.")
        limit = MOST_BYTES if are_lines(scope, head.noted) else self.json_limit
        if announced is not None and int(announced) > limit:
            raise _too_large(limit)
        ignored = scope["method"] in _WITHOUT_BODY
        if ignored and announced in (None, b"0") and b"transfer-encoding" not in head.noted:
            return b""
        if self.admission is not None and scope["path"] not in WATCHING:
            self.admission.look(head)  # nothing is read of what is sent away anyhow
        raw = await _bounded(receive, limit)
        return b"" if ignored else raw


async def _bounded(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"Nội dung vượt quá {limit} byte. Hãy gửi ít hơn.",
        f"The body is beyond {limit} bytes. Send less at once.",
    )


def _counted(metrics: Metrics, scope: Scope, send: Send) -> Send:
    """An answer counts when it begins to leave: by then routing has said in the scope which route it is."""
    began = seconds_passed()

    async def send_and_count(message: Message) -> None:
        if message["type"] == "http.response.start":
            route = getattr(scope.get("route"), "path", "")
            metrics.answered(scope["method"], route, message["status"], seconds_passed() - began)
        await send(message)

    return send_and_count


def _is_form(headers: Mapping[bytes, bytes]) -> bool:
    """What a page sends. Who reads it composes its text: web/forms.py."""
    return kind_of(headers) == "application/x-www-form-urlencoded"


def _re_written(raw: bytes, scope: Scope, head: Head) -> bytes:
    """The body in the one form that is handed on; raises MalformedJson, UnsupportedMediaType."""
    if not raw:
        return b""
    _require_json(scope, head.noted)
    try:
        return strict_dumps(strict_loads(raw))
    except NotStrict as error:
        raise _malformed(error) from None


def _streaming(admission: Admission, work: Work, scope: Scope, send: Send) -> Send:
    """An answer without a length is a stream, which may last for ever: it begins, and its place is free."""

    async def send_and_note(message: Message) -> None:
        await send(message)
        if message["type"] == "http.response.start" and not _has_length(message):
            admission.leave(work)
            scope.get("state", {})["streams"] = True

    return send_and_note


def _has_length(message: Message) -> bool:
    return any(name == b"content-length" for name, _ in message.get("headers", ())) or message["status"] in (
        204,
        304,
    )


async def _refuse(refusal: SandboxError, scope: Scope, receive: Receive, send: Send) -> None:
    if refusal.errors or isinstance(refusal, BodyTooLarge):
        answer = problem_of(refusal, scope)
        if isinstance(refusal, BodyTooLarge):
            answer.headers["Connection"] = "close"  # the rest of the body is never read
        await answer(scope, receive, send)
    else:
        await refuse(refusal, scope, send)


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


def _require_json(scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """What is no JSON is told what is taken there: lines of it, or one body."""
    if not (is_json(headers) and is_plain_utf8(headers)):
        kind = MEDIA_TYPE if lines_are_taken(scope) else JSON
        raise UnsupportedMediaType(
            f"Hãy gửi Content-Type: {kind}, mã UTF-8, không nén.",
            f"Send Content-Type: {kind}, in UTF-8, not compressed.",
        )


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
