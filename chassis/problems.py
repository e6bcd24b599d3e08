"""Every error as a problem (RFC 9457): what happened, who must act, which field; in the reader's language.

The one table of HTTP numbers is STATUS, in problem_table.py. A domain error keeps its own slug; a subclass
without a row takes the number of the nearest ancestor that has one. Nothing of a field's value is ever
repeated, and a fault of the program shows only a reference, under which the log tells the rest.
"""

import re
import traceback
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.field_messages import field_errors, fields_wrong
from chassis.language import Language, language_of
from chassis.logs import mask_text
from chassis.problem_docs import (
    MEDIA_TYPE,
    PROBLEM_RESPONSES,
    TYPE_PREFIX,
    describe_problems,
    problem_responses,
)
from chassis.problem_table import DETAIL_OF_STATUS, SLUG_OF_STATUS, STATUS
from chassis.strict_json import strict_dumps
from flow_model.errors import DownInTheStory, FieldError, SandboxError

__all__ = ["PROBLEM_RESPONSES", "STATUS", "install", "language_of_scope", "problem_of", "problem_responses"]

_RETRY_AFTER_SECONDS = 5

_log = structlog.get_logger("chassis.problems")


def install(app: FastAPI) -> None:
    """Make every error of the app a problem, and say so in its OpenAPI document. Call it last."""
    app.add_exception_handler(SandboxError, _domain_error)
    app.add_exception_handler(RequestValidationError, _fields_error)
    app.add_exception_handler(HTTPException, _framework_error)
    app.add_middleware(_LastResort)
    describe_problems(app)


def problem_of(error: SandboxError, scope: Scope) -> Response:
    """The answer for a domain error, in the language of the request."""
    status, title_vi, title_en = _row(error)
    headers: dict[str, str] = {}
    wait = error.retry_after_seconds
    if wait is None and status == 503:
        wait = _RETRY_AFTER_SECONDS
    if wait is not None:
        headers["Retry-After"] = str(wait)
    return _answer(
        scope,
        status,
        error.slug,
        (title_vi, title_en),
        (error.detail_vi, error.detail_en),
        error.errors,
        headers,
    )


def _row(error: SandboxError) -> tuple[int, str, str]:
    for kind in type(error).__mro__:
        slug = error.slug if kind is type(error) else kind.__dict__.get("slug")
        if slug in STATUS:
            return STATUS[slug]
    return STATUS["internal-error"]


def _answer(
    scope: Scope,
    status: int,
    slug: str,
    title: tuple[str, str],
    detail: tuple[str, str],
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> Response:
    language = language_of_scope(scope)
    pick = 0 if language == "vi" else 1
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + slug,
        "title": title[pick],
        "status": status,
        "detail": detail[pick],
        "instance": instance_of(scope),
        "errors": [
            {"field": e.field, "code": e.code, "message": (e.message_vi, e.message_en)[pick]} for e in errors
        ],
        **more,
    }
    return Response(
        strict_dumps(body),
        status,
        {
            "Content-Language": language,
            "Vary": "Accept-Language",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        },
        media_type=MEDIA_TYPE,
    )


def language_of_scope(scope: Scope) -> Language:
    """The language in which whoever asks is answered."""
    app = scope.get("app")
    default: Language = getattr(getattr(app, "state", None), "language", "vi")
    for name, value in scope["headers"]:
        if name == b"accept-language":
            return language_of(value.decode("latin-1"), default)
    return default


def instance_of(scope: Scope) -> str:
    """The path as it was sent, percent-encoded, without the query."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw else scope.get("path", "")
    return quote(path[:300], safe="/%:@!$&'()*+,;=~-._", errors="replace")


async def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SandboxError)
    if _row(error)[0] >= 500 and not isinstance(error, DownInTheStory):
        _log.warning("problem", slug=error.slug, path=instance_of(request.scope), detail=error.detail_en)
    return problem_of(error, request.scope)


async def _fields_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    status, *title = STATUS["invalid-request"]
    errors = field_errors(error.errors())
    told = fields_wrong(len(errors))
    return _answer(request.scope, status, "invalid-request", (title[0], title[1]), told, errors)


async def _framework_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    slug = SLUG_OF_STATUS.get(
        error.status_code, "internal-error" if error.status_code >= 500 else "bad-request"
    )
    _, title_vi, title_en = STATUS[slug]
    headers = dict(error.headers or {})
    if error.status_code == 503:
        headers.setdefault("Retry-After", str(_RETRY_AFTER_SECONDS))
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request)) or headers.get("Allow", "")
    return _answer(
        request.scope,
        error.status_code,
        slug,
        (title_vi, title_en),
        DETAIL_OF_STATUS.get(error.status_code, (title_vi, title_en)),
        headers=headers,
    )


def _methods(request: Request) -> list[str]:
    """What can be done at this path: each method has a route of its own, and the framework names but one."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is Match.PARTIAL:
            found |= route.methods or set()
    return sorted(found)


class _LastResort:
    """What nobody expected: logged under a reference, answered with the reference alone.

    It stands outside the framework's own 500 page, which would let the error rise on to the server's log with
    whatever the error's message holds.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            answer = (
                problem_of(error, scope) if isinstance(error, SandboxError) else _unexpected(scope, error)
            )
            if started:
                raise RuntimeError("an answer broke off; the log has its reference") from None
            await answer(scope, receive, send)


def _unexpected(scope: Scope, error: Exception) -> Response:
    frames = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    headers = Headers(scope=scope)
    run_id = headers.get("run-id", "")
    # Derived, not drawn: the same fault of the same request has the same reference on every machine.
    told = "\n".join([run_id, scope["method"], instance_of(scope), type(error).__name__, *frames[-1:]])
    reference = blake2b(told.encode("utf-8", "replace"), digest_size=5).hexdigest()
    _log.error(
        "unexpected",
        reference=reference,
        method=scope["method"],
        path=instance_of(scope),
        run_id=run_id,
        traceparent=headers.get("traceparent", ""),
        error=type(error).__name__,
        message=_safe_message(error),
        frames=frames[-12:],
    )
    status, title_vi, title_en = STATUS["internal-error"]
    detail = (
        f"Chương trình gặp lỗi. Hãy báo cho người vận hành mã {reference}.",
        f"The program met a fault. Tell the operator the reference {reference}.",
    )
    return _answer(scope, status, "internal-error", (title_vi, title_en), detail, reference=reference)


def _safe_message(error: Exception) -> str:
    """The message, but not of an error whose message quotes the data it was given."""
    if isinstance(error, ValidationError) or hasattr(error, "errors") or hasattr(error, "statement"):
        return ""
    return mask_text(str(error))[:300]


def _short(filename: str) -> str:
    return re.sub(r".*/(?=[^/]+/[^/]+$)", "", filename)
