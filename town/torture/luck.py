"""Draws in a row, fixed by one seed: for what happens at random where a draw by name would cost too much."""

from collections.abc import Sequence
from typing import TypeVar

from flow_model.chance import bits, splitmix64

Choice = TypeVar("Choice")


class Luck:
    """One row of draws. The same seed, names and questions give the same answers."""

    def __init__(self, seed: int, *names: str | int) -> None:
        self._row, self._drawn = bits(seed, *names), 0

    def fork(self, *names: str | int) -> "Luck":
        """Another row, of which nothing here depends."""
        return Luck(self._row, *names)

    def _next(self) -> int:
        self._drawn += 1
        return splitmix64(self._row ^ self._drawn)

    def below(self, limit: int) -> int:
        """A whole number in [0, limit)."""
        return self._next() % limit

    def happens(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return (self._next() >> 11) * 2.0**-53 < probability

    def choose(self, options: Sequence[Choice]) -> Choice:
        """One of the options, each as likely as the next."""
        return options[self.below(len(options))]

    def rubbish(self, length: int) -> bytes:
        """Bytes that nobody wrote."""
        return (self._next().to_bytes(8, "big") * (length // 8 + 1))[:length]
