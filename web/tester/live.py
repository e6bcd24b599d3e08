"""A stream that tells when something about a play or a batch has changed; any replica goes on with it."""

from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi.sse import ServerSentEvent

from chassis.clock import WallClock
from flow_model.errors import SandboxError

EVERY_SECONDS = 0.4
# Where it stands, and whether nothing more will come.
Standing = Callable[[], Awaitable[tuple[str, bool]]]


async def told_of_changes(
    standing: Standing, seen: str, stopping: Callable[[], bool]
) -> AsyncIterator[ServerSentEvent]:
    """``changed`` whenever it stands otherwise than seen, ``ended`` at last."""
    clock = WallClock()
    while not stopping():
        try:
            now, ended = await standing()
        except SandboxError:
            yield ServerSentEvent(comment="gateway away")
        else:
            if now != seen:
                yield ServerSentEvent(event="changed", id=now, data=now)
                seen = now
            if ended:
                yield ServerSentEvent(event="ended", id=now, data=now)
                return
        await clock.pause(EVERY_SECONDS)
