"""`play`: stories from the command line, with everything that a tester needs afterwards."""

import asyncio
import json as json_library
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from socket import gethostname
from time import perf_counter
from typing import Any

from rich.console import Console

from chassis.client import ServiceClient
from chassis.clock import WallClock
from chassis.har import ReplayingClient
from flow_model.catalogue import HERE, catalogue
from flow_model.errors import SandboxError
from scenarios.coverage import Coverage, coverage
from scenarios.coverage_table import table
from scenarios.door import Door
from scenarios.junit import junit_xml
from scenarios.loading import Loaded, library, select
from scenarios.player import Wish, play
from scenarios.printing import Printer
from scenarios.report import report_html
from scenarios.verdict import Failure, Played
from town import stage
from town.elsewhere import require_answers
from town.ending import until_told
from town.narrating import narrator
from town.order import Order
from town.sense import require_sense
from town.sharing import shared

_MOST_WORKERS = 8
_WORTH_SHARING = 6  # plays a worker: fewer are played sooner than another town is built


class NothingToPlay(SandboxError):
    """The tester says which stories: a file, an id, a tag, or all."""

    slug = "nothing-to-play"


def main(order: Order) -> int:
    """0 only when every play passed."""
    require_sense(order)
    if order.failed:
        order = replace(order, wanted=_failed_last_time(order))
        if not order.wanted:
            print("Lần trước không có kịch bản nào trượt / nothing failed the last time", file=sys.stderr)
            return 0
    return asyncio.run(until_told(_main(order, _chosen(order))))


def _chosen(order: Order) -> list[Loaded]:
    known = library(HERE)
    wanted = order.wanted
    if order.everything:
        return known
    if not wanted:
        raise NothingToPlay(
            "Phát gì? Nêu tệp, mã, nhãn, hoặc --all. Ví dụ: python3 run.py play birth",
            "play what? Name a file, an id, a tag, or --all, such as: python3 run.py play birth",
        )
    return select(known, wanted)


