"""Kept answers: the same key and body get the first answer, whatever happened in between."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, Request
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from chassis.app import build_app
from chassis.client import Answer, ServiceClient
from chassis.context import Run
from chassis.idempotency import KeptAnswer, fingerprint_of, forget_scopes, once
from chassis.request_headers import run_headers
from chassis.storage import Store
from chassis.store_errors import StoreFull
from flow_model.errors import (
    ConflictingContent,
    DifferentBody,
    MissingKey,
    StillRunning,
)
from tests.unit.club import (
    AT,
    assert_problem,
)


class Counter:
    """Work that shows how often it was done."""

    def __init__(self, status: int = 201) -> None:
        self.times = 0
        self.status = status

    async def __call__(self) -> tuple[int, Any]:
        self.times += 1
        return self.status, {"time": self.times, "tên": "Hoà"}


async def test_the_same_key_and_body_give_the_first_answer_byte_for_byte(store: Store) -> None:
    work = Counter()
    first = await once(
        store, "r1:POST /x", "k", {"a": 1, "b": 2}, work, epoch="e1", headers={"Location": "/x/1"}
    )
    again = await once(store, "r1:POST /x", "k", {"b": 2, "a": 1}, work, epoch="e2")
    assert work.times == 1
    assert bytes(first.body) == bytes(again.body) == '{"time":1,"tên":"Hoà"}'.encode()
    assert (first.status_code, first.raw_headers) == (again.status_code, again.raw_headers)
    assert again.headers["location"] == "/x/1"


async def test_a_key_counts_within_its_scope_only(store: Store) -> None:
    work = Counter()
    for scope in ("r1:x", "r2:x"):
        await once(store, scope, "k", {}, work, epoch="e")
    assert work.times == 2


async def test_another_body_and_no_key_are_refused(store: Store) -> None:
    work = Counter()
    await once(store, "s", "k", {"a": 1}, work, epoch="e")
    for body in ({"a": 2}, {"a": "1"}, {"a": 1, "b": None}, None):
        with pytest.raises(DifferentBody):
            await once(store, "s", "k", body, work, epoch="e")
    for missing in (None, ""):
        with pytest.raises(MissingKey):
            await once(store, "s", missing, {"a": 1}, work, epoch="e")
    assert work.times == 1


async def test_of_many_at_once_one_does_the_work_and_the_others_wait(store: Store) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()
    done = 0

    async def work() -> tuple[int, Any]:
        nonlocal done
        begun.set()
        await finish.wait()
        done += 1
        return 201, {"done": done}

    async def late() -> list[BaseException | Any]:
        await begun.wait()
        async with asyncio.timeout(10):
            answers = await asyncio.gather(
                *(once(store, "s", "k", {}, work, epoch="e") for _ in range(20)), return_exceptions=True
            )
        finish.set()
        return answers

    first, answers = await asyncio.gather(once(store, "s", "k", {}, work, epoch="e"), late())
    assert done == 1
    assert {type(answer) for answer in answers} == {StillRunning}
    assert (await once(store, "s", "k", {}, work, epoch="e")).body == first.body


async def test_work_that_fails_leaves_no_mark(store: Store) -> None:
    async def fails() -> tuple[int, Any]:
        raise ConflictingContent("a", "b")

    async def unwritable() -> tuple[int, Any]:
        return 201, float("nan")

    async def never() -> tuple[int, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    for work, error in ((fails, ConflictingContent), (unwritable, ValueError)):
        with pytest.raises(error):
            await once(store, "s", "k", {}, work, epoch="e")
    task = asyncio.create_task(once(store, "s", "k", {}, never, epoch="e"))
    with pytest.raises(asyncio.CancelledError):
        await asyncio.gather(task, canceller(task))
    down = Counter(status=503)
    assert (await once(store, "s", "k", {}, down, epoch="e")).status_code == 503
    assert (await once(store, "s", "k", {}, Counter(), epoch="e")).status_code == 201


async def canceller(task: "asyncio.Task[Any]") -> None:
    task.cancel()


async def test_a_mark_of_a_process_that_died_is_taken_over(store: Store) -> None:
    with store.session() as session:
        session.add(
            KeptAnswer(
                scope="s", key="k", fingerprint=fingerprint_of({}), state="running", epoch="before the crash"
            )
        )
    work = Counter()
    with pytest.raises(DifferentBody):
        await once(store, "s", "k", {"other": 1}, work, epoch="after")
    with pytest.raises(StillRunning):
        await once(store, "s", "k", {}, work, epoch="after", alive=lambda _epoch: True)
    assert (await once(store, "s", "k", {}, work, epoch="after")).status_code == 201
    assert work.times == 1


async def test_a_mark_that_a_failed_commit_left_is_taken_over_by_the_same_process(store: Store) -> None:
    work = Counter()
    broken = OperationalError("COMMIT", None, sqlite3.OperationalError("disk full"))
    assert isinstance(broken.orig, sqlite3.OperationalError)
    broken.orig.sqlite_errorcode = sqlite3.SQLITE_FULL

    def full(_commit: Callable[[], None]) -> None:
        raise broken

    async def done() -> tuple[int, Any]:
        store.around_commit = full
        return await work()

    with pytest.raises(StoreFull):
        await once(store, "s", "k", {}, done, epoch="e")
    store.around_commit = lambda commit: commit()
    assert (await once(store, "s", "k", {}, work, epoch="e")).status_code == 201
    assert work.times == 2


async def test_a_run_that_is_deleted_takes_its_answers_along(store: Store) -> None:
    for scope in ("r1:x", "r1:y", "r10:x", "r_:x"):
        await once(store, scope, "k", {}, Counter(), epoch="e")
    assert forget_scopes(store, "r_:") == 1
    assert forget_scopes(store, "r1:") == 2
    with store.session() as session:
        assert list(session.exec(select(KeptAnswer.scope))) == ["r10:x"]


async def test_a_create_over_http_is_told_why_it_was_not_done(store: Store) -> None:
    router = APIRouter()

    @router.post("/runs")
    async def create(request: Request, run: Run) -> Any:
        body = await request.json()

        async def work() -> tuple[int, Any]:
            return 201, {"seen": body}

        return await once(store, f"{run.run_id}:POST /runs", run.idempotency_key, body, work, epoch="e")

    app = build_app(title="t", version="1", store=store, routers=[router])
    async with ServiceClient.in_process({"a": app}) as client:

        async def send(key: str | None, body: Any) -> Answer:
            return await client.call("a", "POST", "/runs", json=body, headers=run_headers("r1", AT, key))

        first, again, other, none = [
            await send("k", 1),
            await send("k", 1),
            await send("k", 2),
            await send(None, 1),
        ]
        assert (first.status, first.content, first.headers) == (again.status, again.content, again.headers)
        assert_problem(other, 422, "different-body")
        assert_problem(none, 400, "idempotency-key-missing")
