"""Files on the agenda, for kernels: what begins once all is known that it waits for, and the desk."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.agenda_heap import AGENCY, COMES, GATEWAY, RETURNS, Heap, plan
from simulator.ahead import OWN, Own, draw_ahead
from simulator.book import Book
from simulator.clock import after, instant_of, opening
from simulator.compiled import helper, inlined, kernel
from simulator.counter import begin, collect, receive, there
from simulator.desk import examine, first_free, opened_at, received_at
from simulator.draws import lasts, of_application
from simulator.world import NEVER, RETURNED, WAITS, Cases, Desk, File, Files, blank

# Not yet begun, and under way: no file ends so.
AHEAD, GOING = RETURNED + 1, RETURNED + 2


@kernel
def draw_all(book: Book, cases: Cases) -> NDArray[Any]:
    """What is drawn ahead for every application, [procedures, cases]; nothing where none is made."""
    own = np.empty((book.procedures, cases.shape[0]), dtype=OWN)
    lucks, here = np.empty(cases.shape[0], dtype=np.uint64), np.empty(cases.shape[0], dtype=np.int64)
    drawn = np.empty(cases.shape[0], dtype=OWN)
    for place in range(book.procedures):
        chosen = 0
        for case in range(cases.shape[0]):
            if book.chosen[cases[case].kind, place]:
                lucks[chosen] = of_application(cases[case].luck, book.procedure_name[place])
                here[chosen] = case
                chosen += 1
        draw_ahead(book, place, lucks[:chosen], drawn[:chosen])
        for number in range(chosen):
            own[place, here[number]] = drawn[number]
    return own


@helper
def declare(book: Book, cases: Cases, files: Files, own: NDArray[Any], case: int, heap: Heap) -> None:
    """A family declares: what waits for nothing begins."""
    for place in range(book.procedures):
        blank(files[case, place])
        if book.chosen[cases[case].kind, place]:
            files[case, place].state = AHEAD
    go_on(book, cases, files, own, case, heap)


@helper
def go_on(book: Book, cases: Cases, files: Files, own: NDArray[Any], case: int, heap: Heap) -> None:
    """Begin what can begin now; ``own`` [procedures, cases] is what is drawn ahead."""
    one = cases[case]
    for place in range(book.procedures):
        file = files[case, place]
        if file.state != AHEAD or not _all_known(book, files, case, place):
            continue
        sent, opens = begin(book, cases, files, own[place, case], case, place)
        if sent == NEVER:
            continue
        file.sent, file.state = sent, GOING
        reached = receive(book, one, own[place, case], place, sent, opens)
        if reached == NEVER:
            file.state = WAITS
            continue
        received_at(book, one, file, own[place, case], place, reached)
        plan(heap, file.received, AGENCY, case, place, COMES)


@inlined
def _all_known(book: Book, files: Files, case: int, place: int) -> bool:
    """Whether the end is known of all that it requires, and of every counter that comes before."""
    for before in range(place):
        waits_for = book.requires[place] >> before & 1
        if book.sequential and book.visited[place] and book.visited[before]:
            waits_for = 1
        if waits_for and files[case, before].state >= RETURNED:
            return False
    return True


@helper
def come(
    book: Book, cases: Cases, files: Files, own: NDArray[Any], case: int, place: int, since: int, desk: Desk,
    free: NDArray[np.int64], heap: Heap,
) -> None:  # fmt: skip
    """A file comes to its desk, for the first time or again, and what then follows is put down."""
    one, file = cases[case], files[case, place]
    mine = own[place, case]
    work = lasts(book, book.at_work[place], mine.luck, file.rounds)
    opened = there(book, place, _opened(book, file, mine, place, since, work, desk, free), True)
    file.taken_up = instant_of(book, opened)
    again = examine(book, one, file, mine, place, opened, work)
    if again != NEVER:
        plan(heap, again, GATEWAY, case, place, COMES)
    elif file.state == RETURNED:
        file.state = GOING  # until it has been opened, at which others may look
        plan(heap, file.taken_up, AGENCY, case, place, RETURNS)
    else:
        if book.carries:
            collect(book, files, own[place, case], case, place)
        go_on(book, cases, files, own, case, heap)


@inlined
def _opened(
    book: Book, file: File, own: Own, place: int, since: int, work: int, desk: Desk,
    free: NDArray[np.int64],
) -> int:  # fmt: skip
    """The moment when the officer opens it; the desk remembers how long that occupies whom."""
    desk.busy += work
    desk.opened += 1
    if not book.queueing:
        return opened_at(book, file, own, place, since)
    officer, opens = first_free(free), opening(book, since)
    opened = max(opens, free[officer])
    free[officer] = after(opened, work)
    desk.waited += (opened >> 1) - (opens >> 1)
    return opened
