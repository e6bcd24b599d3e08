"""The desks in Ciw, each by itself: the comings and the work of its files are given, and so is office time.

That is the least that Ciw can be asked for: no flow from desk to desk, no supplements, no calendar.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

import ciw  # type: ignore[import-untyped]
import numpy as np

from simulator.country import Country
from simulator.world import Declared
from town.bench.peers.flow import Model


class Watched(Model):
    """A model that notes which file came when, with how much work, and when it was opened."""

    def begin_anew(self) -> None:
        """Nothing is noted yet."""
        super().begin_anew()
        self.seen: list[tuple[int, int, int, int, int]] = []
        self._again: dict[tuple[int, int], int] = {}

    def examine(self, case: int, place: int, opened: int, done: int) -> int:
        """As every model does, and noted."""
        since = self._again.get((case, place), self.sheets[case][place].received)
        self.seen.append((place, case, since, self.work(case, place), opened))
        again = super().examine(case, place, opened, done)
        self._again[case, place] = again
        return again


@dataclass
class DeskAlone:
    """One desk, in office seconds: when files come, how much work they are, and when the model opens them."""

    officers: int
    comes: list[int] = field(default_factory=list)
    works: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)


def desks_alone(model: Watched, place: Country, who: Declared) -> list[DeskAlone]:
    """The desks of what a model has noted."""
    commune_of = np.repeat(np.arange(place.communes), np.diff(who.begins))
    area_of = np.searchsorted(place.areas, commune_of, side="right").tolist()
    communes, hours = commune_of.tolist(), model.hours
    found: dict[Hashable, DeskAlone] = {}
    for number, case, since, work, opened in model.seen:
        shared = model.desks[number].shared
        key = number, (area_of if shared else communes)[case]
        desk = found.setdefault(key, DeskAlone(model.desks[number].officers))
        desk.comes.append(hours.office_time(hours.next_open(since)))
        desk.works.append(work)
        desk.opened.append(hours.office_time(opened))
    return list(found.values())


def prepared(desks: Sequence[DeskAlone]) -> list[Any]:
    """A simulation of Ciw for each desk."""
    return [_simulation(desk) for desk in desks]


def _simulation(desk: DeskAlone) -> Any:
    gaps = np.diff(desk.comes, prepend=0).tolist()
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, inf])],
        service_distributions=[ciw.dists.Sequential(desk.works)],
        number_of_servers=[desk.officers],
    )
    return ciw.Simulation(network)


def run(simulations: Sequence[Any], desks: Sequence[DeskAlone]) -> None:
    """Each to its last file."""
    for simulation, desk in zip(simulations, desks, strict=True):
        simulation.simulate_until_max_customers(len(desk.comes), method="Finish")


def apart(simulations: Sequence[Any], desks: Sequence[DeskAlone]) -> int:
    """How many files Ciw opens at another instant than the model."""
    differing = 0
    for simulation, desk in zip(simulations, desks, strict=True):
        records = sorted(simulation.get_all_records(), key=lambda each: each.id_number)
        opened = [int(each.service_start_date) for each in records]
        differing += sum(1 for one, other in zip(opened, desk.opened, strict=True) if one != other)
    return differing
