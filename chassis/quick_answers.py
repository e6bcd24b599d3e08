"""Refusals that cost next to nothing: each is rendered once, and then only told where it was asked."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, NamedTuple

from starlette.types import Scope, Send

from chassis.problems import instance_of, language_of_scope, problem_of
from flow_model.errors import SandboxError

_PLACE = "/-here-"


class Rendered(NamedTuple):
    """An answer, ready to be sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


async def refuse(error: SandboxError, scope: Scope, send: Send) -> None:
    """Answer with the problem; for errors without fields, whose texts are few."""
    answer = rendered(error, scope)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})


def rendered(error: SandboxError, scope: Scope) -> Rendered:
    """The answer that tells of it; ``scope`` says where and in which language it was asked."""
    language = language_of_scope(scope)
    texts = (error.detail_vi, error.detail_en)
    kind: Hashable = type(error)  # type: ignore[assignment]  # mypy asks how its instances hash
    status, headers, before, after = _rendered(kind, texts, error.retry_after_seconds, language)
    body = before + instance_of(scope).encode() + after
    return Rendered(status, [*headers, (b"content-length", str(len(body)).encode())], body)


@lru_cache(maxsize=256)
def _rendered(
    kind: Any, texts: tuple[str, str], seconds: int | None, language: str
) -> tuple[int, list[tuple[bytes, bytes]], bytes, bytes]:
    scope: Scope = {"path": _PLACE, "headers": [(b"accept-language", language.encode())]}
    answer = problem_of(kind(*texts, retry_after_seconds=seconds), scope)
    before, after = bytes(answer.body).split(_PLACE.encode())
    headers = [pair for pair in answer.raw_headers if pair[0] != b"content-length"]
    return answer.status_code, headers, before, after
