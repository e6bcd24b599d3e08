"""``python3 run.py bench flows``: how fast cases go, beside a bare loop and beside a durable engine."""

import asyncio
import json as json_library
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from flow_model.errors import SandboxError
from town.bench.load import Measured, row
from town.bench.sides import Side, sides

Json = dict[str, Any]
Key = tuple[str, str, int, int]
# How many cases of a go, by how many are in flight: enough to fill the line, and to be over in half a minute.
_CASES = {1: 10, 32: 96, 256: 256}


@dataclass(frozen=True)
class Wish:
    """What is to be measured."""

    what: str = "flows"
    in_flight: tuple[int, ...] = (1, 32, 256)
    rounds: int = 3
    cases: int | None = None
    postgres: bool = True
    json: bool = False


class NoSuchBench(SandboxError):
    """The developer names a measurement that there is, or numbers."""

    slug = "no-such-bench"


def numbers(text: str) -> tuple[int, ...]:
    """The numbers in "1,32"."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise NoSuchBench(f"Cần các số như 1,32; đã nhận {text}", f"numbers are needed: 1,32; not {text}")
    return tuple(map(int, parts))


def main(wish: Wish) -> int:
    """Measure, and print a table or a document; 0."""
    if wish.what != "flows":
        raise NoSuchBench(f"Không đo được {wish.what}; có: flows", f"no bench {wish.what}; there is: flows")
    os.environ.setdefault("SANDBOX_LOG_LEVEL", "error")
    with TemporaryDirectory() as folder:
        rows = asyncio.run(_measure(wish, Path(folder)))
    document = {"cores": os.cpu_count(), "rounds": wish.rounds, "rows": rows, "ratios": ratios(rows)}
    if wish.json:
        print(json_library.dumps(document, indent=1))
    else:
        _tell(document)
    return 0


async def _measure(wish: Wish, folder: Path) -> list[Json]:
    goes: dict[Key, list[Measured]] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("processes start", total=None)
        async with sides(folder, wish.postgres) as found:
            bar.update(task, total=wish.rounds * len(wish.in_flight) * len(found))
            for side in found:  # what is only slow the first time is not measured
                await side.go(_names(side, "warm", 0, 8), 4)
            for turn in range(wish.rounds):
                for at_once in wish.in_flight:
                    for side in found[turn % len(found) :] + found[: turn % len(found)]:
                        bar.update(task, description=f"{_titled(side)}, {at_once} in flight")
                        names = _names(side, str(turn), at_once, wish.cases or _CASES.get(at_once, at_once))
                        key = (side.name, side.store, side.gateways, at_once)
                        goes.setdefault(key, []).append(await side.go(names, at_once))
                        bar.advance(task)
    return [row(*key, done) for key, done in sorted(goes.items(), key=lambda each: each[0][3])]


def _names(side: Side, turn: str, at_once: int, many: int) -> list[str]:
    return [f"{side.name}-{side.gateways}-{turn}-{at_once}-{number}" for number in range(many)]


def _titled(side: Side) -> str:
    return f"{side.name} on {side.store}" + (f", {side.gateways} gateways" if side.gateways > 1 else "")


def ratios(rows: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """What is held against what, at the middle level in flight; None where one was not measured."""
    levels = sorted({each["in_flight"] for each in rows})
    level = levels[len(levels) // 2]
    speed = {
        (each["name"], each["store"], each["gateways"]): float(each["cases_per_s"])
        for each in rows
        if each["in_flight"] == level
    }

    def ratio(upper: tuple[str, str, int], lower: tuple[str, str, int]) -> float | None:
        return round(speed[upper] / speed[lower], 2) if upper in speed and lower in speed else None

    return {
        "at_in_flight": level,
        "ours_to_bare": ratio(("ours", "sqlite", 1), ("bare", "sqlite", 0)),
        "ours_to_dbos": ratio(("ours", "postgres", 1), ("dbos", "postgres", 0)),
        "two_gateways_to_one": ratio(("ours", "postgres", 2), ("ours", "postgres", 1)),
    }


def _tell(document: Json) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False, title=f"{document['cores']} cores, {document['rounds']} rounds")
    for title in ("what", "in flight", "cases/s", "p50 ms", "p99 ms", "CPU ms a case", "of it"):
        table.add_column(title, justify="left" if title in ("what", "of it") else "right")
    for each in document["rows"]:
        cpu = {name: used for name, used in each["cpu_ms_per_case"].items() if used >= 0.5}
        gateways = f", {each['gateways']} gateways" if each["gateways"] > 1 else ""
        table.add_row(
            f"{each['name']} on {each['store']}{gateways}",
            str(each["in_flight"]),
            f"{each['cases_per_s']:.1f}",
            f"{each['p50_ms']:.0f}",
            f"{each['p99_ms']:.0f}",
            f"{sum(cpu.values()):.0f}",
            ", ".join(f"{name} {used:.0f}" for name, used in cpu.items()),
        )
    console.print(table)
    for name, value in document["ratios"].items():
        console.print(f"{name.replace('_', ' ')}: {'not measured' if value is None else value}")
