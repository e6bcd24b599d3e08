"""The model in SimPy as its manual teaches it: families and files are processes, officers a resource."""

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from simulator.country import Country
from simulator.world import NEVER, Declared
from town.bench.peers.flow import Model

Process = Generator[simpy.Event, Any, None]


class Coming(simpy.Event):
    """A file comes to its desk. At one instant they come by rank, and so exactly as the law's order says."""

    def __init__(self, env: Any, delay: int, rank: int) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, priority=rank, delay=delay)


class Town:
    """A country of families."""

    def __init__(self, model: Model, place: Country, who: Declared) -> None:
        self.env: Any = simpy.Environment()
        self.model = model
        self.many = len(model.declared)
        commune_of = np.repeat(np.arange(place.communes), np.diff(who.begins))
        area_of = np.searchsorted(place.areas, commune_of, side="right")
        self._offices = [area_of.tolist() if desk.shared else commune_of.tolist() for desk in model.desks]
        self._officers = [
            {office: simpy.Resource(self.env, desk.officers) for office in set(self._offices[number])}
            for number, desk in enumerate(model.desks)
        ]
        self.env.process(self._declarations())

    def run(self) -> None:
        """Until nothing is left to happen."""
        self.env.run()

    def _declarations(self) -> Process:
        for case in sorted(range(self.many), key=self.model.declared.__getitem__):
            yield self.env.timeout(self.model.declared[case] - self.env.now)
            self.env.process(self._family(case))

    def _family(self, case: int) -> Process:
        running: dict[int, simpy.Process] = {}
        for place in self.model.sheets[case]:
            before = [running[one] for one in self.model.waits_for(case, place)]
            running[place] = self.env.process(self._application(case, place, before))
        yield self.env.all_of(running.values())
        self.model.finish(case)

    def _application(self, case: int, place: int, before: list[simpy.Process]) -> Process:
        env, model = self.env, self.model
        if before:
            yield env.all_of(before)
        officers = self._officers[place][self._offices[place][case]]
        since, rank = model.receive(case, place), self.many + case
        while since != NEVER:
            yield Coming(env, max(0, since - env.now), 2 + rank)
            with officers.request() as turn:
                yield turn
                opens = model.hours.next_open(since)
                if opens > env.now:
                    yield env.timeout(opens - env.now)
                opened = env.now
                done = model.hours.add_working(opened, model.work(case, place))
                since, rank = model.examine(case, place, opened, done), case
                yield env.timeout(done - opened)
        over = model.end(case, place)
        if over > env.now:
            yield env.timeout(over - env.now)
