"""What a gateway remembers of the dossiers of a run, so that a turn of the clock costs one of them, not all.

It is a memory and never the truth: it is used only while the run's version is the one that it was made from.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

from flow_model.case import Case, Progress
from flow_model.events import Event
from flow_model.progress import Move, next_moves

MOST_RUNS = 256


@dataclass(frozen=True)
class Dossier:
    """One dossier: its case, its history, and the state the history amounts to."""

    case: Case
    history: Sequence[Event]
    progress: Progress

    @property
    def declared(self) -> dict[str, Any]:
        """The payload of the declaration's event."""
        return dict(self.history[0].payload)


Make = Callable[[Sequence[Event]], Dossier]
Waiting = tuple[datetime, str, int]


@dataclass
class RunMemory:
    """The dossiers of one run by code, and what is to be done for each, the earliest first."""

    version: int
    failures: int
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    _first: dict[str, tuple[int, Move]] = field(default_factory=dict)
    _queue: list[Waiting] = field(default_factory=list)
    _about: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _turn: int = 0

    def fill(self, dossiers: Iterable[Dossier]) -> None:
        """Begin with these."""
        for dossier in dossiers:
            self._keep(dossier)
        self._queue = [(move.at, code, turn) for code, (turn, move) in self._first.items()]
        heapify(self._queue)

    def put(self, dossier: Dossier) -> None:
        """One that is new, or has gone on."""
        code = dossier.case.dossier
        self._keep(dossier)
        if code in self._first:
            turn, move = self._first[code]
            heappush(self._queue, (move.at, code, turn))

    def _keep(self, dossier: Dossier) -> None:
        code = dossier.case.dossier
        if code not in self.dossiers:
            declared = dossier.history[0].payload
            self._about.setdefault((declared["group"], declared["natural_key"]), []).append(code)
        self.dossiers[code] = dossier
        self._turn += 1
        moves = next_moves(dossier.case, dossier.progress)
        if moves:
            self._first[code] = (self._turn, moves[0])
        else:
            self._first.pop(code, None)

    def first(self) -> tuple[Dossier, Move] | None:
        """What is to be done first of all, and for which dossier; at one instant, by their codes."""
        while self._queue:
            _, code, turn = self._queue[0]
            known = self._first.get(code)
            if known is not None and known[0] == turn:
                return self.dossiers[code], known[1]
            heappop(self._queue)
        return None

    def due(self, until: datetime) -> list[tuple[Dossier, Move]]:
        """What is to be done by an instant, one thing for each dossier, in the order of ``first``."""
        found, kept = [], []
        while self._queue and self._queue[0][0] <= until:
            waiting = heappop(self._queue)
            known = self._first.get(waiting[1])
            if known is not None and known[0] == waiting[2]:
                found.append((self.dossiers[waiting[1]], known[1]))
                kept.append(waiting)
        for waiting in kept:
            heappush(self._queue, waiting)
        return found

    def about(self, group: str, natural_key: str) -> Iterator[Dossier]:
        """The dossiers about one life event."""
        return (self.dossiers[code] for code in self._about.get((group, natural_key), ()))


class Memory:
    """The runs that were looked at last."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, RunMemory] = OrderedDict()

    def get(self, run_id: str, version: int, failures: int) -> RunMemory | None:
        """What is remembered of a run, if it is of this version and no commit has failed since."""
        known = self._runs.get(run_id)
        if known is None:
            return None
        if (known.version, known.failures) != (version, failures):
            del self._runs[run_id]
            return None
        self._runs.move_to_end(run_id)
        return known

    def put(self, run_id: str, known: RunMemory) -> None:
        """Remember a run; the one that was not looked at for longest goes."""
        self._runs[run_id] = known
        self._runs.move_to_end(run_id)
        while len(self._runs) > MOST_RUNS:
            self._runs.popitem(last=False)

    def forget(self, run_id: str) -> None:
        """Drop a run."""
        self._runs.pop(run_id, None)
