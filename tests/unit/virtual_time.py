"""Tests in a loop of virtual time: seconds cost nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from chassis.clock import passed
from town.torture.virtual.loop import VirtualLoop


def in_virtual_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test where seconds cost nothing and are counted exactly."""

    @wraps(test)
    def run(*args: Any, **named: Any) -> None:
        loop = VirtualLoop()
        try:
            loop.finish(test(*args, **named), 3600)
        finally:
            loop.close()

    return run


def now() -> float:
    return asyncio.get_running_loop().time()


async def turns() -> None:
    """Let everybody who is ready go on."""
    for _ in range(5):
        await passed(asyncio.get_running_loop(), 0)
