"""The model in SimPy as fast as it goes: no processes, no resources, two events for each file at its desk."""

from collections import deque
from typing import Any

import numpy as np
import simpy

from simulator.country import Country
from simulator.world import NEVER, NOT_CHOSEN, Declared
from town.bench.peers.flow import Model

RELEASED = 1


class Desk:
    """Officers without a file, and files without an officer."""

    __slots__ = ("idle", "waiting")

    def __init__(self, officers: int) -> None:
        self.idle = officers
        self.waiting: deque[tuple[int, int, int]] = deque()


class Happens(simpy.Event):
    """Something at an instant, with what it is about; all of one kind share their list of callbacks."""

    __slots__ = ("about",)

    def __init__(self, env: Any, delay: int, rank: int, act: list[Any], about: Any) -> None:
        self.env, self.callbacks, self.about = env, act, about
        self._ok, self._value = True, None
        env.schedule(self, rank, delay)


class Town:
    """A country of families."""

    def __init__(self, model: Model, place: Country, who: Declared) -> None:
        self.env: Any = simpy.Environment()
        self.model = model
        self.many = len(model.declared)
        self._come, self._free = [self._comes], [self._is_free]
        commune_of = np.repeat(np.arange(place.communes), np.diff(who.begins))
        area_of = np.searchsorted(place.areas, commune_of, side="right")
        self._desks = []
        for desk in model.desks:
            offices = (area_of if desk.shared else commune_of).tolist()
            found = {office: Desk(desk.officers) for office in set(offices)}
            self._desks.append([found[office] for office in offices])

    def run(self) -> None:
        """Until nothing is left to happen."""
        for case in range(self.many):
            self._go_on(case)
        self.env.run()

    def _go_on(self, case: int) -> None:
        """Begin what can begin, and finish when all is over."""
        model, sheets = self.model, self.model.sheets[case]
        ahead = False
        for place, sheet in sheets.items():
            if sheet.state != NOT_CHOSEN:
                continue
            if sheet.received != NEVER or any(
                sheets[one].state == NOT_CHOSEN for one in model.waits_for(case, place)
            ):
                ahead = True
                continue
            since = model.receive(case, place)
            if since != NEVER:
                ahead = True
                about = (case, place, since)
                Happens(self.env, since - self.env.now, 2 + self.many + case, self._come, about)
        if not ahead:
            model.finish(case)

    def _comes(self, event: Any) -> None:
        case, place, since = event.about
        desk = self._desks[place][case]
        if desk.idle:
            desk.idle -= 1
            self._opens(desk, case, place, since)
        else:
            desk.waiting.append(event.about)

    def _is_free(self, event: Any) -> None:
        desk = event.about
        if desk.waiting:
            self._opens(desk, *desk.waiting.popleft())
        else:
            desk.idle += 1

    def _opens(self, desk: Desk, case: int, place: int, since: int) -> None:
        env, model = self.env, self.model
        now = env.now
        opened = max(now, model.hours.next_open(since))
        done = model.hours.add_working(opened, model.work(case, place))
        Happens(env, done - now, RELEASED, self._free, desk)
        again = model.examine(case, place, opened, done)
        if again != NEVER:
            Happens(env, again - now, 2 + case, self._come, (case, place, again))
        else:
            model.end(case, place)
            self._go_on(case)
