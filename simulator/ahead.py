"""Draws made ahead, for kernels: all applications that come to a desk at once, purpose by purpose.

One draw after the other waits for the one before it; a row of draws of one kind does not, and is some
five times as quick, and is most of what a year takes. Second turns are rare, and drawn when they come.
"""

from math import sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.compiled import helper, inlined, kernel
from simulator.draws import FIXED, TRIANGULAR, UNIFORM, chance, drawn

# What is known of an application while it is under way: the state that its draws begin with; what is drawn
# for its first turn, in seconds, and then chances and shares; the moments when it was received and when its
# limit ends; and the office seconds by which supplements have put that off.
OWN = np.dtype(
    [
        ("luck", "u8"),
        *((name, "i4") for name in ("sync", "acknowledge", "work", "travel", "submit", "collect", "pause")),
        ("finding", "f8"),
        ("share", "f8"),
        ("reached", "i4"),
        ("ends", "i4"),
        ("paused", "i4"),
    ],
    align=True,
)
Own: TypeAlias = Any
Lucks: TypeAlias = NDArray[np.uint64]


@kernel
def draw_ahead(book: Book, procedure: int, lucks: Lucks, own: NDArray[Any]) -> None:
    """Fill the records of applications of one procedure, whose draws begin with these states."""
    values, finding = np.empty(lucks.shape[0]), book.finding
    _lasting(book, book.at_work[procedure], lucks, values, own["work"])
    _lasting(book, book.at_acknowledge[procedure], lucks, values, own["acknowledge"])
    if book.visited[procedure]:
        _lasting(book, book.at_travel[procedure], lucks, values, own["travel"])
        _lasting(book, book.at_submit[procedure], lucks, values, own["submit"])
        _lasting(book, book.at_collect[procedure], lucks, values, own["collect"])
        if book.carries and procedure > 0:  # nobody goes on to the first
            _lasting(book, book.at_pause[procedure], lucks, values, own["pause"])
    if not book.visited[procedure] or not book.carries:
        _lasting(book, book.at_sync[procedure], lucks, values, own["sync"])
    _values(book, book.at_share[procedure], lucks, values)
    own["share"][:] = values
    for at in range(lucks.shape[0]):
        values[at] = chance(lucks[at], finding, 0)
    own["finding"][:] = values
    own["luck"][:] = lucks
    own["paused"][:] = 0


@inlined
def _lasting(
    book: Book, place: int, lucks: Lucks, values: NDArray[np.float64], own: NDArray[np.int32]
) -> None:
    """Whole seconds at one place of the table: half goes to the even, as Python's round does."""
    _values(book, place, lucks, values)
    for at in range(lucks.shape[0]):
        own[at] = int(np.rint(60 * values[at]))


@helper
def _values(book: Book, place: int, lucks: Lucks, values: NDArray[np.float64]) -> None:
    """What is drawn at one place of the table; the commonest shapes with their numbers at hand."""
    shape, low = book.shape[place], book.numbers[place, 0]
    if shape == FIXED:
        values[:] = low
        return
    purpose, width = book.draw_purpose[place], book.width[place]
    if shape == UNIFORM:
        for at in range(lucks.shape[0]):
            values[at] = low + chance(lucks[at], purpose, 0) * width
        return
    if shape != TRIANGULAR:
        for at in range(lucks.shape[0]):
            values[at] = drawn(book, place, lucks[at], 0)
        return
    high, left, rise, fall = book.numbers[place, 2], book.left[place], book.rise[place], book.fall[place]
    for at in range(lucks.shape[0]):
        quantile = chance(lucks[at], purpose, 0)
        early = quantile < left
        way = sqrt(quantile * width * rise if early else (1 - quantile) * width * fall)
        values[at] = low + way if early else high - way
