"""Everything sent twice counts once: the first answer to a key is kept and given again, byte for byte.

Three steps, each a transaction of its own: mark the key as running, do the work, keep the answer.

What this does not do. If the process dies between the work's own commit and the keeping of the answer, the
next request with that key does the work again: the work itself must find what it did the first time (a name
that the sender chose, a unique row). Marks of a process of another epoch are taken over, unless it is known
to be alive. An answer of 500 and above, and any error that rises, is not kept: the sender may try again.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any

from fastapi.encoders import jsonable_encoder
from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Field, SQLModel
from starlette.responses import Response

from chassis.storage import Store
from chassis.strict_json import strict_dumps
from flow_model.errors import DifferentBody, FieldError, MissingKey, StillRunning

_RUNNING = "running"
_DONE = "done"


class KeptAnswer(SQLModel, table=True):
    """What was answered to a key. `scope` says to whom and for what: start it with the run's name."""

    scope: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    state: str
    epoch: str
    status: int = 0
    body: bytes = b""
    headers: str = "{}"


_T = KeptAnswer.__table__  # type: ignore[attr-defined]  # SQLModel adds it and does not say so


async def once(
    store: Store,
    scope: str,
    key: str | None,
    body: Any,
    work: Callable[[], Awaitable[tuple[int, Any]]],
    *,
    epoch: str,
    alive: Callable[[str], bool] = lambda _epoch: False,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Do the work for this key, or give the answer that it had. `headers` are kept with the answer."""
    if not key:
        raise MissingKey(
            "Hãy gửi tiêu đề Idempotency-Key, mỗi lần tạo mới một khoá.",
            "Send an Idempotency-Key header, a new key for each thing that you create.",
            errors=[
                FieldError(
                    "header.Idempotency-Key", "missing", "Thiếu tiêu đề này.", "This header is missing."
                )
            ],
        )
    fingerprint = fingerprint_of(body)
    holder = _holder(store, scope, key)
    epochs = {epoch} | ({holder} if holder is not None and holder != epoch and alive(holder) else set())
    with store.connection() as connection:
        kept = _kept_or_mark(connection, scope, key, fingerprint, epoch, epochs)
    if kept is not None:
        return kept
    try:
        status, result = await work()
        content = strict_dumps(jsonable_encoder(result))
    except BaseException:
        _forget(store, scope, key, epoch)
        raise
    sent = {
        "content-type": "application/json",
        **{name.lower(): value for name, value in (headers or {}).items()},
    }
    if status >= 500:
        _forget(store, scope, key, epoch)
    else:
        with store.connection() as connection:
            connection.execute(
                update(_T)
                .where(_T.c.scope == scope, _T.c.key == key, _T.c.state == _RUNNING)
                .values(state=_DONE, status=status, body=content, headers=json.dumps(sent))
            )
    return Response(content, status, sent)


def fingerprint_of(body: Any) -> str:
    """The same for two bodies that say the same, whatever the order of their fields."""
    plain = jsonable_encoder(body)
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return sha256(canonical.encode()).hexdigest()


def forget_scopes(store: Store, prefix: str) -> int:
    """Remove the kept answers of every scope that starts so: a run that is deleted leaves no trace."""
    with store.connection() as connection:
        return connection.execute(delete(_T).where(_T.c.scope.startswith(prefix, autoescape=True))).rowcount


def _kept_or_mark(
    connection: Connection, scope: str, key: str, fingerprint: str, epoch: str, at_work: set[str]
) -> Response | None:
    """The kept answer; or None, and the key is marked as ours to work on."""
    mine = (_T.c.scope == scope, _T.c.key == key)
    kept = connection.execute(select(_T).where(*mine)).one_or_none()
    if kept is None:
        connection.execute(
            insert(_T).values(
                scope=scope,
                key=key,
                fingerprint=fingerprint,
                state=_RUNNING,
                epoch=epoch,
                status=0,
                body=b"",
                headers="{}",
            )
        )
        return None
    if kept.fingerprint != fingerprint:
        raise DifferentBody(
            "Idempotency-Key này đã dùng cho nội dung khác. Hãy dùng khoá mới.",
            "This Idempotency-Key was used for other content. Use a new key.",
        )
    if kept.state == _DONE:
        return Response(kept.body, kept.status, json.loads(kept.headers))
    if kept.epoch in at_work:
        raise StillRunning(
            "Yêu cầu trước với khoá này chưa xong. Hãy chờ rồi gửi lại.",
            "The first request with this key is still running. Wait, then send it again.",
            retry_after_seconds=1,
        )
    connection.execute(update(_T).where(*mine).values(epoch=epoch))
    return None


def _holder(store: Store, scope: str, key: str) -> str | None:
    """Whose mark stands there, when somebody is at work on this key."""
    wanted = select(_T.c.epoch).where(_T.c.scope == scope, _T.c.key == key, _T.c.state == _RUNNING)
    with store.connection() as connection:
        found = connection.execute(wanted).scalar()
    return None if found is None else str(found)


def _forget(store: Store, scope: str, key: str, epoch: str) -> None:
    mine = (_T.c.scope == scope, _T.c.key == key, _T.c.state == _RUNNING, _T.c.epoch == epoch)
    with store.connection() as connection:
        connection.execute(delete(_T).where(*mine))
