"""The general engine: for each area one list of things to come, taken off a heap in the order of time.

It does what a sweep desk after desk cannot: officers who work on several procedures, and certificates that go
back to their issuer. What happens to one file between two things that others can see is done at once.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.agenda_files import come, declare, draw_all
from simulator.agenda_heap import ASKS, COMES, CORRECTS, RETURNS, Heap, case_of, kind_of, place_of, when
from simulator.agenda_returns import ask, correct, resend, return_to_issuer
from simulator.book import Book
from simulator.compiled import helper, kernel
from simulator.counter import finish, note_trips, trips_of
from simulator.desk import pop
from simulator.sweep import meet
from simulator.world import NOT_CHOSEN, RETURNED, WAITS, Cases, Desks, Files, Turns

Numbers = NDArray[np.int64]


@kernel
def run_areas(
    book: Book, cases: Cases, files: Files, turns: Turns, desks: Desks, begins: Numbers, keys: Numbers,
    at: Numbers, areas: Numbers, shared: NDArray[np.bool_], home: Numbers,
) -> None:  # fmt: skip
    """Every area, one after the other, on this thread. ``home`` is the place of each procedure's desk, and
    ``turns`` may be empty if nothing can be returned."""
    for area in range(areas.shape[0] - 1):
        since, until = areas[area], areas[area + 1]
        first, last = begins[since], begins[until]
        commune_of = np.empty(last - first, dtype=np.int64)
        for commune in range(since, until):
            commune_of[begins[commune] - first : begins[commune + 1] - first] = commune - since
        meet(book, cases, begins, keys, at, since, until)
        few = turns[first:last] if turns.shape[0] > 0 else turns
        _area(
            book, cases[first:last], files[first:last], few, desks[:, since:until], commune_of, shared, home
        )


@kernel
def _area(
    book: Book, cases: Cases, files: Files, turns: Turns, desks: Desks, commune_of: Numbers,
    shared: NDArray[np.bool_], home: Numbers,
) -> None:  # fmt: skip
    """The dossiers of communes that share what they share with nobody else."""
    most = 1
    for place in range(book.procedures):
        for commune in range(desks.shape[1]):
            most = max(most, desks[place, commune].officers)
    free = np.zeros((book.procedures, desks.shape[1], most), dtype=np.int64)
    heap = np.zeros(1 + 3 * cases.shape[0] * book.procedures, dtype=np.int64)
    own = draw_all(book, cases)
    for case in range(cases.shape[0]):
        declare(book, cases, files, own, case, heap)
    while heap[0] > 0:
        number = pop(heap[1:], heap[0])
        heap[0] -= 1
        at, case, place = when(number), case_of(number), place_of(number)
        if kind_of(number) == COMES:
            office = 0 if shared[place] else commune_of[case]
            desk = desks[home[place], office]
            officers = free[home[place], office, : desk.officers]
            come(book, cases, files, own, case, place, at, desk, officers, heap)
        else:
            _return(book, cases, files, own, turns, number, heap)
    for case in range(cases.shape[0]):
        for place in range(book.procedures):
            file = files[case, place]
            if file.state >= RETURNED:
                file.state = WAITS
            if file.state != NOT_CHOSEN:
                office = 0 if shared[place] else commune_of[case]
                note_trips(desks[home[place], office], trips_of(book, file, own[place, case], place))
        finish(book, cases[case], files, case)


@helper
def _return(
    book: Book, cases: Cases, files: Files, own: NDArray[Any], turns: Turns, number: int, heap: Heap
) -> None:
    at, case, place, kind = when(number), case_of(number), place_of(number), kind_of(number)
    if kind == RETURNS:
        return_to_issuer(book, cases, files, own, turns, case, place, at, heap)
    elif kind == ASKS:
        ask(book, cases, files, turns, case, place, at, heap)
    elif kind == CORRECTS:
        correct(book, cases, files, turns, case, place, at, heap)
    else:
        resend(book, cases, files, own, turns, case, place, at, heap)
