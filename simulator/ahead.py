"""Draws made ahead, for kernels: all applications that come to a desk at once, purpose by purpose.

One draw after the other waits for the one before it; a row of draws of one kind does not, and is some
five times as quick, and is most of what a year takes. Second turns are rare, and drawn when they come.
"""

from math import sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.compiled import kernel
from simulator.draws import FIXED, TRIANGULAR, chance, drawn

# What is drawn for the first turn of an application: seconds, then chances and shares.
OWN = np.dtype(
    [
        *((name, "i4") for name in ("sync", "acknowledge", "work", "travel", "submit", "collect", "pause")),
        ("finding", "f8"),
        ("share", "f8"),
    ],
    align=True,
)
Own: TypeAlias = Any
Lucks: TypeAlias = NDArray[np.uint64]


@kernel
def draw_ahead(book: Book, procedure: int, lucks: Lucks, own: NDArray[Any]) -> None:
    """Fill the records of applications of one procedure, whose draws begin with these states."""
    seconds = np.empty(lucks.shape[0], dtype=np.int32)
    _lasting(book, book.at_work[procedure], lucks, seconds)
    own["work"][:] = seconds
    _lasting(book, book.at_acknowledge[procedure], lucks, seconds)
    own["acknowledge"][:] = seconds
    if book.visited[procedure]:
        _lasting(book, book.at_travel[procedure], lucks, seconds)
        own["travel"][:] = seconds
        _lasting(book, book.at_submit[procedure], lucks, seconds)
        own["submit"][:] = seconds
        _lasting(book, book.at_collect[procedure], lucks, seconds)
        own["collect"][:] = seconds
        _lasting(book, book.at_pause[procedure], lucks, seconds)
        own["pause"][:] = seconds
    if not book.visited[procedure] or not book.carries:
        _lasting(book, book.at_sync[procedure], lucks, seconds)
        own["sync"][:] = seconds
    place, finding = book.at_share[procedure], book.finding
    for at in range(lucks.shape[0]):
        own[at].finding = chance(lucks[at], finding, 0)
        own[at].share = drawn(book, place, lucks[at], 0)


@kernel
def _lasting(book: Book, place: int, lucks: Lucks, seconds: NDArray[np.int32]) -> None:
    """Whole seconds at one place of the table; the commonest shape with its numbers at hand."""
    shape, low = book.shape[place], book.numbers[place, 0]
    if shape == FIXED:
        seconds[:] = int(np.rint(60 * low))
        return
    if shape != TRIANGULAR:
        for at in range(lucks.shape[0]):
            seconds[at] = int(np.rint(60 * drawn(book, place, lucks[at], 0)))
        return
    purpose, high, left = book.draw_purpose[place], book.numbers[place, 2], book.left[place]
    width, rise, fall = book.width[place], book.rise[place], book.fall[place]
    for at in range(lucks.shape[0]):
        quantile = chance(lucks[at], purpose, 0)
        if quantile < left:
            value = low + sqrt(quantile * width * rise)
        else:
            value = high - sqrt((1 - quantile) * width * fall)
        seconds[at] = int(np.rint(60 * value))
