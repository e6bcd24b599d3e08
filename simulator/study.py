"""A study: years of one or several groups, on both paths, under one law or two, with replications.

It is cut into cells that know nothing of each other (a group under a law with a seed), so they may run
anywhere and in any order: what they come to is added up in whole numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import add
from typing import Any, TypeAlias

import numpy as np

from flow_model import chance
from flow_model.catalogue import catalogue
from flow_model.limits import PATHS
from measurement.legal import legal_length
from simulator.clock import office_day
from simulator.country import Country, country
from simulator.figures import between, figures
from simulator.national import National
from simulator.plan import held
from simulator.tally import Tally, count, nothing_counted
from simulator.world import Declared
from simulator.writing import written
from simulator.year import (
    Lived,
    Wanted,
    book_for,
    expected_of_commune,
    families,
    live,
    national_year,
)

Json = dict[str, Any]
Counted = dict[str, Tally]
# What else is done with a part of a year: the path, what was lived, who declared, from which commune on.
Keep: TypeAlias = Callable[[str, Lived, Declared, int], None]
# So many dossiers are lived through together: what they need stays near the processor.
TOGETHER = 30_000


@dataclass(frozen=True)
class Order:
    """What is to be studied. ``dossiers`` of all groups together a year; None for as many as there are."""

    groups: tuple[str, ...]
    laws: tuple[str, ...]
    seed: int
    since: date
    days: int = 365
    dossiers: int | None = None
    replications: int = 1
    before_2025: bool = False
    cores: int = 1

    def share(self) -> float:
        """The part of all families that declare; 1 for a whole national year."""
        if self.dossiers is None:
            return 1.0
        every = (national_year(catalogue().group(each), self.laws[0]).per_year for each in self.groups)
        return self.dossiers / sum(every)

    def cells(self) -> list["Cell"]:
        """Everything that is to be lived through."""
        return [
            Cell(self, group, law, number)
            for law in self.laws
            for group in self.groups
            for number in range(self.replications)
        ]


@dataclass(frozen=True)
class Cell:
    """One group under one law, with the seed of one replication."""

    order: Order
    group: str
    law: str
    number: int

    @property
    def seed(self) -> int:
        """The first replication has the seed that was asked for."""
        return (
            self.order.seed if self.number == 0 else chance.bits(self.order.seed, "replication", self.number)
        )

    def wanted(self) -> Wanted:
        """What a year of this cell is."""
        return Wanted(
            law=self.law,
            seed=self.seed,
            since=self.order.since,
            days=self.order.days,
            share=self.order.share(),
            cores=self.order.cores,
        )


def lived(cell: Cell, keep: Keep | None = None) -> Counted:
    """One cell, on both paths."""
    year, place, wanted = _year(cell), country(before_2025=cell.order.before_2025), cell.wanted()
    return counted(year, PATHS, place, wanted, keep)


def _year(cell: Cell) -> National:
    return national_year(catalogue().group(cell.group), cell.law)


def counted(
    year: National, paths: Sequence[str], place: Country, wanted: Wanted, keep: Keep | None = None
) -> Counted:
    """One group: what it comes to on each path. Area after area: years of any length need no more room.

    ``keep`` is given every part as well, in the order of communes, and so on one core.
    """
    cores = 1 if keep else wanted.cores
    parts, alone = _parts(year, place, wanted), replace(wanted, cores=1)
    spanned, _ = families(year, place, alone, 0, 0)
    ready = {path: book_for(year, path, spanned, alone) for path in paths}

    def some(turn: int) -> Counted:
        """Every so-manieth part, on one core."""
        procedures = len(held(year.group, wanted.law))
        own = {path: nothing_counted(len(place.provinces), procedures) for path in paths}
        for since, until in parts[turn::cores]:
            here = place.part(since, until)
            first = int(place.areas[since])
            _, who = families(year, place, alone, first, int(place.areas[until]))
            province_of = np.repeat(here.province_of, np.diff(who.begins))
            for path, tally in own.items():
                once = live(year, path, here, spanned, who, alone, ready[path])
                count(tally, ready[path][0], once.cases, once.files, once.desks, province_of)
                if keep:
                    keep(path, once, who, first)
                del once  # before the next takes as much room
        return own

    if cores == 1:
        return some(0)
    with ThreadPoolExecutor(cores) as pool:
        every = list(pool.map(some, range(cores)))
    return {path: reduce(add, (each[path] for each in every)) for path in paths}


def _parts(year: National, place: Country, wanted: Wanted) -> list[tuple[int, int]]:
    """Areas in a row in which about so many families declare."""
    communes = max(1, int(TOGETHER / max(expected_of_commune(year, place, wanted), 1e-9)))
    parts, since = [], 0
    for area in range(1, len(place.areas)):
        if place.areas[area] - place.areas[since] >= communes or area == len(place.areas) - 1:
            parts.append((since, area))
            since = area
    return parts


Run = Callable[[Sequence[Cell]], Iterable[tuple[Cell, Counted]]]


def one_by_one(
    cells: Sequence[Cell], keeper: Callable[[Cell], Keep | None] = lambda _cell: None
) -> Iterator[tuple[Cell, Counted]]:
    """Here, one after the other. ``keeper`` says who keeps what is lived in a cell."""
    for cell in cells:
        yield cell, lived(cell, keeper(cell))


def study(order: Order, run: Run = one_by_one, done: Callable[[Cell], None] = lambda _cell: None) -> Json:
    """The figures of a study, as one document; ``done`` is told of every cell that is through."""
    found: dict[tuple[str, str], list[Counted]] = {}
    for cell, counts in run(order.cells()):
        found.setdefault((cell.law, cell.group), []).append(counts)
        done(cell)
    place = country(before_2025=order.before_2025)
    return {
        "seed": order.seed,
        "since": order.since.isoformat(),
        "days": order.days,
        "replications": order.replications,
        "communes": place.communes,
        "provinces": len(np.unique(place.province_of)),
        "studies": [_figures(law, group, counts, place) for (law, group), counts in sorted(found.items())],
    }


def _figures(law: str, group_id: str, counts: Sequence[Counted], place: Country) -> Json:
    group = catalogue().group(group_id)
    year = national_year(group, law)
    procedures, hours = held(group, law), office_day()
    paths = {}
    for path in PATHS:
        every = [each[path] for each in counts]
        whole = every[0]
        for one in every[1:]:
            whole = whole + one
        paths[path] = {
            **figures(whole, procedures, place.provinces, hours),
            **written(whole, year, procedures, path),
            "legal": _legal(group_id, law, path),
        }
        if len(every) > 1:
            apart = [figures(one, procedures, place.provinces, hours) for one in every]
            paths[path]["between_replications"] = {
                name: between(apart, "elapsed_working_days", name, "value").as_json()
                for name in ("median", "p95")
            }
    return {
        "group": group_id,
        "title_vi": group.title_vi,
        "title_en": group.title_en,
        "law": law,
        "per_year": year.per_year,
        "per_year_confidence": year.confidence,
        "per_year_source": year.source,
        "paths": paths,
    }


def _legal(group_id: str, law: str, path: str) -> list[Json]:
    """The legal length for each kind of family, by the measure of the live system."""
    group = catalogue().group(group_id)
    rows = []
    for kind in national_year(group, law).kinds:
        found = legal_length(group, law, path, kind.procedures, kind.conditions)
        rows.append(
            {
                "kind": kind.id,
                "share": kind.share,
                "value": found.value,
                "unit": found.unit,
                "basis": found.basis,
                "confidence": found.confidence,
            }
        )
    return rows
