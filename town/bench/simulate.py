"""``bench simulate``: the national year beside SimPy, Ciw, the oracle and what no engine can do without."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulator.country import country
from simulator.year import book_for, live_by_agenda, live_by_sweep
from town.bench import primitives
from town.bench.fresh import fresh
from town.bench.peers import with_simpy, with_simpy_tuned
from town.bench.simulate_sides import Peers, Terms, engine, engines_differ, histograms, terms_of

Json = dict[str, Any]
Tick = Callable[[str], None]
ENGINES = ("sweep", "agenda", "simpy", "simpy_tuned", "ciw")
_GROWTH = (1, 3, 10)
_STARTS, _CHECKS, _SIDES, _YEARS = 4, 19, 6, 10
# The general engine is slower, and the whole country is no better a measure of it than a part.
_PART = 10


@dataclass(frozen=True)
class Wish:
    """What is to be measured: ``communes`` by the peers, ``nation`` by the engines; none is all of them."""

    rounds: int = 5
    communes: int = 9
    nation: int | None = None
    growth: bool = True
    starts: bool = True


async def measure(wish: Wish) -> Json:
    """The document, with a bar for people while it is made."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        steps = (_STARTS + 1) * wish.starts + _CHECKS + wish.rounds * _SIDES + len(_GROWTH) * wish.growth
        task = bar.add_task("", total=steps)

        def tick(done: str, then: str) -> None:
            bar.update(task, advance=1 if done else 0, description=then)

        return _measured(wish, wish.nation or country().communes, Ticks(tick))


class Ticks:
    """What is being done now; saying so, the last is done."""

    def __init__(self, tick: Callable[[str, str], None]) -> None:
        self._tick, self._last = tick, ""

    def __call__(self, then: str) -> None:
        self._tick(self._last, then)
        self._last = then


def _measured(wish: Wish, nation: int, tick: Tick) -> Json:
    document: Json = {"rounds": wish.rounds, "cores": os.cpu_count(), "communes_of_peers": wish.communes}
    if wish.starts:
        document |= _started(nation, tick)
    tick("kernels are compiled, unless they are: a minute at most")
    few, whole = terms_of(1), terms_of(nation)
    engine(few, live_by_agenda)
    least = [Least(each) for each in whole]
    _primitives(least)
    peers = Peers(terms_of(wish.communes))
    differing = peers.differing(tick)
    part = terms_of(max(1, nation // _PART))
    rows = [_round(whole, part, peers, least, tick) for _ in range(wish.rounds)]
    document["growth"] = _grown(nation, tick) if wish.growth else {}
    tick("the general engine beside the sweep")
    differing["between_engines"] = engines_differ(whole)
    document |= summed(rows)
    return document | {
        "differing": differing,
        "cases_differing": differing["oracle"],
        "held": {"equal": not any(differing.values())},
    }


def _started(nation: int, tick: Tick) -> Json:
    """A process for which no kernel is compiled, and some that find them; the last lives through the year."""
    with TemporaryDirectory() as folder:
        tick("a first start compiles all kernels: a minute at most")
        cold, _ = fresh(Path(folder), 0)
        warm = []
        for turn in range(_STARTS - 1):
            tick("a start with compiled kernels")
            seconds, year = fresh(Path(folder), nation if turn == _STARTS - 2 else 0)
            warm.append(seconds)
        tick(f"{_YEARS} years as histograms")
        _, years = fresh(Path(folder), nation, _YEARS)
    return {
        "cold_start_s": round(cold, 1),
        "warm_start_s": round(median(warm), 2),
        "peak_mb": round(year["peak_mb"], 1),
        "peak_mb_of_years_as_histograms": round(years["peak_mb"], 1),
    }


def _grown(nation: int, tick: Tick) -> dict[str, float]:
    """The country several times over, with the same work at every desk; one group on one path."""
    found = {}
    for times in _GROWTH:
        tick(f"the country {times} times over")
        found[str(times)] = round(engine(terms_of(nation * times, groups=1)[1:]).ns_per_visit, 1)
    return found


def _round(
    whole: Sequence[Terms], part: Sequence[Terms], peers: Peers, least: Sequence["Least"], tick: Tick
) -> Json:
    """Every side once, one after the other."""
    tick("the sweep")
    swept = engine(whole)
    row: Json = {"sweep_s": swept.seconds, "cases": swept.cases, "visits": swept.visits}
    row |= {"sweep": swept.ns_per_visit, "year_s": histograms(whole).seconds}
    tick("SimPy as its manual teaches it")
    row["simpy"] = peers.simpy(with_simpy.Town).ns_per_visit
    tick("SimPy as fast as it goes")
    row["simpy_tuned"] = peers.simpy(with_simpy_tuned.Town).ns_per_visit
    tick("Ciw, desk by desk")
    row["ciw"] = peers.ciw().ns_per_visit
    tick("what no engine can do without")
    row["primitives"] = _primitives(least)
    row["primitives_s"] = sum(each["year_s"] for each in row["primitives"].values())
    tick("the general engine")
    row["agenda"] = engine(part, live_by_agenda).ns_per_visit
    return row


class Least:
    """How often a year needs what no engine can do without."""

    def __init__(self, terms: Terms) -> None:
        self.book, _ = book_for(terms.year, terms.path, terms.spanned, terms.wanted)
        lived = live_by_sweep(*terms.given())
        self.needs = primitives.counted(self.book, lived)
        self.files_of_a_desk = int(self.needs["sort"]) // max(1, int((lived.desks["opened"] > 0).sum()))


def _primitives(least: Sequence[Least]) -> dict[str, dict[str, float]]:
    """Of each primitive, what it costs and what a year of it does, in CPU."""
    found: dict[str, dict[str, float]] = {}
    for each in least:
        for name, cost in primitives.unit_costs(each.book, each.files_of_a_desk).items():
            row = found.setdefault(name, {"ns": cost, "year_s": 0.0})
            row["year_s"] += each.needs[name] * cost / 1e9
    return found


def summed(rows: Sequence[Mapping[str, Any]]) -> Json:
    """Medians of the rounds; ratios are taken within a round."""

    def ratio(upper: str, lower: str, places: int = 1) -> float:
        return round(float(median(row[upper] / row[lower] for row in rows)), places)

    def middle(name: str) -> float:
        return float(median(row[name] for row in rows))

    names = rows[0]["primitives"]
    return {
        "ns_per_visit": round(middle("sweep"), 1),
        "cases_per_s": round(median(row["cases"] / row["sweep_s"] for row in rows)),
        "ratio_simpy": ratio("simpy", "sweep"),
        "ratio_simpy_tuned": ratio("simpy_tuned", "sweep"),
        "ratio_ciw": ratio("ciw", "sweep"),
        "ratio_primitives": ratio("sweep_s", "primitives_s", 2),
        "year_cpu_s": round(median(row["year_s"] for row in rows), 3),
        "ns_per_visit_of": {name: round(middle(name), 1) for name in ENGINES},
        "cases": rows[0]["cases"],
        "visits": rows[0]["visits"],
        "primitives": {
            name: {
                key: round(median(row["primitives"][name][key] for row in rows), 3)
                for key in ("ns", "year_s")
            }
            for name in names
        },
    }
