"""Mistakes that somebody could make, one at a time: the schedules must catch every one of them.

Each replaces a function of the production code by one with the mistake, in a copy of the process that ends
with the schedule. Nothing outside the torture and its tests can set them. Undisturbed, no story shows any.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chassis.storage import Store

Plant = Callable[[], None]
_KEPT: set["asyncio.Task[None]"] = set()


@dataclass(frozen=True)
class Mistake:
    """One planted mistake, in a sentence, and what plants it."""

    name: str
    sentence: str
    plant: Plant


ALL: dict[str, Mistake] = {}


def mistake(sentence: str) -> Callable[[Plant], Plant]:
    """Declares one: the function plants it."""

    def declare(plant: Plant) -> Plant:
        name = plant.__name__
        ALL[name] = Mistake(name, sentence, plant)
        return plant

    return declare


def replace(owner: Any, name: str, by: Any) -> Any:
    """Put another function in place of one; the one that was there."""
    before = getattr(owner, name)
    setattr(owner, name, by)
    return before


def later(store: Store, work: Callable[[], object]) -> None:
    """Do something in a commit of its own, after the one that is being made; a process that dies does not."""

    async def afterwards() -> None:
        with suppress(Exception):  # a store that is closed by then
            await store.durable()
            work()

    task = asyncio.get_running_loop().create_task(afterwards())
    _KEPT.add(task)
    task.add_done_callback(_KEPT.discard)


def memory_of(owner: Any, name: str) -> dict[Any, Any]:
    """What a part of a process remembers: it dies with the process, and no failed commit takes it back."""
    known: dict[Any, Any] = owner.__dict__.setdefault(f"_remembered_{name}", {})
    return known


class LifeOfAFile:
    """What a process remembers of its own file: forgotten when the next life takes the file over."""

    def __init__(self) -> None:
        self._known: dict[int, dict[Any, Any]] = {}
        known, real = self._known, Store.take_over

        def take_over(store: Store, dead: Store) -> None:
            real(store, dead)
            known[id(store.link.engine)] = {"restarted": True}

        replace(Store, "take_over", take_over)

    def of(self, session: Any) -> dict[Any, Any]:
        """What is remembered of the file that a session works on."""
        return self._known.setdefault(id(session.get_bind().engine), {})
