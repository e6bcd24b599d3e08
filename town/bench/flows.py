"""``bench flows``: cases a second, beside a bare loop and beside a durable engine, all in one run."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from town.bench.load import Measured, row
from town.bench.recording import BATCH
from town.bench.sides import Side, sides

Json = dict[str, Any]
Which = tuple[str, str, int, int]
Key = tuple[str, str, int, int, int]
# How many cases of a go, by how many are in flight: enough to fill the line, and to be over in half a minute.
_CASES = {1: 10, 32: 96, 256: 256}
# As many as are in flight are to be at work: what is turned away at the door is measured elsewhere.
_SETTING, _PLACES = "SANDBOX_PLACES", "2048"


@dataclass(frozen=True)
class Wish:
    """What is to be measured."""

    in_flight: tuple[int, ...] = (1, 32, 256)
    rounds: int = 3
    cases: int | None = None
    postgres: bool = True


async def measure(wish: Wish) -> Json:
    """The document: rows, and the ratios between them."""
    with _wide_doors(), TemporaryDirectory() as folder:
        rows = await _measure(wish, Path(folder))
    return {"cores": os.cpu_count(), "rounds": wish.rounds, "rows": rows, "ratios": ratios(rows)}


@contextmanager
def _wide_doors() -> Iterator[None]:
    before = os.environ.get(_SETTING)
    os.environ[_SETTING] = _PLACES
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SETTING]
        else:
            os.environ[_SETTING] = before


async def _measure(wish: Wish, folder: Path) -> list[Json]:
    goes: dict[Key, list[Measured]] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("processes start", total=None)
        async with sides(folder, wish.postgres) as found:
            bar.update(task, total=wish.rounds * len(wish.in_flight) * len(found))
            for side in found:  # what is only slow the first time is not measured
                if side.batch == 1:
                    await side.go(_names(side, "warm", 0, 8), 4)
            for turn in range(wish.rounds):
                for at_once in wish.in_flight:
                    for side in found[turn % len(found) :] + found[: turn % len(found)]:
                        bar.update(task, description=f"{_titled(side)}, {at_once} in flight")
                        many = wish.cases or _CASES.get(at_once, at_once)
                        if side.batch > 1:
                            if at_once != middle(wish.in_flight):
                                continue
                            many = 1
                        key = (side.name, side.store, side.gateways, side.batch, at_once)
                        goes.setdefault(key, []).append(
                            await side.go(_names(side, str(turn), at_once, many), at_once)
                        )
                        bar.advance(task)
    return [row(*key, done) for key, done in sorted(goes.items(), key=lambda each: each[0][4])]


def middle(levels: Sequence[int]) -> int:
    """The level at which sides are held against each other."""
    return sorted(set(levels))[len(set(levels)) // 2]


def _names(side: Side, turn: str, at_once: int, many: int) -> list[str]:
    first = f"{side.name}-{side.gateways}-{side.batch}-{turn}-{at_once}"
    return [f"{first}-{number}" for number in range(many)]


def _titled(side: Side) -> str:
    return _named({"name": side.name, "store": side.store, "gateways": side.gateways, "batch": side.batch})


def ratios(rows: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """What is held against what, at the middle level in flight; None where one was not measured.

    DBOS is held against both of ours: on the database that it needs, and on the file that we need alone.
    Those ``by_cpu`` say the same of the CPU that all processes together spent on a case: cores that others
    use as well make them no worse.
    """
    level = middle([each["in_flight"] for each in rows])
    speed, cpu = dict[Which, float](), dict[Which, float]()
    for each in rows:
        if each["in_flight"] == level:
            side = (each["name"], each["store"], each["gateways"], each["batch"])
            speed[side] = float(each["cases_per_s"])
            cpu[side] = sum(each["cpu_ms_per_case"].values())

    def ratio(upper: Which, lower: Which) -> float | None:
        return round(speed[upper] / speed[lower], 2) if upper in speed and lower in speed else None

    def by_cpu(upper: Which, lower: Which) -> float | None:
        return round(cpu[lower] / cpu[upper], 2) if upper in cpu and lower in cpu else None

    ours, ours_shared = ("ours", "sqlite", 1, 1), ("ours", "postgres", 1, 1)
    bare, dbos = ("bare", "sqlite", 0, 1), ("dbos", "postgres", 0, 1)
    batches = ("ours", "sqlite", 1, BATCH)
    return {
        "at_in_flight": level,
        "ours_to_bare": ratio(ours, bare),
        "ours_to_bare_by_cpu": by_cpu(ours, bare),
        "ours_to_dbos": ratio(ours_shared, dbos),
        "ours_to_dbos_by_cpu": by_cpu(ours_shared, dbos),
        "ours_on_sqlite_to_dbos": ratio(ours, dbos),
        "ours_on_sqlite_to_dbos_by_cpu": by_cpu(ours, dbos),
        "two_gateways_to_one": ratio(("ours", "postgres", 2, 1), ours_shared),
        "batches_to_ours": ratio(batches, ours),
        "batches_to_ours_by_cpu": by_cpu(batches, ours),
    }


def tell(document: Json) -> None:
    """Two tables: how fast, and who spent how much CPU."""
    console, rows = Console(), document["rows"]
    table = Table(box=None, pad_edge=False, title=f"{document['cores']} cores, {document['rounds']} rounds")
    for title in ("what", "in flight", "cases/s", "p50 ms", "p99 ms", "CPU ms a case"):
        table.add_column(title, justify="left" if title == "what" else "right")
    for each in rows:
        figures = (f"{each['cases_per_s']:.1f}", f"{each['p50_ms']:.0f}", f"{each['p99_ms']:.0f}")
        used = sum(each["cpu_ms_per_case"].values())
        table.add_row(_named(each), str(each["in_flight"]), *figures, f"{used:.0f}")
    console.print(table)
    level = document["ratios"]["at_in_flight"]
    console.print(_by_process([each for each in rows if each["in_flight"] == level], level))
    for name, value in document["ratios"].items():
        console.print(f"{name.replace('_', ' ')}: {'not measured' if value is None else value}")


def _by_process(rows: Sequence[Json], level: int) -> Table:
    table = Table(box=None, pad_edge=False, title=f"CPU ms a case by process, {level} in flight")
    table.add_column("process")
    for each in rows:
        table.add_column(_named(each), justify="right")
    for process in dict.fromkeys(name for each in rows for name in each["cpu_ms_per_case"]):
        used = [each["cpu_ms_per_case"].get(process) for each in rows]
        table.add_row(process, *("" if each is None else f"{each:.1f}" for each in used))
    return table


def _named(each: Mapping[str, Any]) -> str:
    several = f", {each['gateways']} gateways" if each["gateways"] > 1 else ""
    hundred = f", {each['batch']} in one request" if each["batch"] > 1 else ""
    return f"{each['name']} on {each['store']}{several}{hundred}"
