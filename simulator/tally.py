"""What a year comes to, as whole numbers that can be added in any order: replications, provinces, machines.

Lengths are counted in steps of a quarter of an hour, so a quantile is exact to that. Whether something was on
on time follows the index of Decision 766, as in ``measurement.durations``: decided by the due date, which a
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.clock import office_time
from simulator.compiled import kernel
from simulator.draws import seconds
from simulator.plan import UNKNOWN
from simulator.world import GRANTED, NEVER, REJECTED, WAITS, Case, Cases, File, Files

STEP = 900
# A year and a half of steps; what takes longer is counted in the last of them.
STEPS = 548 * 96
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """Counts of dossiers and applications.

    ``calendar`` and ``working`` [provinces, STEPS] are whole dossiers by length; ``held`` [procedures, STEPS]
    applications by office time from receipt to decision. ``dossiers`` [provinces, 3]: declared, finished, on
    time. ``applications`` [procedures, 6]: sent, granted, rejected, timely, with a limit known, supplements.
    ``visits`` [3]: trips, seconds on the way, seconds at counters. ``desks`` [procedures, 4]: files opened,
    seconds worked, seconds files waited, officers.
    """

    calendar: Counts
    working: Counts
    held: Counts
    dossiers: Counts
    applications: Counts
    visits: Counts
    desks: Counts

    def __add__(self, other: "Tally") -> "Tally":
        added = {each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        return Tally(**added)

    @property
    def declared(self) -> int:
        """How many dossiers were declared."""
        return int(self.dossiers[:, 0].sum())


def tally(
    book: Book,
    cases: Cases,
    files: Files,
    desks: NDArray[Any],
    province_of: NDArray[np.int32],
    provinces: int,
) -> Tally:
    """Count a year; ``province_of`` [dossiers] is where each was declared."""
    procedures = int(book["procedures"])
    counted = Tally(
        calendar=np.zeros((provinces, STEPS), dtype=np.int64),
        working=np.zeros((provinces, STEPS), dtype=np.int64),
        held=np.zeros((procedures, STEPS), dtype=np.int64),
        dossiers=np.zeros((provinces, 3), dtype=np.int64),
        applications=np.zeros((procedures, 6), dtype=np.int64),
        visits=np.zeros(3, dtype=np.int64),
        desks=np.stack(
            [desks[name].sum(axis=1) for name in ("opened", "busy", "waited", "officers")], axis=1
        ),
    )
    _count(
        book, cases, files, province_of, counted.calendar, counted.working, counted.held, counted.dossiers,
        counted.applications, counted.visits,
    )  # fmt: skip
    return counted


@kernel
def _count(
    book: Book, cases: Cases, files: Files, province_of: NDArray[np.int32], calendar: Counts, working: Counts,
    held: Counts, dossiers: Counts, applications: Counts, visits: Counts,
) -> None:  # fmt: skip
    for case in range(cases.shape[0]):
        one, province = cases[case], province_of[case]
        timely = True
        for procedure in range(book.procedures):
            if book.chosen[one.kind, procedure]:
                file = files[case, procedure]
                timely = _application(book, one, file, procedure, held, applications[procedure]) and timely
                _trips(book, one, file, procedure, visits)
        dossiers[province, 0] += 1
        if one.finished == NEVER:
            continue
        dossiers[province, 1] += 1
        dossiers[province, 2] += timely
        passed = one.finished - one.declared
        calendar[province, min(passed // STEP, STEPS - 1)] += 1
        office = office_time(book, one.finished) - office_time(book, one.declared)
        working[province, min(office // STEP, STEPS - 1)] += 1


@kernel
def _application(book: Book, one: Case, file: File, procedure: int, held: Counts, counts: Counts) -> bool:
    """Count one application; whether nothing was late about it."""
    if file.state == WAITS or file.received == NEVER:
        return True
    counts[0] += 1
    counts[1] += file.state == GRANTED
    counts[2] += file.state == REJECTED
    counts[5] += file.rounds
    office = office_time(book, file.decided) - office_time(book, file.received)
    held[procedure, min(office // STEP, STEPS - 1)] += 1
    if book.limit_value[one.kind, procedure, file.verified] == UNKNOWN:
        return True
    timely = file.decided <= file.due and file.rounds <= 1
    counts[3] += timely
    counts[4] += 1
    return timely


@kernel
def _trips(book: Book, one: Case, file: File, procedure: int, visits: Counts) -> None:
    """Count the trips to the counter, their seconds on the way, and at the counter."""
    if file.sent == NEVER or not book.visited[procedure] or not book.travels:
        return
    luck, fetched = one.luck, file.collected != NEVER
    trips = 1 + fetched + file.answers
    visits[0] += trips
    visits[1] += trips * 2 * seconds(book, book.at_travel[procedure], luck, 0)
    visits[2] += seconds(book, book.at_submit[procedure], luck, 0)
    if fetched:
        visits[2] += seconds(book, book.at_collect[procedure], luck, 0)
    for turn in range(1, file.answers + 1):
        visits[2] += seconds(book, book.at_supply[procedure], luck, turn)
