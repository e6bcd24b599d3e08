"""Runs toy servers until told to stop: a program for the tests to interrupt and to kill."""

import asyncio
import json
import sys

from town.servers import ServerSpec, in_one_process, in_processes

SPECS = [ServerSpec(name, 0, "tests.town.toy:desk", {"name": name}) for name in ("fiction", "maps")]


async def own(kind: str) -> None:
    async with {"one": in_one_process, "several": in_processes}[kind](SPECS, "127.0.0.1") as running:
        print(json.dumps({"urls": dict(running.urls), "pids": running.pids()}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(own(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)
