"""Waiting in virtual time."""

import asyncio


async def passed(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    """Let virtual time pass."""
    future: asyncio.Future[None] = loop.create_future()
    timer = loop.call_later(seconds, _wake, future)
    try:
        await future
    finally:
        timer.cancel()


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


async def never(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for what does not come: the caller's own time limit ends it."""
    await loop.create_future()
