"""Shares plays among several processes, each with a town of its own: one town uses one core."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence

from flow_model.catalogue import HERE
from flow_model.errors import SandboxError
from scenarios.loading import Loaded
from scenarios.verdict import Played
from town.order import Order

_LONGEST_LINE = 8 * 1024 * 1024
_SECONDS_TO_TIDY_UP = 10


class WorkerGone(SandboxError):
    """The tester plays again with --workers 1 and reads what went wrong."""

    slug = "worker-gone"


async def shared(order: Order, chosen: Sequence[Loaded], workers: int) -> AsyncIterator[Played]:
    """Each play as it ends, whoever played it."""
    ended: asyncio.Queue[Played | SandboxError | None] = asyncio.Queue()
    tasks = [asyncio.ensure_future(_work(order, chosen[number::workers], ended)) for number in range(workers)]
    try:
        left = workers
        while left:
            played = await ended.get()
            if isinstance(played, SandboxError):
                raise played
            if played is None:
                left -= 1
            else:
                yield played
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _work(
    order: Order, mine: Sequence[Loaded], ended: "asyncio.Queue[Played | SandboxError | None]"
) -> None:
    process = await _start(order, mine)
    left = len(mine)
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            ended.put_nowait(Played.from_json(json.loads(line)))
            left -= 1
        await process.wait()
    finally:
        if process.returncode is None:
            await _end(process)
    if left:
        ended.put_nowait(WorkerGone(f"Còn {left} kịch bản chưa phát", f"{left} stories were not played"))
    ended.put_nowait(None)


async def _end(process: Process) -> None:
    """It tidies up after itself, if it can."""
    process.terminate()
    try:
        async with asyncio.timeout(_SECONDS_TO_TIDY_UP):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _start(order: Order, mine: Sequence[Loaded]) -> Process:
    options = ["--lines", "--jobs", str(order.jobs), "--limit", str(order.limit_seconds)]
    options += ["--memory"] if order.memory else []
    options += [] if order.seed is None else ["--seed", str(order.seed)]
    files = [str(loaded.path) for loaded in mine]
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "town", "play", *options, *files),
        cwd=HERE,
        stdin=DEVNULL,
        stdout=PIPE,
        limit=_LONGEST_LINE,
    )
