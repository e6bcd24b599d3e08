"""The one module that draws chance, and it draws nothing of its own.

A draw is a function of (seed, names...): never of the order in which draws are asked for. Two
processes that ask for the same thing get the same luck, and so do both paths of one family.
The mix is splitmix64 over 64-bit integers, so that the simulator can repeat it in arrays.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

Choice = TypeVar("Choice")

_MASK = (1 << 64) - 1


def splitmix64(state: int) -> int:
    """One step of the splitmix64 generator: 64 bits in, 64 well-mixed bits out."""
    z = (state + 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


# Runs and dossiers have ever new names, and a name is worked out anew in a microsecond.
@lru_cache(maxsize=4_096)
def name_key(name: str) -> int:
    """The 64-bit number that stands for a name in a draw."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def bits(seed: int, *names: str | int) -> int:
    """64 bits that depend on the seed and the names alone."""
    state = splitmix64(seed & _MASK)
    for name in names:
        state = splitmix64(state ^ (name if isinstance(name, int) else name_key(name)) & _MASK)
    return state


def uniform(seed: int, *names: str | int) -> float:
    """A number in [0, 1) with 53 random bits."""
    return (bits(seed, *names) >> 11) * 2.0**-53


def below(limit: int, seed: int, *names: str | int) -> int:
    """A whole number in [0, limit)."""
    return int(uniform(seed, *names) * limit)


def happens(probability: float, seed: int, *names: str | int) -> bool:
    """Whether something of this probability happens."""
    return uniform(seed, *names) < probability


def choose(options: Sequence[Choice], seed: int, *names: str | int) -> Choice:
    """One of the options, each as likely as the next."""
    return options[below(len(options), seed, *names)]
