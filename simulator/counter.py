"""The way of an application to the officer's desk, for kernels: the citizen, the gateway and the counter."""

from simulator.ahead import Own
from simulator.book import Book
from simulator.clock import add_working, after, due_at, instant_of, next_open, opening
from simulator.compiled import helper, inlined
from simulator.draws import lasts, seconds, uniform
from simulator.plan import SILENT, UNKNOWN
from simulator.world import GRANTED, NEVER, NOT_STARTED, REJECTED, WAITS, Case, Cases, Desk, File, Files


@helper
def away_until(book: Book, procedure: int, at: int, officers: bool) -> int:
    """When somebody is back who is away now; NEVER when they are there."""
    until = NEVER
    for row in range(book.closed):
        if (
            book.closed_procedure[row] == procedure
            and (officers or book.closed_office[row])
            and book.closed_from[row] <= at < book.closed_until[row]
        ):
            until = max(until, book.closed_until[row])
    return until if until == NEVER else next_open(book, until)


@helper
def when_there(book: Book, procedure: int, at: int, officers: bool) -> int:
    """The instant itself, or when those who are away then are back."""
    if book.closed == 0:
        return at
    back = away_until(book, procedure, at, officers)
    while back != NEVER:
        at = back
        back = away_until(book, procedure, at, officers)
    return at


@inlined
def there(book: Book, procedure: int, moment: int, officers: bool) -> int:
    """The same for a moment."""
    if book.closed == 0:
        return moment
    at = instant_of(book, moment)
    back = when_there(book, procedure, at, officers)
    return moment if back == at else opening(book, back)


@inlined
def served_at(book: Book, procedure: int, ready: int, travel: int, waits: int) -> int:
    """When a citizen who is ready to set out has been served: so many seconds on the way, so many waiting.

    Without the way there or without counters (``simulator.ways``) that part of it takes no time.
    """
    return trip(book, procedure, ready, travel, waits, book.travels, book.counters)[0]


@inlined
def trip(
    book: Book, procedure: int, ready: int, travel: int, waits: int, travels: int, counters: int
) -> tuple[int, int]:
    """A trip to a counter that is open, whatever is done as on the old path otherwise.

    When the citizen has been served, and the moment of the first instant from then on when offices are open.
    """
    if not travels and not counters:
        return ready, opening(book, ready)
    travel, waits = travel * travels, waits * counters
    moment = after(opening(book, ready + travel), waits)
    at = instant_of(book, moment)
    if book.closed == 0:
        return at, moment | 1
    back = away_until(book, procedure, at, False)
    while back != NEVER:
        moment = after(opening(book, back + travel), waits)
        at = instant_of(book, moment)
        back = away_until(book, procedure, at, False)
    return at, moment | 1


@inlined
def begin(book: Book, cases: Cases, files: Files, own: Own, case: int, procedure: int) -> tuple[int, int]:
    """When it is sent, and the moment of the first instant from then on when offices are open.

    NEVER, with its state set, when it is not.
    """
    one, file = cases[case], files[case, procedure]
    last, failed, waits = one.declared, NEVER, False
    for before in range(procedure):
        if book.requires[procedure] >> before & 1:
            state, decided = files[case, before].state, files[case, before].decided
            if state in (REJECTED, NOT_STARTED):
                failed = decided if failed == NEVER else min(failed, decided)
            waits = waits or state == WAITS
            last = max(last, decided)
    if failed != NEVER:
        file.state, file.decided = NOT_STARTED, failed
        return NEVER, NEVER
    if waits:
        file.state = WAITS
        return NEVER, NEVER
    if not book.visited[procedure]:
        sent = _passed_on(book, one, own, procedure, last)
        return sent, opening(book, sent)
    ready = _ready(book, one, files, own, case, procedure)
    if ready == NEVER:
        file.state = WAITS
        return NEVER, NEVER
    return trip(book, procedure, ready, own.travel, own.submit, book.travels, book.counters)


@inlined
def _passed_on(book: Book, one: Case, own: Own, procedure: int, since: int) -> int:
    """Sent by a system, or by an office that is not connected; or brought to the first counter."""
    if book.requires[procedure]:
        if one.paper:
            return add_working(book, since, lasts(book, book.at_transfer[procedure], own.luck, 0))
    elif one.counter:
        travel = lasts(book, book.at_travel[procedure], own.luck, 0)
        waits = lasts(book, book.at_submit[procedure], own.luck, 0)
        since = trip(book, procedure, since, travel, waits, 1, 1)[0]
    return since + own.sync


