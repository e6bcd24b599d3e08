"""Files on the agenda, for kernels: what begins once all is known that it waits for, and the desk."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.agenda_heap import AGENCY, COMES, GATEWAY, RETURNS, Heap, plan
from simulator.ahead import draw_ahead
from simulator.book import Book
from simulator.clock import add_working, next_open, office_time
from simulator.compiled import kernel
from simulator.counter import begin, collect, receive, when_there
from simulator.desk import examine, first_free, limit_ends, opened_at
from simulator.draws import lasts, of_application
from simulator.world import NEVER, NOT_CHOSEN, RETURNED, WAITS, Cases, Desk, File, Files

# Not yet begun, and under way: no file ends so.
AHEAD, GOING = RETURNED + 1, RETURNED + 2


@kernel
def declare(book: Book, cases: Cases, files: Files, own: NDArray[Any], case: int, heap: Heap) -> None:
    """A family declares: what waits for nothing begins."""
    for place in range(book.procedures):
        file = files[case, place]
        file.state = NOT_CHOSEN
        file.rounds, file.returns, file.verified, file.paused, file.answers = 0, 0, 0, 0, 0
        if book.chosen[cases[case].kind, place]:
            file.state = AHEAD
            file.luck = of_application(cases[case].luck, book.procedure_name[place])
    go_on(book, cases, files, own, case, heap)


@kernel
def go_on(book: Book, cases: Cases, files: Files, own: NDArray[Any], case: int, heap: Heap) -> None:
    """Begin what can begin now; ``own`` is one record, for what is drawn."""
    one = cases[case]
    for place in range(book.procedures):
        file = files[case, place]
        if file.state != AHEAD or not _all_known(book, files, case, place):
            continue
        draw_one(book, place, file, own)
        sent = begin(book, cases, files, own[0], case, place)
        if sent == NEVER:
            continue
        file.sent, file.state = sent, GOING
        received = receive(book, one, own[0], place, sent)
        if received == NEVER:
            file.state = WAITS
            continue
        file.received, file.due = received, limit_ends(book, one, place, received, 0)
        plan(heap, received, AGENCY, case, place, COMES)


@kernel
def draw_one(book: Book, place: int, file: File, own: NDArray[Any]) -> None:
    """What is drawn ahead, for one application alone."""
    lucks = np.empty(1, dtype=np.uint64)
    lucks[0] = file.luck
    draw_ahead(book, place, lucks, own)


@kernel
def _all_known(book: Book, files: Files, case: int, place: int) -> bool:
    """Whether the end is known of all that it requires, and of every counter that comes before."""
    for before in range(place):
        waits_for = book.requires[place] >> before & 1
        if book.sequential and book.visited[place] and book.visited[before]:
            waits_for = 1
        if waits_for and files[case, before].state >= RETURNED:
            return False
    return True


@kernel
def come(
    book: Book, cases: Cases, files: Files, own: NDArray[Any], case: int, place: int, since: int, desk: Desk,
    free: NDArray[np.int64], heap: Heap,
) -> None:  # fmt: skip
    """A file comes to its desk, for the first time or again, and what then follows is put down."""
    one, file = cases[case], files[case, place]
    work = lasts(book, book.at_work[place], file.luck, file.rounds)
    file.taken_up = when_there(book, place, _opened(book, file, place, since, work, desk, free), True)
    draw_one(book, place, file, own)
    again = examine(book, one, file, own[0], place, file.taken_up, work)
    if again != NEVER:
        plan(heap, again, GATEWAY, case, place, COMES)
    elif file.state == RETURNED:
        file.state = GOING  # until it has been opened, at which others may look
        plan(heap, file.taken_up, AGENCY, case, place, RETURNS)
    else:
        if book.carries:
            collect(book, files, own[0], case, place)
        go_on(book, cases, files, own, case, heap)


@kernel
def _opened(
    book: Book, file: File, place: int, since: int, work: int, desk: Desk,
    free: NDArray[np.int64],
) -> int:  # fmt: skip
    """When the officer opens it; the desk remembers how long that occupies whom."""
    desk.busy += work
    desk.opened += 1
    if not book.queueing:
        return opened_at(book, file, place, since)
    officer, opens = first_free(free), next_open(book, since)
    opened = max(opens, free[officer])
    free[officer] = add_working(book, opened, work)
    if opened > opens:
        desk.waited += office_time(book, opened) - office_time(book, opens)
    return opened
