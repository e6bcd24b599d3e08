"""The slow, obvious simulation: one thing after the other off a heap, by the legal clock of the live system.

It is the measure of every faster engine here, case by case, and is itself held against the live system, event
by event. It shares with that the law, the assumptions and the calendar, and no line of what uses them.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush, heapreplace

from flow_model.group import Procedure
from flow_model.working_time import CALENDAR, VIETNAM
from simulator.dossier import Dossier
from simulator.oracle_citizen import Citizen
from simulator.oracle_hearing import Act, Hearing
from simulator.oracle_step import AGENCY, GATEWAY, STAFF, Queue

_EVER = datetime.min.replace(tzinfo=VIETNAM)


class Desks:
    """Officers who take files in the order of their coming; None for as many as there are files."""

    def __init__(self, officers: Mapping[Hashable, int]) -> None:
        self._free: dict[Hashable, list[datetime]] = {}
        self._officers = officers

    def take(self, desk: Hashable, since: datetime, busy: Callable[[datetime], datetime]) -> datetime:
        """When the file that comes now is opened; ``busy`` gives until when that occupies the officer."""
        free = self._free.setdefault(desk, [_EVER] * self._officers[desk])
        at = max(CALENDAR.next_open(since), free[0])
        heapreplace(free, busy(at))
        return at


class Oracle:
    """A town of dossiers on one heap; ``pulls``: when staff have what was not heard read again."""

    def __init__(
        self,
        dossiers: Iterable[Dossier],
        desks: Desks | None = None,
        desk_of: Callable[[int, Procedure], Hashable] = lambda _number, procedure: procedure.agency,
        pulls: Sequence[datetime] = (),
    ) -> None:
        self.desks: Queue | None = desks
        self.desk_of = desk_of
        self._heap: list[tuple[datetime, int, int, int, int, Act]] = []
        self._count = 0
        self.walks = [Citizen(self, number, dossier) for number, dossier in enumerate(dossiers)]
        # The faults of a run are those of every dossier in it.
        faults = self.walks[0].dossier.faults if self.walks else ()
        self.hearing = Hearing(faults, lambda at, act: self.plan(at, AGENCY, -1, -1, act))
        for at in pulls:
            self.plan(at, STAFF, -1, -1, self.hearing.pulled)

    def plan(self, at: datetime, who: int, case: int, step: int, act: Act) -> None:
        """Have something done at an instant."""
        self._count += 1
        heappush(self._heap, (at, who, case, step, self._count, act))

    def run(self) -> list[Citizen]:
        """Everything that happens; the dossiers as they end."""
        for walk in self.walks:
            self.plan(walk.dossier.declared_at, GATEWAY, walk.number, -1, walk.declare)
        while self._heap:
            at, _who, _case, _step, _count, act = heappop(self._heap)
            act(at)
        return self.walks
