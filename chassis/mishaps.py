"""What can happen to a request on its way, for runs in which it is meant to happen.

It is staged where the call is made, so that it is the same in one process and in several. The work behind
a call that is cut off *after* its effect is really done: that is the fault that matters most, and a stand-in
for the other service could not show it.
"""

from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

from flow_model.faults import LineFault

Mishap = Literal[
    "refused",
    "reset",
    "timeout_before",
    "timeout_after",
    "error_500",
    "unavailable_503",
    "truncated",
    "garbled",
    "duplicate",
]
Reason = Literal["refused", "timeout", "reset", "unavailable", "busy", "broken", "unreadable"]
Response = TypeVar("Response")

# The request never arrives, or an error comes back in place of the work.
_BEFORE: dict[Mishap, Reason] = {
    "refused": "refused",
    "timeout_before": "timeout",
    "error_500": "broken",
    "unavailable_503": "unavailable",
}
# The work is done, and whoever asked does not learn it.
_AFTER: dict[Mishap, Reason] = {"reset": "reset", "timeout_after": "timeout"}


class Staged(Exception):
    """A call that was made to fail."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


async def suffer(mishap: Mishap, send: Callable[[], Awaitable[Response]]) -> Response:
    """Send with this mishap: the answer (see ``spoilt``), or Staged."""
    if mishap in _BEFORE:
        raise Staged(_BEFORE[mishap])
    response = await send()
    if mishap in _AFTER:
        raise Staged(_AFTER[mishap])
    return await send() if mishap == "duplicate" else response


def spoilt(mishap: Mishap | None, content: bytes) -> bytes:
    """What is left of an answer's bytes: cut in the middle, garbled, or whole."""
    if mishap == "truncated":
        return content[: len(content) // 2]
    return content[::-1] if mishap == "garbled" else content


def mishap_of(fault: LineFault | None) -> Mishap | None:
    """What a fault of the line does to this call. A slow line is no mishap: who calls waits."""
    return None if fault is None or fault.effect == "slow" else fault.effect
