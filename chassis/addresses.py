"""The address of a request: its path and query as text that all readers understand alike."""

from typing import Any
from urllib.parse import quote, unquote_plus, unquote_to_bytes

from starlette.types import Scope

from chassis.text_policy import MESSAGES, composed, refused_kind
from flow_model.errors import FieldError, SandboxError


class UnsafeAddress(SandboxError):
    """The sender corrects the path or the query."""

    slug = "unsafe-address"


def with_composed_address(scope: Scope) -> Scope:
    """The scope with its address composed (NFC); raises UnsafeAddress."""
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
            where, "not-utf8", ("Không phải UTF-8. Hãy mã hóa lại.", "This is not UTF-8. Encode it again.")
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
