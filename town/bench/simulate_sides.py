"""Who simulates the same year in ``bench simulate``.

The sweep and the general engine live through the whole country; the peers and the oracle through a part of it
in which desks are as busy. Every side says how much CPU it used and how many files it opened at desks.
"""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np

from flow_model.catalogue import catalogue
from flow_model.limits import PATHS
from simulator.beside import differences, walked
from simulator.clock import Span
from simulator.country import Country
from simulator.national import National
from simulator.study import counted
from simulator.world import Declared
from simulator.year import Lived, Wanted, families, live_by_agenda, live_by_sweep, national_year
from town.bench.peers import flow, with_ciw, with_simpy, with_simpy_tuned
from town.bench.sample import SINCE, part_of


@dataclass(frozen=True)
class Terms:
    """One group on one path in a part of the country."""

    year: National
    path: str
    place: Country
    spanned: Span
    who: Declared
    wanted: Wanted

    def given(self) -> tuple[National, str, Country, Span, Declared, Wanted]:
        """As an engine takes them."""
        return self.year, self.path, self.place, self.spanned, self.who, self.wanted


@dataclass
class Spent:
    """CPU seconds, and what was done in them."""

    seconds: float = 0.0
    visits: int = 0
    cases: int = 0

    @property
    def ns_per_visit(self) -> float:
        """CPU nanoseconds for each file opened at a desk."""
        return self.seconds / max(self.visits, 1) * 1e9


def terms_of(communes: int, *, groups: int | None = None) -> list[Terms]:
    """Every group, or the first of them, on both paths."""
    place, share = part_of(communes)
    found = []
    for group in list(catalogue().groups.values())[:groups]:
        wanted = Wanted(group.law.default.id, 1, SINCE, share=share)
        year = national_year(group, wanted.law)
        spanned, who = families(year, place, wanted)
        found += [Terms(year, path, place, spanned, who, wanted) for path in PATHS]
    return found


def histograms(every: Sequence[Terms]) -> Spent:
    """Every group as a study counts it: who comes, both paths, and what that comes to; no case is kept."""
    began, cases = process_time(), 0
    for each in every[:: len(PATHS)]:
        found = counted(each.year, PATHS, each.place, each.wanted)
        cases += sum(one.declared for one in found.values())
    return Spent(process_time() - began, cases=cases)


def engine(every: Sequence[Terms], live: Callable[..., Lived] = live_by_sweep) -> Spent:
    """An engine of ours."""
    spent = Spent()
    for each in every:
        began = process_time()
        lived = live(*each.given())
        spent.seconds += process_time() - began
        spent.visits += visits_of(lived)
        spent.cases += len(lived.cases)
    return spent


def visits_of(lived: Lived) -> int:
    """How many files were opened at desks."""
    return int(lived.desks["opened"].sum())


def engines_differ(every: Sequence[Terms]) -> int:
    """In how many dossiers of a country the general engine and the sweep differ."""
    different = 0
    for each in every:
        swept, taken = live_by_sweep(*each.given()), live_by_agenda(*each.given())
        apart = swept.cases != taken.cases
        for place in range(len(swept.procedures)):
            apart |= swept.files[:, place] != taken.files[:, place]
        different += int(np.count_nonzero(apart))
    return different


class Peers:
    """Other people's simulators, treated kindly: no draws, no set-up, no collector in their time."""

    def __init__(self, every: Sequence[Terms]) -> None:
        self._terms = every
        self._lived = [live_by_sweep(*each.given()) for each in every]
        self.visits = sum(map(visits_of, self._lived))
        self._watched = [
            with_ciw.Watched(each.year, each.path, each.wanted, lived)
            for each, lived in zip(every, self._lived, strict=True)
        ]
        self._models = [
            flow.Model(each.year, each.path, each.wanted, lived)
            for each, lived in zip(every, self._lived, strict=True)
        ]
        self._desks: list[list[with_ciw.DeskAlone]] = []

    def differing(self, tick: Callable[[str], None]) -> dict[str, int]:
        """How many dossiers, and for Ciw files at desks, differ from the sweep's."""
        found = {"oracle": 0, "simpy": 0, "simpy_tuned": 0, "ciw": 0}
        for each, lived, model in zip(self._terms, self._lived, self._watched, strict=True):
            tick("the oracle")
            apart = differences(lived, walked(*each.given()))
            found["oracle"] += len({number for number, _ in apart})
            for name, towns in (("simpy", with_simpy.Town), ("simpy_tuned", with_simpy_tuned.Town)):
                tick("SimPy beside the sweep")
                model.begin_anew()
                towns(model, each.place, each.who).run()
                found[name] += flow.apart(model, lived)
            tick("Ciw beside the sweep")
            desks = with_ciw.desks_alone(model, each.place, each.who)
            self._desks.append(desks)
            simulations = with_ciw.prepared(desks)
            with_ciw.run(simulations, desks)
            found["ciw"] += with_ciw.apart(simulations, desks)
        self._watched = []
        return found

    def simpy(self, towns: Callable[..., Any]) -> Spent:
        """SimPy, by one of the two models."""
        prepared = []
        for each, model in zip(self._terms, self._models, strict=True):
            model.begin_anew()
            prepared.append(towns(model, each.place, each.who))

        def run() -> None:
            for town in prepared:
                town.run()

        return Spent(_timed(run), self.visits)

    def ciw(self) -> Spent:
        """Ciw, desk by desk."""
        prepared = [(with_ciw.prepared(desks), desks) for desks in self._desks]

        def run() -> None:
            for each in prepared:
                with_ciw.run(*each)

        return Spent(_timed(run), self.visits)


def _timed(act: Callable[[], Any]) -> float:
    gc.collect()
    gc.freeze()
    try:
        began = process_time()
        act()
        return process_time() - began
    finally:
        gc.unfreeze()
