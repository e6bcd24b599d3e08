"""A process that does the same calls as DBOS workflows: one for each case, each call a step.

It is told on standard input, a line of JSON at a time, which cases to do, and answers each line with one.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID

from chassis.client import ServiceClient
from town.bench.recording import Call

_VERSION = "bench-1"
_CONNECTIONS = 20
_PATIENT = 300.0


class _Rival:
    calls: Sequence[Call] = ()
    client: ServiceClient | None = None


@DBOS.step(name="bench_call")
async def _call(run: str, number: int) -> str:
    assert _Rival.client is not None
    answer = await _Rival.calls[number].named(run).make(_Rival.client)
    return answer.content.decode()


@DBOS.workflow(name="bench_case")
async def _case(run: str) -> None:
    for number in range(len(_Rival.calls)):
        await _call(run, number)


async def _do(runs: Sequence[str], at_once: int) -> dict[str, Any]:
    waiting, each = iter(runs), list[float]()

    async def work() -> None:
        for run in waiting:
            began = perf_counter()
            with SetWorkflowID(run):
                handle = await DBOS.start_workflow_async(_case, run)
            await handle.get_result()
            each.append(perf_counter() - began)

    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(runs))):
            group.create_task(work())
    return {"seconds": perf_counter() - began, "each": each}


async def _serve(order: dict[str, Any]) -> None:
    _Rival.calls = [Call(**call) for call in order["calls"]]
    _Rival.client = ServiceClient.over_http(order["urls"], timeout_seconds=_PATIENT)
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": order["database"],
        "application_version": _VERSION,
        "executor_id": "bench",
        "sys_db_pool_size": _CONNECTIONS,
        "log_level": "ERROR",
    }
    DBOS(config=config)
    DBOS.launch()
    print("{}", flush=True)
    loop = asyncio.get_running_loop()
    try:
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps(await _do(**json.loads(line))), flush=True)
    finally:
        await _Rival.client.aclose()
        DBOS.destroy()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.stdin.readline())))
