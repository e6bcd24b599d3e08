"""Admission at the door of an app: who is let in, who is told to come again, what is not even read."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.types import Message

from chassis.admission import Admission, Stopping
from chassis.app import build_app
from chassis.client import Answer, ServiceClient, ServiceUnreachable
from chassis.work import Work, present_work
from flow_model.errors import Busy
from tests.unit.virtual_time import in_virtual_time, now, turns


class Club:
    """An app with few places, whose work ends when it is told to."""

    def __init__(self, places: int = 1, **more: Any) -> None:
        self.admission = Admission(places, **more)
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.seen: list[Work | None] = []
        self.others = ServiceClient.in_process({})
        app = build_app(title="club", version="1", routers=[self._routes()], admission=self.admission)
        self.app = app
        self.client = ServiceClient.in_process({"club": app}, patience_seconds=0)

    def _routes(self) -> APIRouter:
        router = APIRouter()

        @router.post("/work")
        async def work() -> dict[str, bool]:
            self.begun.set()
            await self.go_on.wait()
            return {"done": True}

        @router.get("/stream")
        async def stream() -> StreamingResponse:
            async def lines() -> AsyncIterator[bytes]:
                yield b"one\n"
                self.begun.set()
                await self.go_on.wait()

            return StreamingResponse(lines())

        @router.get("/round/{times}")
        async def around(times: int, request: Request) -> list[int]:
            work = present_work()
            assert work is not None
            if times == 0:
                return [work.depth]
            answer = await self.others.call("other", "GET", f"/round/{times - 1}")
            return [work.depth, *answer.raise_for_problem().body]

        return router

    async def ask(self, method: str, path: str, **headers: str) -> Answer:
        return await self.client.call("club", method, path, headers=headers)


@in_virtual_time
async def test_a_full_house_refuses_but_for_its_health() -> None:
    club = Club(most_waiting=0)
    working = asyncio.ensure_future(club.ask("POST", "/work"))
    await club.begun.wait()
    with pytest.raises(ServiceUnreachable) as caught:
        await club.ask("POST", "/work")
    assert caught.value.reason == "busy", "our own client waits, and says so when it will not any more"
    assert (await club.ask("GET", "/health")).status == 200
    club.go_on.set()
    assert (await working).status == 200
    assert (await club.ask("POST", "/work")).status == 200


@in_virtual_time
async def test_a_body_is_not_even_read_when_there_is_no_room() -> None:
    club = Club(most_waiting=1)
    working = [asyncio.ensure_future(club.ask("POST", "/work")) for _ in range(2)]
    await club.begun.wait()
    told: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was asked for")

    async def send(message: Message) -> None:
        told.append(message)

    headers = [(b"content-length", b"9"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/w%C3%A0rk?", "query_string": b"", "headers": headers}
    await club.app({**scope, "raw_path": b"/w%C3%A0rk", "client": ("127.0.0.1", 1)}, receive, send)
    started, body = told
    named = dict(started["headers"])
    assert started["status"] == 429 or named[b"retry-after"] in (b"1", b"2", b"3")
    assert named[b"content-type"] == b"application/problem+json"
    assert named[b"content-length"] == str(len(body["body"])).encode()
    assert b'"instance":"/w%C3%A0rk"' in body["body"]
    for each in working:
        each.cancel()
    await asyncio.gather(*working, return_exceptions=True)


@in_virtual_time
async def test_who_crowds_is_told_429_and_when_to_come_again() -> None:
    club = Club(places=4, most_waiting=0)
    working = [asyncio.ensure_future(club.ask("POST", "/work", **{"Client-Id": "x"})) for _ in range(3)]
    await club.begun.wait()
    with pytest.raises(ServiceUnreachable):
        await club.ask("POST", "/work", **{"Client-Id": "x"})
    other = asyncio.ensure_future(club.ask("POST", "/work", **{"Client-Id": "y"}))
    await turns()
    club.go_on.set()
    assert {(await each).status for each in [*working, other]} == {200}


@in_virtual_time
async def test_a_stream_holds_no_place() -> None:
    club = Club()
    listening = asyncio.ensure_future(club.ask("GET", "/stream"))
    await club.begun.wait()
    assert club.admission.at_work == 0
    club.go_on.set()
    assert (await club.ask("POST", "/work")).status == 200
    assert (await listening).content == b"one\n"
    assert club.admission.at_work == 0


@in_virtual_time
async def test_processes_that_call_each_other_in_circles_never_wait_for_themselves() -> None:
    """One place each; both are asked at once, and ask each other to and fro."""
    left, right = Club(most_waiting=8), Club(most_waiting=8)
    left.others = ServiceClient.in_process({"other": right.app})
    right.others = ServiceClient.in_process({"other": left.app})
    asked = [each.ask("GET", "/round/5") for each in (left, right) for _ in range(3)]
    answers = await asyncio.gather(*asked)
    assert [answer.body for answer in answers] == [[0, 1, 2, 3, 4, 5]] * 6
    assert now() < 0.2, "nobody was sent away and came again"


@pytest.mark.parametrize(
    ("headers", "status", "slug"),
    [
        ({"Time-Left": "0"}, 504, "deadline-passed"),
        ({"Time-Left": "-1"}, 400, "bad-header"),
        ({"Time-Left": "soon"}, 400, "bad-header"),
        ({"Work-Depth": "1.5"}, 400, "bad-header"),
        ({f"X-{number}": "1" for number in range(101)}, 431, "headers-too-large"),
        ({"X": "1" * 16_384}, 431, "headers-too-large"),
        ({"Time-Left": "60000", "Work-Depth": "99"}, 404, "not-found"),
    ],
)
async def test_a_head_that_says_what_it_must_not_is_refused(
    headers: dict[str, str], status: int, slug: str
) -> None:
    answer = await Club().ask("GET", "/nowhere", **headers)
    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (status, slug)


async def test_an_address_without_end_is_refused() -> None:
    for path in ("/" + "a" * 8_192, "/?" + "a" * 8_192):
        answer = await Club().ask("GET", path)
        assert (answer.status, answer.body["type"].rpartition(":")[2]) == (414, "address-too-long")


@in_virtual_time
async def test_a_process_that_is_to_end_says_so_and_finishes_what_it_has() -> None:
    club = Club()
    working = asyncio.ensure_future(club.ask("POST", "/work"))
    await club.begun.wait()
    club.admission.stop(8.0)
    with pytest.raises(ServiceUnreachable) as caught:
        await club.ask("GET", "/health")
    assert caught.value.reason == "busy"
    club.go_on.set()
    assert (await working).status == 200
    assert (await club.ask("GET", "/round/0")).status == 200, "what still comes is done as well"
    assert issubclass(Stopping, Busy)
