"""What chance deals to every dossier, drawn beforehand: Python simulators are not charged for their draws."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.compiled import kernel
from simulator.draws import seconds, uniform, value
from simulator.plan import REJECTED, SILENT, SUPPLEMENTED, UNANSWERED, VERIFIED
from simulator.world import NEVER, Cases

# Supplements of one application: more than ever happen, or a model says so.
TURNS = 8
# Once for each application; and at each turn.
SYNC, ACKNOWLEDGE, TRAVEL, SUBMIT, COLLECT, PAUSE, HABIT = range(7)
FATE, ANSWERS, WORK, REPLY, SUPPLY = range(5)
DECIDE, REJECT, SUPPLEMENT, VERIFY = range(4)


class Luck(NamedTuple):
    """Draws of all dossiers: [case][procedure][what], [case][procedure][turn][what], [case][pair]."""

    once: list[Any]
    turns: list[Any]
    shares: list[Any]
    given: list[Any]
    forwarded: list[Any]
    results: list[int]


def luck_of(book: Book, cases: Cases) -> Luck:
    """Everything that is drawn for these dossiers."""
    many, procedures, pairs = len(cases), int(book["procedures"]), max(1, int(book["pairs_until"].max()))
    once = np.zeros((many, procedures, 7), dtype=np.int64)
    turns = np.zeros((many, procedures, TURNS, 5), dtype=np.int64)
    shares = np.zeros((many, procedures, TURNS))
    given = np.full((many, pairs), NEVER, dtype=np.int64)
    forwarded = np.zeros((many, pairs), dtype=np.int64)
    results = np.zeros(many, dtype=np.int64)
    _deal(book, cases, once, turns, shares)
    _agree(book, cases, given, forwarded, results)
    dealt: list[Any] = [each.tolist() for each in (once, turns, shares, given, forwarded, results)]
    return Luck(*dealt)


@kernel
def _deal(
    book: Book, cases: Cases, once: NDArray[np.int64], turns: NDArray[np.int64], shares: NDArray[np.float64]
) -> None:
    for case in range(cases.shape[0]):
        luck = cases[case].luck
        for place in range(book.procedures):
            row = once[case, place]
            row[SYNC] = seconds(book, book.at_sync[place], luck, 0)
            row[ACKNOWLEDGE] = seconds(book, book.at_acknowledge[place], luck, 0)
            row[TRAVEL] = seconds(book, book.at_travel[place], luck, 0)
            row[SUBMIT] = seconds(book, book.at_submit[place], luck, 0)
            row[COLLECT] = seconds(book, book.at_collect[place], luck, 0)
            row[PAUSE] = seconds(book, book.at_pause[place], luck, 0)
            row[HABIT] = seconds(book, book.at_habit[place], luck, 0)
            for turn in range(TURNS):
                _turn(book, luck, place, turn, turns[case, place, turn])
                shares[case, place, turn] = value(book, book.at_share[place], luck, turn)


@kernel
def _turn(book: Book, luck: Any, place: int, turn: int, row: NDArray[np.int64]) -> None:
    found = uniform(luck, book.procedure_name[place], book.finding, turn)
    below = book.odds[place, REJECTED]
    row[FATE] = REJECT if found < below else DECIDE
    if below <= found < below + book.odds[place, SUPPLEMENTED]:
        row[FATE] = SUPPLEMENT
    below += book.odds[place, SUPPLEMENTED]
    if below <= found < below + book.odds[place, VERIFIED]:
        row[FATE] = VERIFY
    answers = uniform(luck, book.procedure_name[place], book.answering, turn)
    row[ANSWERS] = answers >= book.odds[place, UNANSWERED]
    row[WORK] = seconds(book, book.at_work[place], luck, turn)
    row[REPLY] = seconds(book, book.at_reply[place], luck, turn + 1)
    row[SUPPLY] = seconds(book, book.at_supply[place], luck, turn + 1)


@kernel
def _agree(
    book: Book, cases: Cases, given: NDArray[np.int64], forwarded: NDArray[np.int64],
    results: NDArray[np.int64],
) -> None:  # fmt: skip
    """Who agrees when, and how long the gateway then takes; NEVER for who is silent."""
    for case in range(cases.shape[0]):
        one = cases[case]
        results[case] = seconds(book, book.at_results, one.luck, 0)
        for place in range(book.procedures):
            for pair in range(book.pairs_from[place], book.pairs_until[place]):
                silence = uniform(one.luck, book.party_name[pair], book.silence, 0)
                if book.consents[one.kind, pair] and silence >= book.odds[place, SILENT]:
                    given[case, pair] = one.declared + seconds(book, book.at_consent[pair], one.luck, 0)
                    forwarded[case, pair] = seconds(book, book.at_consent_sync[pair], one.luck, 0)
