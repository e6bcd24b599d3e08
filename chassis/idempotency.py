"""Everything sent twice counts once: the first answer to a key is kept and given again, byte for byte.

Three steps, each a transaction of its own: mark the key as running, do the work, keep the answer.

What this does not do. If the process dies between the work's own commit and the keeping of the answer, the
next request with that key does the work again: the work itself must find what it did the first time (a name
that the sender chose, a unique row). Marks of a process of another epoch are taken over, unless it is known
to be alive. An answer of 500 and above, and any error that rises, is not kept: the sender may try again.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from fastapi.encoders import jsonable_encoder
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlmodel import Field, SQLModel
from starlette.responses import Response

from chassis.prepared import Prepared
from chassis.storage import Store
from chassis.store_errors import StoreTrouble
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
_MINE = (_T.c.scope == bindparam("of_scope"), _T.c.key == bindparam("of_key"))
_RUNS = (*_MINE, _T.c.state == _RUNNING)
_KEPT = Prepared(select(_T).where(*_MINE))
_HOLDER = Prepared(select(_T.c.epoch).where(*_RUNS))
_MARK = Prepared(insert(_T), _T.c.keys())
_TAKE_OVER = Prepared(update(_T).where(*_MINE), ("epoch",))
_KEEP = Prepared(update(_T).where(*_RUNS), ("state", "status", "body", "headers"))
_FORGET = Prepared(delete(_T).where(*_RUNS, _T.c.epoch == bindparam("of_epoch")))


# What this process works on, by store: a mark of ours that is not among these was left by a failed commit.
_AT_WORK: WeakKeyDictionary[Store, set[tuple[str, str]]] = WeakKeyDictionary()


def require_key(key: str | None) -> str:
    """The key of a request that makes something; raises MissingKey when there is none."""
    if not key:
        raise MissingKey(
            "Hãy gửi tiêu đề Idempotency-Key, mỗi lần tạo mới một khóa.",
            "Send an Idempotency-Key header, a new key for each thing that you create.",
            errors=[
                FieldError(
                    "header.Idempotency-Key", "missing", "Thiếu tiêu đề này.", "This header is missing."
                )
            ],
        )
    return key


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
    key = require_key(key)
    at_work = _AT_WORK.setdefault(store, set())
    others = _others_at_work(store, scope, key, epoch, alive)
    with store.connection() as connection:
        kept = _kept_or_mark(
            connection, scope, key, fingerprint_of(body), epoch, others or (scope, key) in at_work
        )
    if kept is not None:
        return kept
    at_work.add((scope, key))
    try:
        status, result = await work()
        answer = _answer(status, result, headers or {})
        if status < 500:
            _keep(store, scope, key, answer)
            await store.durable()
    except BaseException:
        with suppress(StoreTrouble):  # a mark that stays is known not to be at work, and is taken over
            _forget(store, scope, key, epoch)
        raise
    finally:
        at_work.discard((scope, key))
    if status >= 500:
        _forget(store, scope, key, epoch)
    return answer


def _answer(status: int, result: Any, headers: Mapping[str, str]) -> Response:
    more = {name.lower(): value for name, value in headers.items()}
    return Response(
        strict_dumps(jsonable_encoder(result)), status, {"content-type": "application/json", **more}
    )


def _keep(store: Store, scope: str, key: str, answer: Response) -> None:
    said = {name: value for name, value in answer.headers.items() if name != "content-length"}
    kept = {"state": _DONE, "status": answer.status_code, "body": answer.body, "headers": json.dumps(said)}
    with store.connection() as connection:
        _KEEP.run(connection, of_scope=scope, of_key=key, **kept)


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
    connection: Connection, scope: str, key: str, fingerprint: str, epoch: str, at_work: bool
) -> Response | None:
    """The kept answer; or None, and the key is marked as ours to work on."""
    found = _KEPT.all(connection, of_scope=scope, of_key=key)
    if not found:
        mark = {"scope": scope, "key": key, "fingerprint": fingerprint, "state": _RUNNING, "epoch": epoch}
        _MARK.run(connection, **mark, status=0, body=b"", headers="{}")
        return None
    kept = found[0]
    if kept["fingerprint"] != fingerprint:
        raise DifferentBody(
            "Idempotency-Key này đã dùng cho nội dung khác. Hãy dùng khóa mới.",
            "This Idempotency-Key was used for other content. Use a new key.",
        )
    if kept["state"] == _DONE:
        return Response(kept["body"], kept["status"], json.loads(kept["headers"]))
    if at_work:
        raise StillRunning(
            "Yêu cầu trước với khóa này chưa xong. Hãy chờ rồi gửi lại.",
            "The first request with this key is still running. Wait, then send it again.",
            retry_after_seconds=1,
        )
    _TAKE_OVER.run(connection, of_scope=scope, of_key=key, epoch=epoch)
    return None


def _others_at_work(store: Store, scope: str, key: str, epoch: str, alive: Callable[[str], bool]) -> bool:
    """Whether another process has marked this key, and is alive."""
    with store.reading() as connection:
        holder = _HOLDER.first(connection, of_scope=scope, of_key=key)
    return holder is not None and holder[0] != epoch and alive(str(holder[0]))


def _forget(store: Store, scope: str, key: str, epoch: str) -> None:
    with store.connection() as connection:
        _FORGET.run(connection, of_scope=scope, of_key=key, of_epoch=epoch)
