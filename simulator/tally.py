"""What a year comes to, as whole numbers that can be added in any order: replications, provinces, machines.

Lengths are counted in steps of a quarter of an hour, so a quantile is exact to that. Whether something was on
on time follows the index of Decision 766, as in ``measurement.durations``: decided by the due date, which a
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.book import KINDS, Book
from simulator.clock import office_time
from simulator.compiled import inlined, kernel
from simulator.plan import UNKNOWN
from simulator.world import GRANTED, NEVER, REJECTED, WAITS, Cases, Files

STEP = 900
# A year and a half of steps; what takes longer is counted in the last of them.
STEPS = 548 * 96
# So many dossiers are counted procedure by procedure: what is counted of them stays in registers.
_TOGETHER = 512
# The place of supplements that came in time among the counts of an application.
SUPPLIED = 6
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """Counts of dossiers and applications.

    ``calendar`` and ``working`` [provinces, STEPS] are whole dossiers by length; ``held`` [procedures, STEPS]
    applications by office time from receipt to decision. ``dossiers`` [provinces, 3]: declared, finished, on
    time. ``applications`` [procedures, 7]: sent, granted, rejected, timely, with a limit known, supplements
    asked for, and those that came in time. ``kinds`` [KINDS, 1 + procedures]: families that declared, and how
    many of them sent what to each procedure. ``visits`` [3]: trips, seconds on the way, seconds at counters.
    ``desks`` [procedures, 4]: files opened, seconds worked, seconds files waited, officers.
    """

    calendar: Counts
    working: Counts
    held: Counts
    dossiers: Counts
    applications: Counts
    kinds: Counts
    visits: Counts
    desks: Counts

    def __add__(self, other: "Tally") -> "Tally":
        added = {
            each.name: np.add(getattr(self, each.name), getattr(other, each.name), dtype=np.int64)
            for each in fields(self)
        }
        return Tally(**added)

    @property
    def declared(self) -> int:
        """How many dossiers were declared."""
        return int(self.dossiers[:, 0].sum())


def nothing_counted(provinces: int, procedures: int) -> Tally:
    """A tally to which years are added."""

    def zeros(*shape: int, size: type = np.int64) -> Counts:
        return np.zeros(shape, dtype=size)

    # A bin of lengths never holds a thousand million, and 34 provinces have many bins.
    return Tally(
        calendar=zeros(provinces, STEPS, size=np.int32),
        working=zeros(provinces, STEPS, size=np.int32),
        held=zeros(procedures, STEPS, size=np.int32),
        dossiers=zeros(provinces, 3),
        applications=zeros(procedures, 7),
        kinds=zeros(KINDS, 1 + procedures),
        visits=zeros(3),
        desks=zeros(procedures, 4),
    )


def count(
    counted: Tally,
    book: Book,
    cases: Cases,
    files: Files,
    desks: NDArray[Any],
    province_of: NDArray[np.int32],
) -> None:
    """Add a year to a tally; ``province_of`` [dossiers] is where each was declared."""
    for place, name in enumerate(("opened", "busy", "waited", "officers")):
        counted.desks[:, place] += desks[name].sum(axis=1)
    for place, name in enumerate(("trips", "on_the_way", "at_the_counter")):
        counted.visits[place] += desks[name].sum()
    _count(
        book, cases, files, province_of, counted.calendar, counted.working, counted.held, counted.dossiers,
        counted.applications, counted.kinds,
    )  # fmt: skip


@kernel
def _count(
    book: Book, cases: Cases, files: Files, province_of: NDArray[np.int32], calendar: Counts, working: Counts,
    held: Counts, dossiers: Counts, applications: Counts, kinds: Counts,
) -> None:  # fmt: skip
    timely = np.empty(_TOGETHER, dtype=np.bool_)
    for since in range(0, cases.shape[0], _TOGETHER):
        until = min(since + _TOGETHER, cases.shape[0])
        timely[:] = True
        for procedure in range(book.procedures):
            _applications(
                book, cases[since:until], files[since:until, procedure], procedure, held[procedure],
                applications[procedure], kinds[:, 1 + procedure], timely,
            )  # fmt: skip
        for case in range(since, until):
            one, province = cases[case], province_of[case]
            kinds[one.kind, 0] += 1
            dossiers[province, 0] += 1
            if one.finished == NEVER:
                continue
            dossiers[province, 1] += 1
            dossiers[province, 2] += timely[case - since]
            calendar[province, _step(one.finished - one.declared)] += 1
            office = office_time(book, one.finished) - office_time(book, one.declared)
            working[province, _step(office)] += 1


@inlined
def _step(passed: int) -> int:
    """The bin of a length."""
    return min(passed // STEP, STEPS - 1)


@inlined
def _applications(
    book: Book, cases: Cases, files: Files, procedure: int, held: Counts, counts: Counts, sent_by: Counts,
    timely: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Count the applications of one procedure; ``timely`` [dossiers] loses those in which one was late."""
    sent, granted, rejected, rounds, answers, in_time, limited = 0, 0, 0, 0, 0, 0, 0
    for case in range(cases.shape[0]):
        kind, file = cases[case].kind, files[case]
        if file.sent == NEVER:
            continue
        sent_by[kind] += 1
        if file.state == WAITS or file.received == NEVER:
            continue
        sent += 1
        granted += file.state == GRANTED
        rejected += file.state == REJECTED
        rounds += file.rounds
        answers += file.answers
        held[_step(office_time(book, file.decided) - office_time(book, file.received))] += 1
        if book.limit_value[kind, procedure, file.verified] != UNKNOWN:
            late = file.decided > file.due or file.rounds > 1
            limited += 1
            in_time += not late
            timely[case] &= not late
    for place, many in enumerate((sent, granted, rejected, in_time, limited, rounds, answers)):
        counts[place] += many
