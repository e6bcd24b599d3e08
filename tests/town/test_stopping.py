"""A server that is told to end: it says so, finishes what it has, and tears off no answer."""

import asyncio
import os
import select
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from chassis.app import build_app
from chassis.client import ServiceClient, ServiceUnreachable
from tests.town_in_memory import Town
from town.layout import specs
from town.server import GRACE_SECONDS, Server
from town.servers import in_processes

HOST = "127.0.0.1"
BASE = 18_400 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
MOST_SECONDS = GRACE_SECONDS + 2
ASK = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"


class Desk:
    """A server whose work ends when it is told to, and which is ended by hand."""

    def __init__(self, drain_seconds: float) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.app = self._app()
        self.server = Server(self.app, drain_seconds=drain_seconds, idle_seconds=0.2)
        self.listening = socket.create_server((HOST, 0))
        self.address = self.listening.getsockname()
        self.url = f"http://{HOST}:{self.address[1]}"
        self.serving = asyncio.ensure_future(self.server.serve([self.listening]))

    def _app(self) -> FastAPI:
        app = build_app(title="desk", version="1")

        @app.get("/work")
        async def work() -> dict[str, bool]:
            self.begun.set()
            await self.go_on.wait()
            return {"done": True}

        @app.get("/stream")
        async def stream() -> StreamingResponse:
            async def lines() -> AsyncIterator[bytes]:
                yield b"one\n"
                self.begun.set()
                await asyncio.Event().wait()

            return StreamingResponse(lines())

        return app

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*self.address)


@asynccontextmanager
async def desk(drain_seconds: float = 0.0) -> AsyncIterator[Desk]:
    there = Desk(drain_seconds)
    await there.server.listening.wait()
    try:
        yield there
    finally:
        there.go_on.set()
        there.server.stop()
        await there.serving


async def answer_of(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
    return int(head.split(b" ")[1]), head, await reader.readexactly(length)


async def test_what_was_begun_is_answered_and_what_still_comes_on_an_open_connection_too() -> None:
    async with desk() as there, ServiceClient.over_http({"desk": there.url}) as client:
        working = asyncio.ensure_future(client.call("desk", "GET", "/work"))
        await there.begun.wait()
        kept, writer = await there.connect()
        writer.write(ASK % b"/openapi.json")
        assert (await answer_of(kept))[0] == 200
        there.server.stop()
        writer.write(ASK % b"/health")
        status, head, body = await answer_of(kept)
        assert (status, b"stopping" in body) == (503, True)
        assert b"connection: close" in head
        assert await kept.read() == b"", "and then it is closed"
        ended, _ = await asyncio.wait({there.serving}, timeout=0.3)
        assert not ended, "it waits for what it has begun"
        there.go_on.set()
        assert (await working).body == {"done": True}
        await there.serving
        writer.close()
        await writer.wait_closed()
        with pytest.raises(ConnectionRefusedError):
            await there.connect()


async def test_while_a_proxy_has_not_noticed_newcomers_are_served_as_before() -> None:
    async with desk(drain_seconds=0.5) as there:
        there.server.stop()
        reader, writer = await there.connect()
        writer.write(ASK % b"/health")
        status, head, _ = await answer_of(reader)
        assert (status, b"retry-after: 1\r\n" in head, b"connection: close" in head) == (503, True, True)
        again, other = await there.connect()
        other.write(ASK % b"/openapi.json")
        assert (await answer_of(again))[0] == 200
        await there.serving
        for each in (writer, other):
            each.close()
            await each.wait_closed()


async def test_an_idle_connection_and_a_stream_keep_nobody_waiting_long() -> None:
    async with desk() as there:
        idle, writer = await there.connect()
        stream, listener = await there.connect()
        listener.write(ASK % b"/stream")
        await there.begun.wait()
        began = asyncio.get_running_loop().time()
        there.server.stop()
        await there.serving
        assert asyncio.get_running_loop().time() - began < GRACE_SECONDS / 2
        assert await idle.read() == b""
        assert b"one" in await stream.read()
        for each in (writer, listener):
            each.close()
            await each.wait_closed()


# real processes under load


def wait_for_end(pid: int, handle: int) -> None:
    """Nothing sleeps: the system says when a process ends."""
    assert select.select([handle], [], [], MOST_SECONDS)[0], f"{pid} did not end in {MOST_SECONDS} seconds"


class Load:
    """So many who declare and advance, each in a run of its own, until it is enough."""

    def __init__(self, client: ServiceClient, callers: int) -> None:
        self.client, self.callers = client, callers
        self.answers = 0
        self.failures: list[str] = []
        self.enough = False
        self.at: dict[int, asyncio.Event] = {}

    async def ask(self, town: Town, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = await town.ask(method, path, body)
        except ServiceUnreachable as error:
            self.failures.append(f"{method} {path}: {error.reason}")
            return None
        self.answers += 1
        for count, event in self.at.items():
            if self.answers >= count:
                event.set()
        if answer.status >= 400:
            self.failures.append(f"{method} {path}: {answer.status} {answer.body}")
        return answer.body

    async def caller(self, number: int) -> None:
        town = Town(self.client, {}, keys=10_000 * number)
        run, turn = f"run-{number}", 0
        await self.ask(town, "POST", "/runs", {"run_id": run, "terms": {"seed": number}})
        while not self.enough:
            turn += 1
            example = await self.ask(town, "GET", f"/runs/{run}/examples/birth?situation=newborn")
            if example is None or turn > 1:
                await self.ask(town, "POST", f"/runs/{run}/clock", {"to": "next"})
                continue
            body = {name: example[name] for name in ("group", "procedures", "declaration")}
            body |= {"consent": True, "path": "interlinked"}
            await self.ask(town, "POST", f"/runs/{run}/dossiers", body)

    async def after(self, answers: int) -> None:
        """Wait until so many more were answered."""
        event = self.at[self.answers + answers] = asyncio.Event()
        await event.wait()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux tells when another's child ends")
async def test_a_process_that_is_told_to_end_under_load_costs_nobody_an_answer(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """First the gateway is told, then two agencies; each is started again on its port."""
    told = ("gateway", "civil_status", "population")
    async with in_processes(specs(BASE, tmp_path), HOST) as running:
        async with ServiceClient.over_http(running.urls, timeout_seconds=30) as client:
            load = Load(client, 24)
            callers = [asyncio.ensure_future(load.caller(number)) for number in range(load.callers)]
            for name in told:
                await load.after(60)
                pid = running.servers()[name]
                handle = os.pidfd_open(pid)
                os.kill(pid, signal.SIGTERM)
                try:
                    await asyncio.to_thread(wait_for_end, pid, handle)
                finally:
                    os.close(handle)
            await load.after(60)
            load.enough = True
            await asyncio.gather(*callers)
        assert load.failures == [], load.failures
        assert load.answers >= 240
    said = capfd.readouterr().err
    assert [f"{name} ended unexpectedly (exit 0)" in said for name in told] == [True] * 3
    assert not [name for name in os.listdir(tmp_path) if name.endswith("-wal")], "every file was closed"
