"""Servers with real sockets: they start, answer, come back and end."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chassis.client import ServiceClient, ServiceUnreachable
from town.layout import urls
from town.memory import resident_megabytes
from town.servers import (
    CannotListen,
    NotStarted,
    PortTaken,
    ServerSpec,
    in_one_process,
    in_processes,
)

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
KINDS = {"one": in_one_process, "several": in_processes}
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def desk(name: str, port: int = 0) -> ServerSpec:
    return ServerSpec(name, port, "tests.town.toy:desk", {"name": name})


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as taken:
        yield taken.getsockname()[1]


def wait_for_end(pids: list[int], seconds: float = 20.0) -> list[int]:
    """The processes that have not ended in time. Nothing sleeps: the system says when a process ends."""
    left = []
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            if not select.select([handle], [], [], seconds)[0]:
                left.append(pid)
        finally:
            os.close(handle)
    return left


@contextmanager
def owner(kind: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-m", "tests.town.owner", kind]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, json.loads(line) if line else {}
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("kind", KINDS)
async def test_servers_answer_inside_the_block_and_are_gone_after_it(kind: str) -> None:
    async with KINDS[kind]([desk("fiction"), desk("maps")], HOST) as running:
        assert list(running.urls) == ["fiction", "maps"]
        async with ServiceClient.over_http(running.urls) as client:
            answers = {name: (await client.call(name, "GET", "/health")).body for name in running.urls}
            pids = {(await client.call(name, "GET", "/process")).body["pid"] for name in running.urls}
        assert {name: body["service"] for name, body in answers.items()} == {
            "fiction": "fiction",
            "maps": "maps",
        }
        assert len(pids) == (1 if kind == "one" else 2)
        assert pids <= set(running.pids())
        assert resident_megabytes(running.pids()) > 10
    async with ServiceClient.over_http(running.urls) as client:
        for name in running.urls:
            with pytest.raises(ServiceUnreachable, match="refuses"):
                await client.call(name, "GET", "/health")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_taken_port_is_named_with_its_service_and_nothing_starts(kind: str) -> None:
    with taken_port() as port:
        specs = [ServerSpec("fiction", 0, "no_such_module:build"), desk("maps", port)]
        with pytest.raises(PortTaken) as raised:
            async with KINDS[kind](specs, HOST):
                pass
    for said in (raised.value.detail_vi, raised.value.detail_en):
        assert f"{port}" in said
        assert "maps" in said
        assert "--port" in said
        assert "\n" not in said


async def test_a_port_can_be_used_again_at_once() -> None:
    async with in_one_process([desk("fiction")], HOST) as running:
        port = int(running.urls["fiction"].rpartition(":")[2])
        async with ServiceClient.over_http(running.urls) as client:
            await client.call("fiction", "GET", "/health")
    async with in_one_process([desk("fiction", port)], HOST) as again:
        assert again.urls == running.urls


@pytest.mark.parametrize("host", ["192.0.2.1", "bad..host", "a" * 64])
async def test_a_host_that_is_not_ours_is_refused_in_one_line(host: str) -> None:
    with pytest.raises(CannotListen, match="SANDBOX_HOST"):
        async with in_one_process([desk("fiction")], host):
            pass


def test_an_address_of_ipv6_stands_in_brackets_for_those_who_ask() -> None:
    assert urls(8000, "::1")["gateway"] == "http://[::1]:8000"
    assert urls(8000)["civil_status"] == "http://127.0.0.1:8001"


async def test_an_error_inside_the_block_comes_out_as_it_is() -> None:
    with pytest.raises(KeyError, match="lost card"):
        async with in_one_process([desk("fiction")], HOST):
            raise KeyError("lost card")


async def test_a_service_that_cannot_be_built_says_why_in_one_line() -> None:
    with pytest.raises(NotStarted, match="fiction did not start: fiction: the library is closed"):
        async with in_processes(
            [ServerSpec("fiction", 0, "tests.town.toy:broken", {"name": "fiction"})], HOST
        ):
            pass


async def test_a_killed_service_comes_back_on_its_port(capfd: pytest.CaptureFixture[str]) -> None:
    async with in_processes([desk("fiction"), desk("maps")], HOST) as running:
        async with ServiceClient.over_http(running.urls) as client:
            before = (await client.call("fiction", "GET", "/process")).body["pid"]
            other = (await client.call("maps", "GET", "/process")).body["pid"]
            os.kill(before, signal.SIGKILL)
            assert wait_for_end([before]) == []
        # The port stays open meanwhile, so this call waits for the new process instead of being refused.
        async with ServiceClient.over_http(running.urls) as client:
            after = (await client.call("fiction", "GET", "/process")).body["pid"]
            assert after != before
            assert (await client.call("maps", "GET", "/process")).body["pid"] == other
        assert after in running.pids()
    said = capfd.readouterr().err
    assert "fiction ended unexpectedly (SIGKILL); started again on port" in said


async def test_a_service_that_does_not_come_back_is_refused_at_once(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = {"name": "fiction", "mark": str(tmp_path / "opened")}
    async with (
        in_processes([ServerSpec("fiction", 0, "tests.town.toy:works_once", arguments)], HOST) as running,
        ServiceClient.over_http(running.urls) as client,
    ):
        pid = (await client.call("fiction", "GET", "/process")).body["pid"]
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ServiceUnreachable):
            await client.call("fiction", "GET", "/process")
        with pytest.raises(ServiceUnreachable):
            await client.call("fiction", "GET", "/process")
    assert "fiction stays down" in capfd.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_c_ends_everything_without_a_traceback(kind: str) -> None:
    with owner(kind) as (process, said):
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: every process of the group
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == ""
    assert wait_for_end(said["pids"]) == []


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux tells when another's child ends")
def test_nobody_outlives_an_owner_that_was_killed() -> None:
    with owner("several") as (process, said):
        process.kill()
        process.wait()
        assert len(said["pids"]) >= 3
        assert wait_for_end(said["pids"]) == []
