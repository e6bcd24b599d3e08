"""``python3 run.py bench``: speed, overload, endurance, the pages, the national year."""

import asyncio
import json as json_library
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from flow_model.errors import SandboxError
from town.bench import flows, overload, pages, soak

Json = dict[str, Any]
WHAT = ("flows", "overload", "pages", "simulate", "soak")


@dataclass(frozen=True)
class Wish:
    """What is to be measured, and how long."""

    what: str = "flows"
    in_flight: tuple[int, ...] = (1, 32, 256)
    rounds: int | None = None
    cases: int | None = None
    postgres: bool = True
    seconds: float = 60.0
    minutes: float = 20.0
    communes: int = 9
    dossiers: int = 1000
    processes: bool = True
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
    """Measure, and print tables or a document; 1 when something that must hold does not."""
    os.environ.setdefault("SANDBOX_LOG_LEVEL", "error")
    measure, tell = _chosen(wish)
    document = asyncio.run(_waited(measure))
    if wish.json:
        print(json_library.dumps(document, indent=1))
    else:
        tell(document)
    return 0 if all(document.get("held", {}).values()) else 1


async def _waited(measure: Callable[[], Awaitable[Json]]) -> Json:
    return await measure()


def _chosen(wish: Wish) -> tuple[Callable[[], Awaitable[Json]], Callable[[Json], None]]:
    match wish.what:
        case "flows":
            chosen = flows.Wish(wish.in_flight, wish.rounds or 3, wish.cases, wish.postgres)
            return lambda: flows.measure(chosen), flows.tell
        case "overload":
            return lambda: overload.measure(wish.seconds), overload.tell
        case "pages":
            of_pages = pages.Wish(wish.dossiers, processes=wish.processes)
            return lambda: pages.measure(of_pages), pages.tell
        case "simulate":
            return _simulate(wish)
        case "soak":
            return lambda: soak.measure(wish.minutes), soak.tell
    known = ", ".join(WHAT)
    raise NoSuchBench(f"Không đo được {wish.what}; có: {known}", f"no bench {wish.what}; there are: {known}")


def _simulate(wish: Wish) -> tuple[Callable[[], Awaitable[Json]], Callable[[Json], None]]:
    # Its peers, numba and numpy are of the development environment, and slow to import.
    from town.bench import simulate, simulate_telling

    chosen = simulate.Wish(wish.rounds or 5, wish.communes)
    return lambda: simulate.measure(chosen), simulate_telling.tell