@inlined
def _ready(book: Book, one: Case, files: Files, own: Own, case: int, procedure: int) -> int:
    """When the citizen may set out: one counter after the other, or as soon as what is required is there."""
    ready, found = one.declared, False
    for earlier in range(procedure - 1, -1, -1):
        required = book.requires[procedure] >> earlier & 1
        comes_before = book.chosen[one.kind, earlier] and book.visited[earlier]
        if not (comes_before if book.sequential else required):
            continue
        file = files[case, earlier]
        if file.state == NOT_STARTED:
            continue
        if file.state == WAITS:
            return NEVER
        ready, found = max(ready, _handed_on(book, file, own)), True
        if book.sequential:
            break
    if not found and not book.carries:
        ready += own.sync
    return ready


@inlined
def _handed_on(book: Book, file: File, own: Own) -> int:
    """When a result is there for the next procedure: carried by the citizen, or sent as data."""
    if book.carries and file.collected != NEVER:
        return add_working(book, file.collected, own.pause)
    return file.decided + own.sync


@inlined
def receive(book: Book, one: Case, own: Own, procedure: int, sent: int, opens: int) -> int:
    """The moment when the counter acknowledges what was sent, and offices were open from another moment on;
    NEVER when somebody is silent for ever."""
    agreed, late, silent = sent, False, False
    for pair in range(book.pairs_from[procedure], book.pairs_until[procedure]):
        if not book.consents[one.kind, pair]:
            continue
        if uniform(one.luck, book.party_name[pair], book.silence, 0) < book.odds[procedure, SILENT]:
            silent = True
            continue
        given = one.declared + seconds(book, book.at_consent[pair], one.luck, 0)
        if given >= sent:
            late = True
            agreed = max(agreed, given + seconds(book, book.at_consent_sync[pair], one.luck, 0))
    if not late and not silent:
        return _acknowledged(book, own.acknowledge, procedure, opens)
    at = NEVER
    if book.window_value[procedure] != UNKNOWN:
        closes = due_at(book, one.declared, book.window_value[procedure], book.window_unit[procedure])
        at = _acknowledged(book, own.acknowledge, procedure, opening(book, max(sent, closes)))
    if not silent and (at == NEVER or agreed <= instant_of(book, at)):
        at = _acknowledged(book, own.acknowledge, procedure, opening(book, agreed))
    return at


@inlined
def _acknowledged(book: Book, wait: int, procedure: int, opens: int) -> int:
    return there(book, procedure, after(opens, wait), False)


@inlined
def collect(book: Book, files: Files, own: Own, case: int, procedure: int) -> None:
    """The citizen of the old path comes back for the paper, not before the day on the slip."""
    file = files[case, procedure]
    if book.carries and book.visited[procedure] and file.state in (GRANTED, REJECTED):
        ready = max(file.decided, file.due)
        file.collected = served_at(book, procedure, ready, own.travel, own.collect)


@inlined
def trips_of(book: Book, file: File, own: Own, procedure: int) -> tuple[int, int, int]:
    """The trips for an application, and their seconds on the way and at the counter."""
    if file.sent == NEVER or not book.visited[procedure] or not book.travels:
        return 0, 0, 0
    fetched = file.collected != NEVER
    trips, there = 1 + fetched + file.answers, own.submit + fetched * own.collect
    for turn in range(1, file.answers + 1):
        there += lasts(book, book.at_supply[procedure], own.luck, turn)
    return trips, trips * 2 * own.travel, there


@inlined
def note_trips(desk: Desk, trips: tuple[int, int, int]) -> None:
    """Add trips to what their desk came to."""
    desk.trips += trips[0]
    desk.on_the_way += trips[1]
    desk.at_the_counter += trips[2]


@inlined
def finish(book: Book, one: Case, files: Files, case: int) -> None:
    """When the results are laid down: once everything has ended and every paper is fetched."""
    last, waits = NEVER, False
    for procedure in range(book.procedures):  # what is not chosen has neither instant
        file = files[case, procedure]
        waits |= file.state == WAITS
        last = max(last, file.decided, file.collected)
    if waits:
        return
    sync = 0 if book.carries else seconds(book, book.at_results, one.luck, 0)
    one.finished = last + sync
