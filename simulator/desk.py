"""The officer's desk, for kernels: files in the order of their coming, one after the other for each officer.

A file for which a supplement was asked comes back later and waits again. Files are known by one number: the
instant of their coming, then whether they come for the first time, then their place.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.ahead import Own
from simulator.book import Book
from simulator.clock import add_working, due_at, next_open, office_time
from simulator.compiled import kernel
from simulator.counter import served_at, when_there
from simulator.draws import chance, drawn, lasts, seconds
from simulator.plan import REJECTED as ODDS_REJECTED
from simulator.plan import RETURNED as ODDS_RETURNED
from simulator.plan import SUPPLEMENTED, UNANSWERED, UNKNOWN, VERIFIED
from simulator.world import GRANTED, NEVER, REJECTED, RETURNED, Case, Cases, Desks, File, Files

PLACES = 1 << 21
Here: TypeAlias = NDArray[np.int64]


@kernel
def ticket(since: int, first: bool, place: int) -> int:
    """The number of a file: returns go before first comings of the same instant, then by place."""
    return (since * 2 + first) * PLACES + place


@kernel
def limit_ends(book: Book, one: Case, procedure: int, received: int, verified: int) -> int:
    """When the decision falls due."""
    limit = book.limit_value[one.kind, procedure, verified]
    if limit == UNKNOWN:
        return add_working(book, received, seconds(book, book.at_habit[procedure], one.luck, 0))
    return due_at(book, received, limit, book.limit_unit[one.kind, procedure, verified])


@kernel
def opened_at(book: Book, file: File, procedure: int, since: int) -> int:
    """Without officers to wait for: when a drawn queue is over, but before three quarters of the time are."""
    latest = (office_time(book, max(since, file.due)) - office_time(book, since)) * 3 // 4
    waits = min(lasts(book, book.at_queue[procedure], file.luck, file.rounds), latest)
    return add_working(book, next_open(book, since), waits)


@kernel
def examine(book: Book, one: Case, file: File, own: Own, procedure: int, opened: int, work: int) -> int:
    """What the officer does with an opened file. When it comes back, or NEVER if it does not."""
    turn = file.rounds
    turns = turn + file.returns
    luck = own.finding if turns == 0 else chance(file.luck, book.finding, turns)
    below = book.odds[procedure, ODDS_REJECTED]
    if luck < below:
        file.state, file.decided = REJECTED, opened
        return NEVER
    below += book.odds[procedure, SUPPLEMENTED]
    if luck < below:
        return _supplement(book, file, own, procedure, opened)
    below += book.odds[procedure, VERIFIED]
    if below <= luck < below + book.odds[procedure, ODDS_RETURNED]:
        file.state = RETURNED
        return NEVER
    if luck < below and not file.verified:
        due = limit_ends(book, one, procedure, file.received, 1)
        file.verified, file.due = 1, add_working(book, due, file.paused)
    used = own.share if turn == 0 else drawn(book, book.at_share[procedure], file.luck, turn)
    span = office_time(book, max(file.received, file.due)) - office_time(book, file.received)
    decided = max(add_working(book, file.received, int(used * span)), add_working(book, opened, work))
    file.state, file.decided = GRANTED, when_there(book, procedure, decided, True)
    return NEVER


@kernel
def _supplement(book: Book, file: File, own: Own, procedure: int, asked: int) -> int:
    """The citizen sends what is missing, within the term; or the application ends with it."""
    turn = file.rounds
    answers = chance(file.luck, book.answering, turn + file.returns)
    file.rounds = turn + 1
    answer_by = due_at(book, asked, book.supplement_value, book.supplement_unit)
    if answers >= book.odds[procedure, UNANSWERED]:
        at = add_working(book, asked, lasts(book, book.at_reply[procedure], file.luck, turn + 1))
        if book.visited[procedure]:
            waits = lasts(book, book.at_supply[procedure], file.luck, turn + 1)
            at = served_at(book, procedure, at, own.travel, waits)
        if at <= answer_by:
            pause = office_time(book, at) - office_time(book, asked)
            file.paused, file.answers = file.paused + pause, file.answers + 1
            file.due = add_working(book, file.due, pause)
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
    while come < tickets.shape[0] or waiting > 0:
        if waiting > 0 and (come == tickets.shape[0] or back[0] < tickets[come]):
            number = pop(back, waiting)
            waiting -= 1
        else:
            number = tickets[come]
            come += 1
        place, since = number % PLACES, number // (2 * PLACES)
        one, file, mine = cases[here[place]], files[here[place], procedure], own[place]
        work = mine.work
        if file.rounds > 0:
            work = lasts(book, book.at_work[procedure], file.luck, file.rounds)
        if book.queueing:
            officer, opens = first_free(free), next_open(book, since)
            opened = max(opens, free[officer])
            free[officer] = add_working(book, opened, work)
            if opened > opens:
                desk.waited += office_time(book, opened) - office_time(book, opens)
        else:
            opened = opened_at(book, file, procedure, since)
        desk.busy += work
        desk.opened += 1
        file.taken_up = when_there(book, procedure, opened, True)
        again = examine(book, one, file, mine, procedure, file.taken_up, work)
        if again != NEVER:
            push(back, waiting, ticket(again, False, place))
            waiting += 1


@kernel
def first_free(free: NDArray[np.int64]) -> int:
    """The officer who is free first."""
    officer = 0
    for other in range(1, free.shape[0]):
        if free[other] < free[officer]:
            officer = other
    return officer


@kernel
def push(heap: NDArray[np.int64], size: int, number: int) -> None:
    """Put a file that will come back among the others."""
    at = size
    while at > 0 and heap[(at - 1) >> 1] > number:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = number


@kernel
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
