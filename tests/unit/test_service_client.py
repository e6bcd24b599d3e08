"""The client that services call each other with, over HTTP and in process; what a run tells it."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import uvicorn
from fastapi import FastAPI

from chassis.app import build_app
from chassis.client import Answer, ServiceClient, ServiceRefused, ServiceUnreachable
from chassis.request_headers import derive_traceparent, run_headers
from flow_model.errors import (
    ConflictingContent,
    ServiceDown,
)
from tests.unit.club import (
    AT,
    GOOD,
    assert_problem,
    club_routes,
)


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """A real server on a port of its own."""
    config = uvicorn.Config(app, log_config=None, lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            await running


def silent_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


async def test_a_real_server_and_an_app_in_process_answer_alike(club: ServiceClient) -> None:
    app = build_app(title="Tennis", version="1.2", routers=[club_routes()])
    async with served(app) as url, ServiceClient.over_http({"club": url}) as client:
        for method, path, body in (
            ("POST", "/members", GOOD),
            ("POST", "/members", {"level": "x"}),
            ("GET", "/nowhere?q=Ho%CC%80a", None),
            ("GET", "/members/%00", None),
            ("GET", "/fault", None),
        ):
            near = await club.call("club", method, path, json=body)
            far = await client.call("club", method, path, json=body)
            assert (near.status, near.body) == (far.status, far.body)

        async def flood() -> AsyncIterator[bytes]:
            for _ in range(160):
                yield b"[" * 65_536

        huge = client.call("club", "POST", "/members", content=flood())
        assert await refused_or(huge) in (413, "reset")  # the server hangs up on who goes on sending


async def refused_or(call: Awaitable[Answer]) -> int | str:
    try:
        return (await call).status
    except ServiceUnreachable as error:
        return error.reason


async def test_no_server_and_a_silent_server_are_told_apart() -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    silent = await asyncio.start_server(swallow, "127.0.0.1", 0)
    rude = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    urls = {
        "absent": f"http://127.0.0.1:{silent_port()}",
        "silent": f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}",
        "rude": f"http://127.0.0.1:{rude.sockets[0].getsockname()[1]}",
    }
    async with silent, rude, ServiceClient.over_http(urls, timeout_seconds=0.1) as client:
        for service, reason in (("absent", "refused"), ("silent", "timeout"), ("rude", "reset")):
            with pytest.raises(ServiceUnreachable) as caught:
                await client.call(service, "PUT", "/x", json={"a": 1})
            assert (caught.value.service, caught.value.reason) == (service, reason)
            assert isinstance(caught.value, ServiceDown)
            assert service in caught.value.detail_vi


async def test_only_a_service_that_says_later_is_unreachable(club: ServiceClient) -> None:
    for status in (200, 404, 500, 503):
        answer = await club.call("club", "GET", "/odd-answer", params={"status": status})
        assert (answer.status, answer.body) == (status, {"odd": True})
    later: dict[str, str | int] = {"status": 503, "retry_after": "17"}
    with pytest.raises(ServiceUnreachable) as caught:
        await club.call("club", "GET", "/odd-answer", params=later)
    assert (caught.value.reason, caught.value.retry_after_seconds) == ("unavailable", 17)
    busy = await club.call("club", "GET", "/odd-answer", params={"status": 429, "retry_after": "17"})
    assert busy.headers["retry-after"] == "17"


async def test_a_refusal_of_another_service_carries_its_problem(club: ServiceClient) -> None:
    fine = await club.call("club", "POST", "/members", json=GOOD)
    assert fine.raise_for_problem() is fine
    answer = await club.call("club", "GET", "/raise/conflicting-content")
    with pytest.raises(ServiceRefused) as caught:
        answer.raise_for_problem()
    assert (caught.value.service, caught.value.status) == ("club", 409)
    assert caught.value.problem_slug == ConflictingContent.slug


@pytest.mark.parametrize("status", [200, 404, 500, 507])
async def test_what_cannot_be_read_is_no_answer_whatever_its_status(club: ServiceClient, status: int) -> None:
    """A full disk that is told in garbled words is no registry that is closed in the story."""
    with pytest.raises(ServiceUnreachable, match="cannot be read") as caught:
        await club.call("club", "GET", "/broken-json", params={"status": status})
    assert (caught.value.reason, caught.value.staged) == ("unreadable", False)


def test_the_headers_of_a_run_are_derived_from_what_is_given() -> None:
    at = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
    trace = derive_traceparent("r1", "D1", "send")
    assert run_headers("r1", at, "k", trace) == {
        "Run-Id": "r1",
        "Simulated-At": "2026-03-09T08:30:00+07:00",
        "Idempotency-Key": "k",
        "traceparent": trace,
    }
    assert set(run_headers("r1", at)) == {"Run-Id", "Simulated-At"}
    assert trace == "00-" + trace[3:35] + "-" + trace[36:52] + "-01"
    assert derive_traceparent("r1", "D2")[:35] == trace[:35]
    assert derive_traceparent("r1", "D2") != derive_traceparent("r1", "D", "2")
    with pytest.raises(ValueError, match="offset"):
        run_headers("r1", datetime(2026, 3, 9))  # noqa: DTZ001  the refusal is what is tested


async def test_a_request_knows_its_run_and_its_simulated_instant(club: ServiceClient) -> None:
    trace = derive_traceparent("r1")
    headers = {**run_headers("r1", AT, "key-1", trace), "Accept-Language": "en"}
    answer = await club.call("club", "GET", "/where", headers=headers)
    assert answer.body == {
        "run_id": "r1",
        "at": "2026-03-09T08:30:00+07:00",
        "key": "key-1",
        "language": "en",
        "traceparent": trace,
    }
    bare = {"Run-Id": "r1", "Simulated-At": "2026-03-09T01:30:00.5Z", "traceparent": "00-0-0-00"}
    again = await club.call("club", "GET", "/where", headers=bare)
    assert again.body["at"] == "2026-03-09T08:30:00.500000+07:00"
    assert (again.body["key"], again.body["language"]) == (None, "vi")
    assert (
        again.body["traceparent"]
        == (await club.call("club", "GET", "/where", headers=bare)).body["traceparent"]
    )


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"Run-Id": None}, 422, "header.Run-Id"),
        ({"Run-Id": "../etc"}, 422, "header.Run-Id"),
        ({"Run-Id": "-a"}, 422, "header.Run-Id"),
        ({"Run-Id": "a" * 65}, 422, "header.Run-Id"),
        ({"Run-Id": "ABC"}, 422, "header.Run-Id"),
        ({"Simulated-At": None}, 422, "header.Simulated-At"),
        ({"Simulated-At": "2026-03-09T08:30:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "2026-03-09 08:30:00+07:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "2026-02-30T08:30:00+07:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "2026-03-09T24:01:00+07:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "0001-01-01T00:00:00+07:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "9999-12-31T23:59:59-14:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "2026-03-09T08:30:00+99:99"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "9" * 41}, 422, "header.Simulated-At"),
        ({"Idempotency-Key": "a b"}, 422, "header.Idempotency-Key"),
        ({"Idempotency-Key": "k" * 201}, 422, "header.Idempotency-Key"),
    ],
)
async def test_a_header_that_is_missing_or_wrong_is_named(
    club: ServiceClient, changed: dict[str, str | None], status: int, field: str
) -> None:
    given = {"Run-Id": "r1", "Simulated-At": "2026-03-09T08:30:00+07:00", **changed}
    headers = {name: value for name, value in given.items() if value is not None}
    answer = await club.call("club", "GET", "/where", headers=headers)
    assert_problem(answer, status, "invalid-request" if status == 422 else "bad-header")
    assert [error["field"] for error in answer.body["errors"]] == [field]


@pytest.mark.parametrize("compressed", [True, False])
async def test_an_answer_is_read_whether_it_comes_compressed_or_not(compressed: bool) -> None:
    body = b'{"text": "' + b"x" * 100_000 + b'"}'
    sent = gzip.compress(body) if compressed else body
    named = b"Content-Encoding: gzip\r\n" if compressed else b""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Two: a\r\nx-two: b\r\n" + named
        writer.write(head + f"Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, ServiceClient.over_http({"club": f"http://127.0.0.1:{port}"}) as client:
        told = await client.call("club", "GET", "/")
    assert told.content == body
    assert told.body == {"text": "x" * 100_000}
    assert told.headers["x-two"] == "a, b"
