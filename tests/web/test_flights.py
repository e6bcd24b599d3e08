"""Who asks the same at the same time asks once, and nobody hears what was true before they asked."""

import asyncio

import pytest

from web.flights import Flights


class Slow:
    """A question whose answer is what is true when it is asked, and comes when it is let go."""

    def __init__(self) -> None:
        self.now, self.asked = "before", 0
        self.gate = asyncio.Event()

    async def __call__(self) -> str:
        self.asked += 1
        seen = self.now
        await self.gate.wait()
        return seen


async def a_turn() -> None:
    """Whoever is ready goes on by a step."""

    async def nothing() -> None:
        """Nothing."""

    await asyncio.create_task(nothing())


async def begun(*tasks: "asyncio.Task[str]") -> None:
    for _ in range(3 * len(tasks)):
        await a_turn()


async def test_fifty_who_ask_at_once_ask_twice() -> None:
    flights, question = Flights(), Slow()
    waiting = [asyncio.create_task(flights.ask("runs", question)) for _ in range(50)]
    await begun(*waiting)
    assert question.asked == 1
    question.gate.set()
    assert await asyncio.gather(*waiting) == ["before"] * 50
    assert question.asked == 2
    assert await flights.ask("runs", question) == "before"
    assert question.asked == 3, "nothing is remembered"


async def test_who_has_changed_something_sees_it() -> None:
    flights, question = Flights(), Slow()
    early = asyncio.create_task(flights.ask("runs", question))
    await begun(early)
    question.now = "after"
    late = [asyncio.create_task(flights.ask("runs", question)) for _ in range(2)]
    await begun(*late)
    question.gate.set()
    assert (await early, [await each for each in late]) == ("before", ["after", "after"])


async def test_other_questions_are_not_mixed_and_a_failure_is_everybody_s_own() -> None:
    flights, turns = Flights(), iter([ValueError("first"), "second"])

    async def ask() -> str:
        await a_turn()
        told = next(turns)
        if isinstance(told, ValueError):
            raise told
        return str(told)

    async def other() -> str:
        return "other"

    first, second = asyncio.create_task(flights.ask("a", ask)), asyncio.create_task(flights.ask("a", ask))
    assert await flights.ask("b", other) == "other"
    with pytest.raises(ValueError, match="first"):
        await first
    assert await second == "second"


async def test_who_leaves_takes_nothing_from_the_others() -> None:
    flights, question = Flights(), Slow()
    leaving, staying = [asyncio.create_task(flights.ask("runs", question)) for _ in range(2)]
    await begun(leaving, staying)
    leaving.cancel()
    question.gate.set()
    assert await staying == "before"
    with pytest.raises(asyncio.CancelledError):
        await leaving
