"""A stream that tells when something happened to a dossier; where it stands is asked of the gateway."""

from collections.abc import AsyncIterator, Callable

from fastapi.sse import ServerSentEvent

from chassis.clock import WallClock
from flow_model.errors import SandboxError
from web.asking import Asking

EVERY_SECONDS = 1.0


async def changes(
    asking: Asking, run: str, dossier: str, seen: int | None, stopping: Callable[[], bool]
) -> AsyncIterator[ServerSentEvent]:
    """``changed`` with the number of events, and ``ended`` once nothing more will happen.

    Any replica goes on with it: the browser says what it saw last.
    """
    clock = WallClock()
    while not stopping():
        try:
            history = await asking.get(f"/runs/{run}/dossiers/{dossier}/events")
        except SandboxError:
            yield ServerSentEvent(comment="gateway away")
        else:
            count = len(history["events"])
            if seen is not None and count != seen:
                yield ServerSentEvent(event="changed", id=str(count), data=count)
            elif seen is None:
                yield ServerSentEvent(event="begun", id=str(count), data=count)
            seen = count
            if history["events"][-1]["kind"] in ("results_returned", "withdrawn"):
                yield ServerSentEvent(event="ended", id=str(count), data=count)
                return
        await clock.pause(EVERY_SECONDS)
