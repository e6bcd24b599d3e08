"""Desk after desk: every file of a procedure, at every office, before the first of the next procedure.

That is allowed where nothing that happens at a later desk changes an earlier one, and fast: sorting and
arithmetic, no list of things to come. What does not fit goes through ``simulator.agenda``.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.ahead import OWN, Own, draw_ahead
from simulator.book import Book
from simulator.compiled import helper, inlined, kernel
from simulator.counter import begin, collect, finish, note_trips, receive, trips_of
from simulator.desk import received_at, serve, ticket
from simulator.draws import of_application, of_dossier, uniform
from simulator.order import put_in_order
from simulator.world import NEVER, WAITS, Case, Cases, Desks, Files, blank

Numbers = NDArray[np.int64]


@kernel
def sweep_areas(
    book: Book, cases: Cases, files: Files, desks: Desks, begins: Numbers, keys: Numbers, at: Numbers,
    areas: Numbers, shared: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Every area, one after the other, on this thread; threads may share them out."""
    for area in range(areas.shape[0] - 1):
        _area(book, cases, files, desks, begins, keys, at, areas[area], areas[area + 1], shared)


@kernel
def _area(
    book: Book, cases: Cases, files: Files, desks: Desks, begins: Numbers, keys: Numbers, at: Numbers,
    since: int, until: int, shared: NDArray[np.bool_],
) -> None:  # fmt: skip
    """The communes [since, until), which share what they share with nobody else."""
    meet(book, cases, begins, keys, at, since, until)
    for procedure in range(book.procedures):
        if shared[procedure]:
            _desk(book, cases, files, desks, begins, procedure, since, until)
        else:
            for commune in range(since, until):
                _desk(book, cases, files, desks, begins, procedure, commune, commune + 1)
    for case in range(begins[since], begins[until]):
        finish(book, cases[case], files, case)


@helper
def meet(
    book: Book, cases: Cases, begins: Numbers, keys: Numbers, at: Numbers, since: int, until: int
) -> None:
    """The families of the communes [since, until): when they declare, what they are, and with what luck."""
    for commune in range(since, until):
        office = of_dossier(book.seed, keys[commune])
        paper = uniform(office, book.paper_name, book.paper_name, 0) < book.paper_share
        for case in range(begins[commune], begins[commune + 1]):
            one = cases[case]
            one.declared, one.finished = at[case], NEVER
            one.luck = of_dossier(book.seed, keys[commune] + case - begins[commune])
            one.kind = _kind(book, one)
            one.paper = paper
            one.counter = 0
            if book.counter_share > 0:
                one.counter = uniform(one.luck, book.counter_name, book.counter_name, 0) < book.counter_share


@inlined
def _kind(book: Book, one: Case) -> int:
    luck = uniform(one.luck, book.kind_name, book.kind_name, 0)
    kind = 0
    for other in range(book.kinds_held - 1):  # without a branch, which would be guessed wrong
        kind += luck >= book.kinds[other]
    return kind


@kernel
def _desk(
    book: Book, cases: Cases, files: Files, desks: Desks, begins: Numbers, procedure: int, commune: int,
    until: int,
) -> None:  # fmt: skip
    """One desk: all files of one procedure from the communes [commune, until)."""
    first, last = begins[commune], begins[until]
    here, lucks = np.empty(last - first, dtype=np.uint64), np.empty(last - first, dtype=np.uint64)
    chosen, name = 0, book.procedure_name[procedure]
    for case in range(first, last):
        one = cases[case]
        blank(files[case, procedure])
        # Written down whether it is or not: whoever comes next stands over who is not chosen.
        here[chosen], lucks[chosen] = case, of_application(one.luck, name)
        chosen += book.chosen[one.kind, procedure]
    own = np.empty(chosen, dtype=OWN)
    draw_ahead(book, procedure, lucks[:chosen], own)
    tickets = np.empty(chosen, dtype=np.int64)
    come = 0
    for place in range(chosen):
        at = _come(book, cases, files, own[place], here[place], procedure)
        if at != NEVER:
            tickets[come] = ticket(at, True, place)
            come += 1
    tickets = tickets[:come]
    put_in_order(tickets)
    serve(book, cases, files, desks, here, own, procedure, commune, tickets)
    if book.visited[procedure]:
        trips, on_the_way, at_the_counter = 0, 0, 0
        for place in range(chosen):
            collect(book, files, own[place], here[place], procedure)
            of_one = trips_of(book, files[here[place], procedure], own[place], procedure)
            trips += of_one[0]
            on_the_way += of_one[1]
            at_the_counter += of_one[2]
        note_trips(desks[procedure, commune], (trips, on_the_way, at_the_counter))


@inlined
def _come(book: Book, cases: Cases, files: Files, own: Own, case: int, procedure: int) -> int:
    """When a file comes to the desk, or NEVER."""
    one, file = cases[case], files[case, procedure]
    sent, opens = begin(book, cases, files, own, case, procedure)
    if sent == NEVER:
        return NEVER
    reached = receive(book, one, own, procedure, sent, opens)
    file.sent = sent
    if reached == NEVER:
        file.state = WAITS
        return NEVER
    received_at(book, one, file, own, procedure, reached)
    return file.received