def _failed_last_time(order: Order) -> tuple[str, ...]:
    try:
        last = json_library.loads(_last(order).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NothingToPlay("Chưa có lần phát nào trước đó ở đây", "nothing was played here before") from None
    return tuple(each["file"] for each in last if each["verdict"] != "passed")


def _last(order: Order) -> Path:
    return order.var_dir / "last-plays.json"


async def _main(order: Order, chosen: Sequence[Loaded]) -> int:
    began = perf_counter()
    console = Console(highlight=False, stderr=order.json)
    if order.lines:
        return await _in_lines(order, chosen, console)
    printer = Printer(console)
    plays: list[Played] = []
    har = ""
    workers = _workers(order, chosen)
    if workers > 1:
        async for played in shared(order, chosen, workers):
            plays.append(played)
            printer.play(played)
    else:
        async with _clients(order) as (client, recorded):
            async for played in _played(client, order, chosen, console):
                plays.append(_whole(played, recorded))
                printer.play(plays[-1])
            har = await _recording(client, plays[0]) if order.record is not None else ""
    order_of = {loaded.file: number for number, loaded in enumerate(chosen)}
    plays.sort(key=lambda each: order_of[each.file])
    reached = coverage(plays, catalogue())
    _write(order, plays, reached, har)
    if order.json:
        told = {"plays": [each.as_json() for each in plays], "coverage": reached.as_json()}
        print(json_library.dumps(told, ensure_ascii=False, indent=2), flush=True)
    elif order.coverage or (order.coverage is None and order.everything):
        console.print(table(reached))
    printer.end(plays, perf_counter() - began)
    return 0 if plays and all(each.verdict == "passed" for each in plays) else 1


async def _in_lines(order: Order, chosen: Sequence[Loaded], console: Console) -> int:
    """What a worker does: a JSON line for each play as it ends, and nothing else."""
    async with _clients(order) as (client, _):
        async for played in _played(client, order, chosen, console):
            print(json_library.dumps(played.as_json(), ensure_ascii=False), flush=True)
    return 0


def _workers(order: Order, chosen: Sequence[Loaded]) -> int:
    """How many towns share the plays: as many as there are cores, when there is enough to share."""
    alone = order.gateway or order.replay or order.record or order.tell or order.keep
    if alone or order.processes:
        return 1
    if order.workers is not None:
        return min(order.workers, len(chosen))
    return min(os.cpu_count() or 1, _MOST_WORKERS, len(chosen) // _WORTH_SHARING)


@asynccontextmanager
async def _clients(order: Order) -> AsyncIterator[tuple[ServiceClient, ReplayingClient | None]]:
    if order.replay is not None:
        async with stage.recording(order.replay) as both:
            yield both
    elif order.gateway is not None:
        async with stage.gateway_at(order.gateway) as client:
            await require_answers(client, {"gateway": order.gateway})
            yield client, None
    elif order.memory:
        async with stage.town_in_memory() as client:
            yield client, None
    else:
        async with stage.town_of_our_own(order.var_dir, processes=order.processes) as client:
            yield client, None


def _whole(played: Played, recorded: ReplayingClient | None) -> Played:
    """A replay that passed must have asked for everything that was recorded."""
    if recorded is None or not recorded.left or played.verdict != "passed":
        return played
    left = Failure("recording", "every exchange asked for again", f"{recorded.left} were not")
    return replace(played, verdict="failed", failures=(left,))


async def _played(
    client: ServiceClient, order: Order, chosen: Sequence[Loaded], console: Console
) -> AsyncIterator[Played]:
    """Each play as it ends; so many side by side."""
    gate = asyncio.Semaphore(max(1, order.jobs))

    whose = _tell_apart(order, chosen)

    async def one(loaded: Loaded) -> Played:
        async with gate:
            return await play(client, loaded, replace(_wish(order, loaded, console), whose=whose(loaded)))

    begun = [asyncio.ensure_future(one(loaded)) for loaded in chosen]
    try:
        for ended in asyncio.as_completed(begun):
            yield await ended
    finally:
        for each in begun:
            each.cancel()
        await asyncio.gather(*begun, return_exceptions=True)


def _tell_apart(order: Order, chosen: Sequence[Loaded]) -> Callable[[Loaded], str]:
    """Somebody else may play the same at that gateway, and two files of ours may tell of one story."""
    here = f"{gethostname()} {os.getpid()} {WallClock().now().isoformat()}"
    token = here if order.gateway is not None else ""
    many = Counter(each.scenario.id for each in chosen)
    return lambda each: f"{token} {each.file}" if token or many[each.scenario.id] > 1 else ""


def _wish(order: Order, loaded: Loaded, console: Console) -> Wish:
    run_id = None
    if order.replay is not None:
        run_id = json_library.loads(order.replay.read_text(encoding="utf-8"))["log"]["_run"]
    recorded = order.record is not None
    return Wish(
        seed=order.seed,
        run_id=run_id,
        keep="all" if order.keep or recorded else "none",
        record=recorded,
        limit_seconds=order.limit_seconds,
        watch=narrator(console, loaded.scenario, catalogue()) if order.tell else None,
    )


async def _recording(client: ServiceClient, played: Played) -> str:
    run_id = next(iter(played.dossiers.values())).partition("/")[0]
    har: Any = await Door(client).get(f"/runs/{run_id}/exchanges")
    return json_library.dumps(har, ensure_ascii=False, indent=1)


def _write(order: Order, plays: Sequence[Played], reached: Coverage, har: str) -> None:
    order.var_dir.mkdir(parents=True, exist_ok=True)
    last = [{"file": each.file, "verdict": each.verdict} for each in plays]
    _last(order).write_text(json_library.dumps(last), encoding="utf-8")
    if order.record is not None:
        order.record.write_text(har, encoding="utf-8")
    if order.junit is not None:
        order.junit.write_bytes(junit_xml(plays, name="mot-lan-khai"))
    if order.html is not None:
        command = " ".join(["python3 run.py", *sys.argv[1:]])
        page = report_html(plays, reached, name="Một lần khai", command=command)
        order.html.write_text(page, encoding="utf-8")
