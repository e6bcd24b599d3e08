"""Who is turned away before a task is begun: told the same as at the gate, and able to come again."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter
from starlette.types import Receive, Scope, Send

from chassis.admission import Admission
from chassis.app import build_app
from town.listening import serving

Answer = tuple[int, dict[str, str], Any]


class Library:
    """One place, and one chair to wait on. What is asked for ends when it is told to."""

    def __init__(self) -> None:
        self.go_on, self.begun, self.calls = asyncio.Event(), asyncio.Event(), 0
        self.admission = Admission(1, most_waiting=1, patience_seconds=60.0)
        router = APIRouter()

        @router.post("/work/{book}")
        async def work(book: str) -> dict[str, str]:
            self.begun.set()
            await self.go_on.wait()
            return {"book": book}

        self._app = build_app(title="library", version="1", routers=[router], admission=self.admission)
        self.state = self._app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        await self._app(scope, receive, send)


class Line:
    """A connection that is used again and again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def hang_up(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    def say(self, piece: bytes) -> None:
        self._writer.write(piece)

    async def answer(self) -> Answer:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await self._reader.readexactly(int(headers["content-length"]))
        is_json = "json" in headers["content-type"]
        return int(status.split(" ")[1]), headers, json.loads(body) if is_json else body.decode()

    async def ask(self, piece: bytes) -> Answer:
        self.say(piece)
        return await self.answer()


def asked(*more: bytes, book: bytes = b"one") -> bytes:
    head = (b"POST /work/%s?x=1 HTTP/1.1" % book, b"Host: x", b"Content-Type: application/json")
    return b"\r\n".join([*head, b"Content-Length: 2", *more, b"", b"{}"])


def get(path: bytes, method: bytes = b"GET") -> bytes:
    return b"%s %s HTTP/1.1\r\nHost: x\r\n\r\n" % (method, path)


@asynccontextmanager
async def full() -> AsyncIterator[tuple[Library, Line]]:
    """A library where one is served and one waits; and somebody who comes as the third."""
    library = Library()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        async with serving([library], [listening]):
            lines = [Line(*await asyncio.open_connection(*address)) for _ in range(3)]
            try:
                lines[0].say(asked())
                await library.begun.wait()
                lines[1].say(asked())
                while library.admission.at_work < 2:
                    await lines[2].ask(get(b"/health"))
                library.calls = 0
                yield library, lines[2]
            finally:
                library.go_on.set()
                assert [(await line.answer())[0] for line in lines[:2]] == [200, 200]
                for line in lines:
                    await line.hang_up()


async def test_the_third_is_turned_away_without_a_call_and_served_when_there_is_room() -> None:
    async with full() as (library, third):
        told = [await third.ask(asked(book=b"s%C3%A1ch")) for _ in range(3)]
        assert [status for status, _, _ in told] == [503] * 3
        assert [int(headers["retry-after"]) for _, headers, _ in told] == [2, 3, 1]
        assert library.calls == 0
        _, headers, problem = told[0]
        assert headers["content-type"].startswith("application/problem+json")
        assert "date" in headers
        assert problem["instance"] == "/work/s%C3%A1ch"
        library.go_on.set()
        status, _, body = await third.ask(asked(book=b"s%C3%A1ch"))
        while status == 503:  # those before are only being answered
            status, _, body = await third.ask(asked(book=b"s%C3%A1ch"))
        assert (status, body) == (200, {"book": "sách"})


async def test_the_words_are_those_of_the_gate_in_either_language() -> None:
    async with full() as (library, third):
        for language in (b"vi", b"en"):
            speaks = b"Accept-Language: " + language
            _, headers, at_the_door = await third.ask(asked(speaks))
            assert (library.calls, headers["content-language"]) == (0, language.decode())
        _, _, at_the_gate = await third.ask(asked(b"Accept-Language: en", b"Connection: close"))
        assert library.calls == 1, "whose connection ends is answered by the gate"
        assert at_the_gate == at_the_door


async def test_what_comes_after_the_answer_is_the_rest_of_the_same_request() -> None:
    async with full() as (library, third):
        head, body = asked()[:-2], asked()[-2:]
        assert (await third.ask(head))[0] == 503
        third.say(body)
        assert (await third.ask(get(b"/health")))[0] == 200
        third.say(asked() + asked(book=b"two") + get(b"/health"))
        assert [(await third.answer())[2].get("instance") for _ in range(3)] == [
            "/work/one",
            "/work/two",
            None,
        ]
        assert library.calls == 2, "both times that somebody asked how it is"


async def test_what_is_amiss_is_told_by_the_gate_however_full_it_is() -> None:
    async with full() as (library, third):
        status, _, problem = await third.ask(asked(b"Work-Depth: deep"))
        assert (status, problem["type"].rpartition(":")[2], library.calls) == (400, "bad-header", 1)
        assert (await third.ask(asked(b"Work-Depth: 1", b"Time-Left: 0")))[0] == 504, "asked for by others"


async def test_who_was_turned_away_is_counted() -> None:
    async with full() as (_, third):
        for _ in range(3):
            await third.ask(asked())
        _, _, figures = await third.ask(get(b"/metrics"))
        assert 'sandbox_refused_total{problem="busy"} 3.0' in figures
