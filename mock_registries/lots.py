"""Many small lots out of one large draw.

A draw costs about two microseconds and gives 64 bits; a person needs a dozen small choices. `Lots`
spends the bits of one draw digit by digit and asks for the next when they run low. It makes no chance
of its own: the same (seed, names) and the same questions in the same order give the same answers.
"""

from collections.abc import Sequence
from typing import TypeVar

from flow_model.chance import bits

Choice = TypeVar("Choice")

_FULL = 1 << 64
_LOW = 1 << 24
"""Below this much room a choice among thousands would begin to lean, so the next draw is taken."""


class Lots:
    """The lots of one name: one person, or one family."""

    __slots__ = ("_left", "_names", "_room", "_seed", "_taken")

    def __init__(self, seed: int, *names: str | int) -> None:
        self._seed = seed
        self._names = names
        self._taken = 0
        self._left = bits(seed, *names, 0)
        self._room = _FULL

    def below(self, limit: int) -> int:
        """A whole number in [0, limit), for limits up to some tens of thousands."""
        if self._room < _LOW:
            self._taken += 1
            self._left = bits(self._seed, *self._names, self._taken)
            self._room = _FULL
        self._room //= limit
        self._left, lot = divmod(self._left, limit)
        return lot

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high], both included; `low` when the two have crossed."""
        return low + self.below(high - low + 1) if high > low else low

    def choose(self, options: Sequence[Choice]) -> Choice:
        """One of the options, each as likely as the next."""
        return options[self.below(len(options))]

    def happens(self, per_mille: int) -> bool:
        """Whether something happens that happens so many times in a thousand."""
        return self.below(1000) < per_mille
