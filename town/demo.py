"""The story: one birth and one death, on both paths, over HTTP, told and measured."""

import asyncio
import json as json_library
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from chassis.client import ServiceClient
from flow_model.catalogue import catalogue
from town.elsewhere import being_guests, require_answers
from town.ending import until_told
from town.folders import own_folder
from town.layout import NOTHING, specs
from town.playing import RUNS, Wish, play
from town.servers import in_one_process, in_processes
from town.telling import Teller

HOST = "127.0.0.1"
# Who listens everywhere listens here too, and the services find one another here.
EVERYWHERE = ("0.0.0.0", "::")


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
    host: str = HOST,
    elsewhere: Mapping[str, str] = NOTHING,
    var_dir: Path = Path("var"),
) -> int:
    """Start the town, tell the story, stay up unless ``once``; 0 when all went well.

    With ``picture`` what is told is also saved there as an SVG. ``host`` is where it listens: a class in the
    same network comes in by 0.0.0.0. ``elsewhere``: agencies that somebody else runs, by name. ``var_dir``:
    where its files go as long as it lasts.
    """
    catalogue()  # what is wrong in a flow is said before anything else
    wish = Wish(seed, law, {"birth": birth, "death": death}, start)
    teller = Teller(None if json else picture)
    work = _demo(wish, port, teller, host, elsewhere, var_dir, once=once, as_json=json, processes=processes)
    return asyncio.run(until_told(work))


async def _demo(
    wish: Wish,
    port: int,
    teller: Teller,
    host: str,
    elsewhere: Mapping[str, str],
    var_dir: Path,
    *,
    once: bool,
    as_json: bool,
    processes: bool,
) -> int:
    if not as_json:
        teller.say_hello(wish, processes, elsewhere)
    starting = in_processes if processes else in_one_process
    here = HOST if host in EVERYWHERE else host
    # A folder of its own for each demo: two side by side, on other ports, do not meet.
    with own_folder(var_dir, "demo") as folder:
        async with starting(specs(port, folder, here, elsewhere), host) as started:
            running = replace(started, urls={**started.urls, **elsewhere})
            async with ServiceClient.over_http(running.urls) as client:
                await require_answers(client, elsewhere)
            async with being_guests(running.urls, elsewhere, RUNS.values()):
                async with ServiceClient.over_http(running.urls) as client:
                    told = await play(client, wish)
                if as_json:
                    print(json_library.dumps(told.as_json(), ensure_ascii=False, indent=2), flush=True)
                else:
                    teller.tell(told)
                    teller.say_where(running, told, stays=not once, elsewhere=elsewhere)
                if not once:
                    await asyncio.Event().wait()
    return 0
