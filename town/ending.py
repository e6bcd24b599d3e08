"""How a command is told to end: Ctrl-C, SIGTERM (a container is stopped), SIGHUP (its terminal is closed)."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# Windows knows the first of them alone.
_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # fmt: skip


async def until_told(work: Coroutine[Any, Any, int]) -> int:
    """What the work comes to; 128 and the number of the signal that ended it, as shells count.

    It is ended as Ctrl-C ends it: cancelled, so that it leaves nothing behind. Only in the main thread.
    """
    loop, told = asyncio.get_running_loop(), list[int]()
    task = loop.create_task(work)

    def end(number: int, _frame: FrameType | None) -> None:
        if not told:  # whoever says it twice does not keep it from tidying up
            told.append(number)
            loop.call_soon_threadsafe(task.cancel)

    with _handled(end):
        try:
            return await task
        except asyncio.CancelledError:
            if not told:
                raise
            return 128 + told[0]


@contextmanager
def _handled(handler: Any) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, previous in before.items():
        if previous is not signal.SIG_IGN or number == signal.SIGTERM:  # nohup: it is to outlive its terminal
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
