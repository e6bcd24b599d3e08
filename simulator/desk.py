"""The officer's desk, for kernels: files in the order of their coming, one after the other for each officer.

A file for which a supplement was asked comes back later and waits again. Files are known by one number: the
instant of their coming, then whether they come for the first time, then their place.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.ahead import Own
from simulator.book import Book
from simulator.clock import after, due_at, falls_due, instant_of, office_time, opening
from simulator.compiled import Index, helper, inlined, kernel
from simulator.counter import served_at, there
from simulator.draws import chance, drawn, lasts, seconds
from simulator.plan import REJECTED as ODDS_REJECTED
from simulator.plan import RETURNED as ODDS_RETURNED
from simulator.plan import SUPPLEMENTED, UNANSWERED, UNKNOWN, VERIFIED
from simulator.world import GRANTED, NEVER, REJECTED, RETURNED, Case, Cases, Desks, File, Files

_PLACE_BITS = 21
PLACES = 1 << _PLACE_BITS
Here: TypeAlias = NDArray[np.uint64]


@inlined
def ticket(since: int, first: bool, place: int) -> int:
    """The number of a file: returns go before first comings of the same instant, then by place."""
    return (since * 2 + first) * PLACES + place


@inlined
def limit_ends(book: Book, one: Case, procedure: int, reached: int, verified: int) -> tuple[int, int]:
    """The moment when the decision on what was received at a moment falls due, and its instant."""
    limit = book.limit_value[one.kind, procedure, verified]
    if limit == UNKNOWN:
        ends = after(reached, seconds(book, book.at_habit[procedure], one.luck, 0))
        return ends, instant_of(book, ends)
    return falls_due(book, reached, limit, book.limit_unit[one.kind, procedure, verified])


@inlined
def received_at(book: Book, one: Case, file: File, own: Own, procedure: int, reached: int) -> None:
    """Note when the counter has received it, and when it falls due."""
    ends, due = limit_ends(book, one, procedure, reached, 0)
    received = instant_of(book, reached)
    # All of it before any is written down: a compiler cannot know that the book stays as it is.
    own.reached, own.ends, file.received, file.due = reached, ends, received, due


@inlined
def opened_at(book: Book, file: File, own: Own, procedure: int, since: int) -> int:
    """Without officers to wait for: when a drawn queue is over, but before three quarters of the time are."""
    begins = opening(book, since)
    latest = (max(begins >> 1, own.ends >> 1) - (begins >> 1)) * 3 // 4
    return after(begins, min(lasts(book, book.at_queue[procedure], own.luck, file.rounds), latest))


@inlined
def examine(book: Book, one: Case, file: File, own: Own, procedure: int, opened: int, work: int) -> int:
    """What the officer does with a file opened at a moment. When it comes back, or NEVER."""
    turn = file.rounds
    turns = turn + file.returns
    luck = own.finding if turns == 0 else chance(own.luck, book.finding, turns)
    below = book.odds[procedure, ODDS_REJECTED]
    if luck < below:
        file.state, file.decided = REJECTED, file.taken_up
        return NEVER
    below += book.odds[procedure, SUPPLEMENTED]
    if luck < below:
        return _supplement(book, file, own, procedure, opened)
    below += book.odds[procedure, VERIFIED]
    if below <= luck < below + book.odds[procedure, ODDS_RETURNED]:
        file.state = RETURNED
        return NEVER
    if luck < below and not file.verified:
        ends, _due = limit_ends(book, one, procedure, own.reached, 1)
        file.verified, own.ends = 1, after(ends, own.paused)
        file.due = instant_of(book, own.ends)
    used = own.share if turn == 0 else drawn(book, book.at_share[procedure], own.luck, turn)
    span = max(own.ends >> 1, own.reached >> 1) - (own.reached >> 1)
    decided = max(after(own.reached, int(used * span)), after(opened, work))
    file.state, file.decided = GRANTED, instant_of(book, there(book, procedure, decided, True))
    return NEVER


@helper
def _supplement(book: Book, file: File, own: Own, procedure: int, asked: int) -> int:
    """The citizen sends what is missing, within the term; or the application ends with it."""
    turn, asked_at = file.rounds, file.taken_up
    answers = chance(own.luck, book.answering, turn + file.returns)
    file.rounds = turn + 1
    answer_by = due_at(book, asked_at, book.supplement_value, book.supplement_unit)
    if answers >= book.odds[procedure, UNANSWERED]:
        at = instant_of(book, after(asked, lasts(book, book.at_reply[procedure], own.luck, turn + 1)))
        if book.visited[procedure]:
            waits = lasts(book, book.at_supply[procedure], own.luck, turn + 1)
            at = served_at(book, procedure, at, own.travel, waits)
        if at <= answer_by:
            pause = office_time(book, at) - (asked >> 1)
            own.paused, file.answers = own.paused + pause, file.answers + 1
            own.ends = after(own.ends, pause)
            file.due = instant_of(book, own.ends)
            return at
    file.state, file.decided = REJECTED, answer_by + 1
    return NEVER


@kernel
def serve(
    book: Book,
    cases: Cases,
    files: Files,
    desks: Desks,
    here: Here,
    own: NDArray[Any],
    procedure: int,
    commune: int,
    tickets: NDArray[np.int64],
) -> None:
    """Everything that comes to one desk, by sorted tickets.

    ``here`` [places] are the dossiers that they stand for, and ``own`` what is drawn ahead for them.
    """
    desk = desks[procedure, commune]
    free = np.zeros(desk.officers, dtype=np.int64)
    back = np.empty(tickets.shape[0], dtype=np.int64)
    waiting, come = 0, 0
    files_opened, busy, waited = 0, 0, 0
    while come < tickets.shape[0] or waiting > 0:
        if waiting > 0 and (come == tickets.shape[0] or back[0] < tickets[come]):
            number = pop(back, waiting)
            waiting -= 1
        else:
            number = tickets[come]
            come += 1
        place: Index = np.uint64(number & (PLACES - 1))
        since = number >> (_PLACE_BITS + 1)
        mine: Own = own[place]
        one, file = cases[here[place]], files[here[place], procedure]
        work, opens = mine.work, mine.reached | 1
        if file.rounds > 0:
            work, opens = lasts(book, book.at_work[procedure], mine.luck, file.rounds), opening(book, since)
        if book.queueing:
            officer = first_free(free)
            opened = max(opens, free[officer])
            free[officer] = after(opened, work)
            waited += (opened >> 1) - (opens >> 1)
        else:
            opened = opened_at(book, file, mine, procedure, since)
        busy += work
        files_opened += 1
        opened = there(book, procedure, opened, True)
        file.taken_up = instant_of(book, opened)
        again = examine(book, one, file, mine, procedure, opened, work)
        if again != NEVER:
            push(back, waiting, ticket(again, False, number & (PLACES - 1)))
            waiting += 1
    desk.opened += files_opened
    desk.busy += busy
    desk.waited += waited


@inlined
def first_free(free: NDArray[np.int64]) -> int:
    """The officer who is free first."""
    officer = 0
    for other in range(1, free.shape[0]):
        if free[other] < free[officer]:
            officer = other
    return officer


@inlined
def push(heap: NDArray[np.int64], size: int, number: int) -> None:
    """Put a file that will come back among the others."""
    at = size
    while at > 0 and heap[(at - 1) >> 1] > number:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = number


@inlined
def pop(heap: NDArray[np.int64], size: int) -> int:
    """The file that comes back first."""
    top, moved = heap[0], heap[size - 1]
    at, child = 0, 1
    while child < size - 1:
        if child + 1 < size - 1 and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= moved:
            break
        heap[at] = heap[child]
        at, child = child, 2 * child + 1
    heap[at] = moved
    return top
