"""Real processes, kill -9 in the middle of the story: it ends the same, byte for byte."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.client import ServiceClient, ServiceUnreachable
from tests.town_in_memory import Town, build_town
from town.layout import specs
from town.servers import Running, in_processes

HOST = "127.0.0.1"
BASE = 18800 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
STORIES = (("birth", "newborn_with_grandparents"), ("death", "merit"))


def children(running: Running) -> list[int]:
    """The processes of the services: those whose parent is not this process."""
    pids = []
    for pid in running.pids():
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        if parent in running.pids() and parent != os.getpid():
            pids.append(pid)
    return pids


async def step(town: Town, run: str) -> bool:
    """Move on by one thing; ask again while a process is being started anew."""
    for _ in range(200):
        try:
            answer = await town.ask("POST", f"/runs/{run}/clock", {"to": "next"})
        except ServiceUnreachable:
            continue
        if answer.status < 500:
            return bool(answer.raise_for_problem().body["settled"])
    raise AssertionError("the town did not come back")


async def story(town: Town, disturb: Callable[[], None]) -> bytes:
    """Both stories step by step, disturbed after each step."""
    run = await town.open("run")
    codes = [await town.declare(run, group, situation) for group, situation in STORIES]
    while not await step(town, run):
        disturb()
    return json.dumps([await town.history(run, code) for code in codes]).encode()


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="finds processes by /proc, which only Linux has"
)
async def test_killing_every_service_in_turn_leaves_the_same_log(tmp_path: Path) -> None:
    in_memory = build_town()
    undisturbed = await story(in_memory, lambda: None)
    in_memory.close()
    killed: list[int] = []
    async with (
        in_processes(specs(BASE, tmp_path), HOST) as running,
        ServiceClient.over_http(running.urls) as client,
    ):
        steps = iter(range(1000))

        def kill_one_in_three() -> None:
            number = next(steps)
            alive = children(running)
            if number % 3 == 0 and alive:
                victim = alive[(number // 3) % len(alive)]
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

        assert await story(Town(client, {}), kill_one_in_three) == undisturbed
    assert len(killed) >= 7
