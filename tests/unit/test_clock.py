"""Time that passes, for those who wait."""

import asyncio
from typing import Any

from chassis.clock import WallClock


async def test_who_is_told_to_end_as_the_time_is_over_ends_quietly() -> None:
    """The timer and the end fall into one turn of the loop, the end first."""
    loop, complaints = asyncio.get_running_loop(), list[dict[str, Any]]()
    loop.set_exception_handler(lambda _loop, context: complaints.append(context))
    waiting = loop.create_task(WallClock().pause(0))
    loop.call_soon(lambda: loop.call_later(-1, waiting.cancel))

    (outcome,) = await asyncio.gather(waiting, return_exceptions=True)

    assert isinstance(outcome, asyncio.CancelledError)
    assert complaints == []
