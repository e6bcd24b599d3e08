"""The story: one birth and one death, on both paths, over HTTP, told and measured."""

import asyncio
import json as json_library
import os
import shutil
from pathlib import Path

from chassis.client import ServiceClient
from town.layout import specs
from town.playing import Wish, play
from town.servers import in_one_process, in_processes
from town.telling import Teller

HOST = "127.0.0.1"


def main(
    *,
    once: bool,
    json: bool,
    processes: bool,
    seed: int,
    law: str,
    port: int,
    birth: str,
    death: str,
    start: str | None,
    picture: Path | None = None,
) -> int:
    """Start the town, tell the story, stay up unless ``once``; 0 when all went well.

    With ``picture`` what is told is also saved there as an SVG.
    """
    wish = Wish(seed, law, {"birth": birth, "death": death}, start)
    return asyncio.run(_demo(wish, port, picture, once=once, as_json=json, processes=processes))


async def _demo(
    wish: Wish, port: int, picture: Path | None, *, once: bool, as_json: bool, processes: bool
) -> int:
    # A folder of its own for each demo: two side by side, on other ports, do not meet.
    folder = Path("var") / f"demo-{os.getpid()}"
    teller = Teller(None if as_json else picture)
    if not as_json:
        teller.say_hello(wish, processes)
    starting = in_processes if processes else in_one_process
    try:
        async with (
            starting(specs(port, folder, HOST), HOST) as running,
            ServiceClient.over_http(running.urls) as client,
        ):
            told = await play(client, wish)
            if as_json:
                print(json_library.dumps(told.as_json(), ensure_ascii=False, indent=2), flush=True)
            else:
                teller.tell(told)
                teller.say_where(running, told, stays=not once)
            if not once:
                await asyncio.Event().wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0
