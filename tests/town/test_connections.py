"""What a server bears of each connection, tried with bare sockets against a real one."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from chassis.app import build_app
from chassis.heads import MOST_ADDRESS_BYTES, MOST_HEADER_BYTES
from town.connections import Limits
from town.listening import serving

# Long enough for an honest client on a loaded machine, and short enough to be waited for.
SHORT = Limits(head_seconds=0.3, body_seconds=0.3, body_bytes_a_second=100_000, linger_seconds=0.2)
MIB = 1024 * 1024


def desk() -> FastAPI:
    app = build_app(title="desk", version="1")

    @app.post("/echo")
    async def echo(body: dict[str, Any]) -> dict[str, Any]:
        return body

    @app.post("/waited")
    async def waited(body: dict[str, Any], request: Request) -> dict[str, float]:
        return {"seconds": asyncio.get_running_loop().time() - request.scope["state"]["arrived"]}

    @app.get("/large")
    async def large() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            try:
                for _ in range(16):
                    yield b"x" * MIB
            finally:
                app.state.ended.set()

        return StreamingResponse(pieces())

    @app.get("/plain")
    async def plain() -> Response:
        return Response(b"plain")

    app.state.ended = asyncio.Event()
    return app


@dataclass
class Server:
    """A server, and raw connections to it."""

    app: FastAPI
    address: tuple[str, int]
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(*self.address)
        self.writers.append(writer)
        return reader, writer

    async def hang_up(self) -> None:
        while self.writers:
            writer = self.writers.pop()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def say(self, *pieces: bytes) -> tuple[int, dict[str, Any], bytes]:
        """Say something, wait until the other side ends: the status, the problem, and all that came."""
        reader, writer = await self.connect()
        for piece in pieces:
            writer.write(piece)
            with suppress(ConnectionError):
                await writer.drain()
        heard = await until_the_end(reader)
        head, _, body = heard.partition(b"\r\n\r\n")
        status = int(head.split(b" ")[1]) if head else 0
        told = json.loads(body) if b"problem+json" in head else {}
        return status, told, heard

    async def is_well(self) -> bool:
        """An honest client is served meanwhile."""
        status, _, heard = await self.say(b"GET /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return status == 200 and heard.endswith(b"plain")


async def until_the_end(reader: asyncio.StreamReader) -> bytes:
    heard = []
    while piece := await reader.read(65_536):
        heard.append(piece)
    return b"".join(heard)


@asynccontextmanager
async def server(limits: Limits = SHORT) -> AsyncIterator[Server]:
    app = desk()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        async with serving([app], [listening], limits):
            there = Server(app, address)
            try:
                yield there
            finally:
                await there.hang_up()


def slug(told: dict[str, Any]) -> str:
    return str(told["type"]).rpartition(":")[2]


def post(length: int, *more: bytes) -> bytes:
    head = [b"POST /echo HTTP/1.1", b"Host: x", b"Content-Type: application/json", *more]
    return b"\r\n".join([*head, b"Content-Length: %d" % length, b"", b""])


@pytest.mark.parametrize(
    "begun", [b"G", b"GET /plain HTTP/1.1\r\n", b"GET /plain HTTP/1.1\r\nHost: x\r\nX-Slow: y"]
)
async def test_a_head_that_does_not_end_is_told_so_and_closed(begun: bytes) -> None:
    async with server() as there:
        status, told, heard = await there.say(begun)
        assert (status, slug(told)) == (408, "too-slow")
        assert b"connection: close" in heard.lower()
        assert await there.is_well()


async def test_a_head_is_not_kept_waiting_by_a_byte_now_and_then() -> None:
    async with server() as there:
        reader, writer = await there.connect()
        writer.write(b"GET /plain HTTP/1.1\r\nX-Slow: ")
        hearing = asyncio.ensure_future(until_the_end(reader))
        while not hearing.done():  # a byte each time that an honest client was served
            writer.write(b"y")
            assert await there.is_well()
        assert b"408" in hearing.result().splitlines()[0]


async def test_who_says_nothing_is_closed_without_a_word() -> None:
    async with server() as there:
        assert await there.say() == (0, {}, b"")


@pytest.mark.parametrize("part", [b"", b'{"a": '])
async def test_a_body_that_does_not_end_is_told_so_and_closed(part: bytes) -> None:
    async with server() as there:
        status, told, _ = await there.say(post(1000), part)
        assert (status, slug(told)) == (408, "too-slow")
        chunked = post(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
        status, told, _ = await there.say(chunked, b"5\r\n[1, 2\r\n")
        assert (status, slug(told)) == (408, "too-slow")
        assert await there.is_well()


async def test_a_body_earns_time_by_what_has_come() -> None:
    """At 100 bytes a second the first half of this body earns more time than the test has."""
    async with server(replace(SHORT, body_bytes_a_second=100)) as there:
        body = b'{"a": "' + b"x" * 30_000 + b'"}'
        reader, writer = await there.connect()
        writer.write(post(len(body), b"Connection: close"))
        writer.write(body[:15_000])
        idle, _ = await there.connect()
        assert await until_the_end(idle) == b"", "somebody else's 0.3 seconds are over by now"
        writer.write(body[15_000:])
        heard = await until_the_end(reader)
        assert heard.startswith(b"HTTP/1.1 200")


async def test_who_sends_slowly_is_not_taken_for_one_who_waited() -> None:
    """The whole body is there long after its head: what counts is when it was whole."""
    async with server(replace(SHORT, body_seconds=10)) as there:
        reader, writer = await there.connect()
        asked = post(9, b"Connection: close").replace(b"/echo", b"/waited")
        writer.write(asked + b'{"a"')
        idle, _ = await there.connect()
        assert await until_the_end(idle) == b"", "0.3 seconds are over by now"
        writer.write(b": 12}")
        _, _, body = (await until_the_end(reader)).partition(b"\r\n\r\n")
        assert json.loads(body)["seconds"] < SHORT.head_seconds


async def test_a_connection_that_was_served_may_rest_and_then_has_as_much_time_again() -> None:
    async with server() as there:
        reader, writer = await there.connect()
        ask = b"GET /plain HTTP/1.1\r\nHost: x\r\n\r\n"
        for _ in range(2):
            writer.write(ask)
            assert (await reader.readuntil(b"plain")).startswith(b"HTTP/1.1 200")
            idle, _ = await there.connect()
            assert await until_the_end(idle) == b"", "longer than a head may take"
        writer.write(ask[:-2])
        heard = await until_the_end(reader)
        assert heard.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("ends", [b"\r\n\r\n", b""])
@pytest.mark.parametrize(
    ("head", "status", "wanted"),
    [
        (
            b"GET / HTTP/1.1\r\nConnection: close\r\nHost: x\r\nX: " + b"y" * (2 * MOST_HEADER_BYTES),
            431,
            "headers-too-large",
        ),
        (
            b"GET /" + b"y" * (4 * MOST_ADDRESS_BYTES) + b" HTTP/1.1\r\nHost: x\r\nConnection: close",
            414,
            "address-too-long",
        ),
    ],
)
async def test_a_head_without_measure_is_refused(head: bytes, status: int, wanted: str, ends: bytes) -> None:
    async with server() as there:
        got, told, _ = await there.say(head + ends)
        assert (got, slug(told)) == (status, wanted)


async def test_too_many_headers_are_refused() -> None:
    lines = b"".join(b"X-%d: 1\r\n" % number for number in range(101))
    async with server() as there:
        status, told, _ = await there.say(
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + lines + b"\r\n"
        )
        assert (status, slug(told)) == (431, "headers-too-large")


async def test_what_is_not_http_is_told_so() -> None:
    async with server() as there:
        status, told, _ = await there.say(b"\x16\x03\x01\x00\x05hello\r\n\r\n")
        assert (status, slug(told)) == (400, "bad-request")


async def test_one_connection_too_many_is_sent_away_and_told_when_to_come() -> None:
    async with server(replace(SHORT, connections=3, head_seconds=30)) as there:
        for _ in range(3):
            await there.connect()
        status, told, heard = await there.say(b"GET /plain HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (status, slug(told)) == (503, "busy")
        assert b"retry-after: 1\r\n" in heard.lower()
        await there.hang_up()
        assert await there.is_well()


async def test_who_does_not_read_is_let_go() -> None:
    async with server(replace(SHORT, write_seconds=0.3)) as there:
        _, writer = await there.connect()
        writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        await there.app.state.ended.wait()  # nothing was read, and the answer is given up
        assert await there.is_well()


async def test_who_reads_gets_it_all() -> None:
    async with server(replace(SHORT, write_seconds=5)) as there:
        _, _, heard = await there.say(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert heard.count(b"x") >= 16 * MIB
