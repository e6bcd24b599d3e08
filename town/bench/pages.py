"""``bench pages``: how long a page takes when the run is large, and when a class clicks at once."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chassis.client import ServiceClient
from chassis.clock import WallClock
from flow_model.catalogue import catalogue
from town.bench.arrivals import quantile
from town.bench.readers import RUN, Reader, classroom, filled, one_more
from town.stage import on_free_ports

Json = dict[str, Any]
# What must hold: a page made anew, a class that clicks at once, the largest page.
MOST_PAGE_MS, MOST_CLASS_MS, MOST_BYTES = 50, 300, 60_000
_TRAINEES, _CASES, _WAVES, _AGAIN_SECONDS = 50, 40, 4, 0.5
_LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Wish:
    """What is to be measured."""

    dossiers: int = 1000
    trainees: int = _TRAINEES
    processes: bool = True


async def measure(wish: Wish) -> Json:
    """Fill a run, open every page anew and again, then let a class click at once."""
    columns = (TextColumn("{task.description}"), TimeElapsedColumn())
    with (
        TemporaryDirectory() as folder,
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("processes start", total=None)
        async with (
            on_free_ports(Path(folder), processes=wish.processes) as running,
            ServiceClient.over_http(running.urls, timeout_seconds=60) as client,
        ):
            bar.update(task, description=f"{wish.dossiers} dossiers")
            codes = await filled(client, wish.dossiers)
            bar.update(task, description="page by page")
            found = addresses(codes, list(catalogue().groups), catalogue().agencies())
            rows = [await _opened(client, name, paths) for name, paths in found.items()]
            bar.update(task, description=f"a class of {wish.trainees}")
            waves = await _class(client, wish.trainees)
    return document(wish, rows, waves)


def addresses(codes: Sequence[str], groups: Sequence[str], agencies: Sequence[str]) -> dict[str, list[str]]:
    """By page, addresses that nobody asked for before."""
    some = codes[:: max(1, len(codes) // _CASES)][:_CASES]
    # Every other family took the old path: a pair is of the same group.
    pairs = list(zip(codes[::2], codes[1::2], strict=False))[: _CASES // 4]
    return {
        "home": ["/"],
        "declaration": ["/khai", *(f"/khai/{group}" for group in groups)],
        "lineage": [f"/dong-du-lieu/{group}" for group in groups],
        "race": [f"/dua?cu={RUN}/{old}&moi={RUN}/{new}" for old, new in pairs],
        "cases": ["/ho-so", f"/ho-so?luot={RUN}"],
        "case": [f"/ho-so/{RUN}/{code}" for code in some],
        "event": [f"/ho-so/{RUN}/{code}/su-kien/3" for code in some],
        "desk": ["/can-bo", *(f"/can-bo/{RUN}/{agency}?tat-ca=1" for agency in agencies)],
        "tests": ["/kich-ban"],
        "year": ["/bang"],
        "places": ["/bang/tinh"],
        "figures": [f"/bang/luot?luot={RUN}"],
        "class": ["/lop"],
        "handouts": ["/in"],
        "forms": [f"/in/to-khai/{RUN}/{code}" for code in some],
    }


async def _opened(client: ServiceClient, name: str, paths: Sequence[str]) -> Json:
    """Each address in each language, anew and then again, once its template is compiled."""
    first, again, size = [], [], 0
    for language in _LANGUAGES:
        reader = Reader(client, language)
        await reader.get(f"{paths[0]}{'&' if '?' in paths[0] else '?'}warm=1")
        for path in paths:
            first.append(await reader.seconds(path))
            while (page := await reader.get(path)).is_under_way:
                await WallClock().pause(_AGAIN_SECONDS)
            again += [await reader.seconds(path) for _ in range(_WAVES)]
            size = max(size, len(page.html.encode()))
    row = {"page": name, "made": len(first), "bytes": size}
    return {**row, **_quantiles("first", first), **_quantiles("again", again)}


def _quantiles(name: str, seconds: Sequence[float]) -> Json:
    return {
        f"{name}_p50_ms": round(quantile(seconds, 50), 1),
        f"{name}_p95_ms": round(quantile(seconds, 95), 1),
    }


async def _class(client: ServiceClient, trainees: int) -> list[Json]:
    """All click at once, page after page: what each sees is of their own run."""
    seats = await classroom(client, trainees)
    runs = [re.search(r"run=([\w-]+)", (await reader.get(f"{own}/khai")).address) for reader, own in seats]
    names = [found[1] for found in runs if found is not None]
    group = next(iter(catalogue().groups))
    cases = await asyncio.gather(*(one_more(client, name, group) for name in names))
    clicks = {
        "own page": [own for _, own in seats],
        "start of a declaration": [f"/khai/{group}?run={name}" for name in names],
        "own cases": [f"/ho-so?luot={name}" for name in names],
        "own case": [f"/ho-so/{name}/{case}" for name, case in zip(names, cases, strict=True)],
        "home": ["/"] * len(seats),
    }
    rows = []
    for click, addresses_of_all in clicks.items():
        took: list[float] = []
        for _ in range(_WAVES):
            pairs = zip(seats, addresses_of_all, strict=True)
            took += await asyncio.gather(*(reader.seconds(address) for (reader, _), address in pairs))
        rows.append({"click": click, "trainees": len(seats), **_quantiles("all", took)})
    return rows


def document(wish: Wish, rows: Sequence[Json], waves: Sequence[Json]) -> Json:
    """The figures, and which of the aims were met."""
    held = {
        "pages": all(row["first_p95_ms"] <= MOST_PAGE_MS for row in rows),
        "class": all(row["all_p95_ms"] <= MOST_CLASS_MS for row in waves),
        "size": all(row["bytes"] <= MOST_BYTES for row in rows),
    }
    return {
        "dossiers": wish.dossiers,
        "processes": wish.processes,
        "pages": list(rows),
        "class": list(waves),
        "held": held,
    }


def tell(figures: Mapping[str, Any]) -> None:
    """A table of the pages, one of the class, and what held."""
    console = Console()
    _table(console, f"pages, {figures['dossiers']} dossiers in the run", figures["pages"])
    _table(console, "a class that clicks at once", figures["class"])
    for name, held in figures["held"].items():
        console.print(f"{name}: {'[green]held[/]' if held else '[red]did not hold[/]'}")


def _table(console: Console, title: str, rows: Sequence[Json]) -> None:
    table = Table(box=None, pad_edge=False, title=title)
    for number, name in enumerate(rows[0]):
        table.add_column(name.replace("_", " "), justify="right" if number else "left")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)
