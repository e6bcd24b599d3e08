"""Certificates that go back to their issuer, for kernels: Decree 63/2024 Art. 8.4, as it goes live.

Several agencies may find the same certificate wrong. Its issuer corrects it once for all who wait by then.
"""

from typing import Any

from numpy.typing import NDArray

from flow_model.progress import MOST_RETURNS
from simulator.agenda_files import GOING, go_on
from simulator.agenda_heap import AGENCY, ASKS, COMES, CORRECTS, GATEWAY, RESENT, Heap, plan
from simulator.book import Book
from simulator.clock import after, due_at, instant_of, opening
from simulator.compiled import helper
from simulator.counter import there
from simulator.desk import received_at
from simulator.draws import seconds, uniform
from simulator.plan import SILENT, UNKNOWN
from simulator.world import NEVER, RETURNED, WAITS, Case, Cases, File, Files, Turn, Turns


@helper
def return_to_issuer(
    book: Book, cases: Cases, files: Files, own: NDArray[Any], turns: Turns, case: int, place: int, at: int,
    heap: Heap,
) -> None:  # fmt: skip
    """The agency sends it back; after too many times it stays where it is, for people to look at."""
    one, file, turn = cases[case], files[case, place], turns[case, place]
    _remember_agreements(book, one, file, turn, place)
    file.state, turn.returned = RETURNED, at
    file.returns += 1
    if file.returns > MOST_RETURNS:
        file.state = WAITS
        go_on(book, cases, files, own, case, heap)
        return
    plan(heap, at + _passes_on(book, one, place), GATEWAY, case, place, ASKS)


@helper
def ask(
    book: Book, cases: Cases, files: Files, turns: Turns, case: int, place: int, at: int, heap: Heap
) -> None:
    """The gateway asks the issuer for a correction, unless it is done, or being done, for another agency."""
    issuer, one = book.issuer[place], cases[case]
    certificate = turns[case, issuer]
    if certificate.corrected >= turns[case, place].returned or certificate.correcting:
        return
    certificate.correcting = 1
    takes = seconds(book, book.at_correction[issuer], one.luck, files[case, place].returns)
    done = instant_of(book, there(book, issuer, after(opening(book, at), takes), True))
    plan(heap, done, AGENCY, case, issuer, CORRECTS)


@helper
def correct(
    book: Book, cases: Cases, files: Files, turns: Turns, case: int, issuer: int, at: int, heap: Heap
) -> None:
    """The certificate is right again, and on its way to all who returned it."""
    turns[case, issuer].correcting, turns[case, issuer].corrected = 0, at
    for place in range(issuer + 1, book.procedures):
        if book.issuer[place] == issuer and files[case, place].state == RETURNED:
            plan(heap, at + _passes_on(book, cases[case], place), GATEWAY, case, place, RESENT)


@helper
def resend(
    book: Book, cases: Cases, files: Files, own: NDArray[Any], turns: Turns, case: int, place: int, at: int,
    heap: Heap,
) -> None:  # fmt: skip
    """The application is sent again, and all its time begins anew."""
    one, file = cases[case], files[case, place]
    file.state, file.sent, file.verified, own[place, case].paused = GOING, at, 0, 0
    reached = _received_again(book, one, file, turns[case, place], place)
    if reached == NEVER:
        file.state, file.received = WAITS, NEVER
        return
    received_at(book, one, file, own[place, case], place, reached)
    plan(heap, file.received, AGENCY, case, place, COMES)


@helper
def _passes_on(book: Book, one: Case, place: int) -> int:
    return seconds(book, book.at_return[place], one.luck, 0)


@helper
def _given(book: Book, one: Case, place: int, pair: int) -> int:
    """When somebody agrees; NEVER if they are silent, or not needed for this application."""
    if not book.consents[one.kind, pair]:
        return NEVER
    if uniform(one.luck, book.party_name[pair], book.silence, 0) < book.odds[place, SILENT]:
        return NEVER
    return one.declared + seconds(book, book.at_consent[pair], one.luck, 0)


@helper
def _forwarded(book: Book, one: Case, file: File, pair: int, given: int) -> int:
    """When the gateway hands on an agreement that did not go with the application."""
    return max(file.sent, given + seconds(book, book.at_consent_sync[pair], one.luck, 0))


@helper
def _remember_agreements(book: Book, one: Case, file: File, turn: Turn, place: int) -> None:
    """Who had agreed when it was received: they need not agree again."""
    for pair in range(book.pairs_from[place], book.pairs_until[place]):
        given = _given(book, one, place, pair)
        if given == NEVER or turn.agreed >> pair & 1:
            continue
        went_with_it = given < file.sent and file.returns == 0
        if went_with_it or _forwarded(book, one, file, pair, given) <= file.received:
            turn.agreed |= 1 << pair


@helper
def _received_again(book: Book, one: Case, file: File, turn: Turn, place: int) -> int:
    """The moment when the counter acknowledges it this time."""
    agreed, all_agree, never = file.sent, True, False
    for pair in range(book.pairs_from[place], book.pairs_until[place]):
        if not book.consents[one.kind, pair] or turn.agreed >> pair & 1:
            continue
        all_agree = False
        given = _given(book, one, place, pair)
        if given == NEVER:
            never = True
        else:
            agreed = max(agreed, _forwarded(book, one, file, pair, given))
    if all_agree:
        return _acknowledged(book, one, file, place, file.sent)
    received = NEVER
    if book.window_value[place] != UNKNOWN:
        closes = due_at(book, one.declared, book.window_value[place], book.window_unit[place])
        received = _acknowledged(book, one, file, place, max(file.sent, closes))
    if not never and (received == NEVER or agreed <= instant_of(book, received)):
        received = _acknowledged(book, one, file, place, agreed)
    return received


@helper
def _acknowledged(book: Book, one: Case, file: File, place: int, since: int) -> int:
    wait = seconds(book, book.at_acknowledge[place], one.luck, file.rounds)
    return there(book, place, after(opening(book, since), wait), False)
