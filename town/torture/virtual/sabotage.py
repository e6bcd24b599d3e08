"""Mistakes that somebody could make, one at a time: the schedules must catch every one of them.

Each replaces a function of the production code by one with the mistake, in a copy of the process that ends
with the schedule. Nothing outside the torture and its tests can set them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Plant = Callable[[], None]


@dataclass(frozen=True)
class Mistake:
    """One planted mistake, in a sentence, and what plants it."""

    name: str
    sentence: str
    plant: Plant


_ALL: dict[str, Mistake] = {}


def mistakes() -> Mapping[str, Mistake]:
    """All of them, by name."""
    import town.torture.virtual.mistakes_gateway
    import town.torture.virtual.mistakes_services
    import town.torture.virtual.mistakes_store  # noqa: F401

    return dict(_ALL)


def mistake(sentence: str) -> Callable[[Plant], Plant]:
    """Declares one: the function plants it."""

    def declare(plant: Plant) -> Plant:
        name = plant.__name__
        _ALL[name] = Mistake(name, sentence, plant)
        return plant

    return declare


def replace(owner: Any, name: str, by: Callable[..., Any]) -> Any:
    """Put another function in place of one; the one that was there."""
    before = getattr(owner, name)
    setattr(owner, name, by)
    return before


__all__: Sequence[str] = ("Mistake", "mistake", "mistakes", "replace")
