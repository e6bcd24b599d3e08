"""The draws of ``flow_model.chance`` and the shapes of ``flow_model.distributions``, for kernels.

A draw depends on (seed, dossier, procedure, purpose, turn) and nothing else, and is equal to the live
system's to the last bit; a test compares them.
"""

from math import exp, log1p, sqrt
from typing import Any

import numpy as np

from flow_model.assumptions import ASSUMED_SHAPES, Assumption
from flow_model.chance import name_key
from simulator.book import Book
from simulator.compiled import Bits, inlined
from simulator.normal import normal_quantile

FIXED, UNIFORM, TRIANGULAR, LOGNORMAL, EXPONENTIAL = range(len(ASSUMED_SHAPES))
_LEAST = 2.0**-53


class DrawTable:
    """Collects rows; whoever asks for the same draw gets the same place."""

    def __init__(self) -> None:
        self._rows: list[tuple[Assumption, str]] = []
        self._places: dict[tuple[str, str], int] = {}

    def place(self, row: Assumption, procedure: str) -> int:
        """Where this draw stands."""
        key = (row.name, procedure)
        if key not in self._places:
            self._places[key] = len(self._rows)
            self._rows.append((row, procedure))
        return self._places[key]

    def content(self) -> dict[str, Any]:
        """The rows as the book holds them."""
        numbers = np.zeros((len(self._rows), 3))
        for place, (row, _) in enumerate(self._rows):
            numbers[place, : len(row.numbers)] = row.numbers
        shapes = np.array([ASSUMED_SHAPES.index(row.shape) for row, _ in self._rows], dtype=np.int8)
        low, mode, high = numbers.T
        high = np.where(shapes == UNIFORM, mode, high)
        width = high - low
        return {
            # What is the same for every draw of a row: with no width, all that is drawn lies to the right.
            "left": np.divide(mode - low, width, out=np.zeros(len(width)), where=width > 0),
            "width": width,
            "rise": mode - low,
            "fall": high - mode,
            "shape": shapes,
            "numbers": numbers,
            "draw_procedure": np.array([name_key(name) for _, name in self._rows], dtype=np.uint64),
            "draw_purpose": np.array([name_key(row.name) for row, _ in self._rows], dtype=np.uint64),
        }


@inlined
def mix(state: Bits) -> Bits:
    """One step of splitmix64."""
    z = np.uint64(state) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@inlined
def of_dossier(seed: Bits, key: int) -> Bits:
    """The state that all draws of a dossier begin with."""
    return mix(mix(np.uint64(seed)) ^ np.uint64(key))


@inlined
def of_application(dossier: Bits, procedure: Bits) -> Bits:
    """The state that all draws of one application begin with: mixed once, and not for each of them."""
    return mix(dossier ^ procedure)


@inlined
def uniform(dossier: Bits, procedure: Bits, purpose: Bits, turn: int) -> float:
    """A number in [0, 1) from the state of a dossier and three names."""
    return chance(of_application(dossier, procedure), purpose, turn)


@inlined
def chance(application: Bits, purpose: Bits, turn: int) -> float:
    """A number in [0, 1) from the state of an application and two names."""
    state = mix(mix(application ^ purpose) ^ np.uint64(turn))
    return (state >> np.uint64(11)) * _LEAST


@inlined
def value(book: Book, place: int, dossier: Bits, turn: int) -> float:
    """What is drawn at a place of the table, for whomever the row names."""
    return drawn(book, place, of_application(dossier, book.draw_procedure[place]), turn)


@inlined
def drawn(book: Book, place: int, application: Bits, turn: int) -> float:
    """What is drawn for an application at a place of the table that is its own."""
    shape, low = book.shape[place], book.numbers[place, 0]
    if shape == FIXED:
        return low
    quantile = chance(application, book.draw_purpose[place], turn)
    if shape == TRIANGULAR:
        if quantile < book.left[place]:
            return low + sqrt(quantile * book.width[place] * book.rise[place])
        return book.numbers[place, 2] - sqrt((1 - quantile) * book.width[place] * book.fall[place])
    if shape == UNIFORM:
        return low + quantile * book.width[place]
    return (
        -low * log1p(-quantile)
        if shape == EXPONENTIAL
        else low * exp(book.numbers[place, 1] * normal_quantile(max(quantile, _LEAST)))
    )


@inlined
def seconds(book: Book, place: int, dossier: Bits, turn: int) -> int:
    """A drawn duration in whole seconds: half goes to the even, as Python's round does."""
    return int(np.rint(60 * value(book, place, dossier, turn)))


@inlined
def lasts(book: Book, place: int, application: Bits, turn: int) -> int:
    """The same, for an application at a place that is its own."""
    return int(np.rint(60 * drawn(book, place, application, turn)))
