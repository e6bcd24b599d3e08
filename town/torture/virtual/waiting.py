"""Waiting in virtual time."""

import asyncio


async def never(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for what does not come: the caller's own time limit ends it."""
    await loop.create_future()
