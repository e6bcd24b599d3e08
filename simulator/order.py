"""Sorting tickets, for kernels: by buckets of time, since files come all through the year."""

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import inlined, kernel

_FEW = 24
# So many neighbours a ticket stands past is still nearly in order; a few more at the beginning prove nothing.
_NEARLY, _PERHAPS = 3, 64


@kernel
def put_in_order(tickets: NDArray[np.int64]) -> None:
    """Sort them where they lie: each into its bucket of time, then past neighbours that it stands behind.

    As many buckets as tickets leave few in each; those of one instant come in order, and stay so.
    """
    many = tickets.shape[0]
    if many < _FEW:
        tickets.sort()
        return
    if _nearly_in_order(tickets):
        return
    low, high = tickets[0], tickets[0]
    for number in range(1, many):
        low, high = min(low, tickets[number]), max(high, tickets[number])
    scale = (many - 1) / max(high - low, 1)
    ends, placed = np.zeros(many + 1, dtype=np.int32), np.empty(many, dtype=np.int64)
    for number in range(many):
        ends[int((tickets[number] - low) * scale) + 1] += 1
    for bucket in range(many):
        ends[bucket + 1] += ends[bucket]
    for number in range(many):
        ticket = tickets[number]
        bucket = int((ticket - low) * scale)
        placed[ends[bucket]] = ticket
        ends[bucket] += 1
    tickets[0] = placed[0]
    for number in range(1, many):
        _stand(tickets, number, placed[number])


@inlined
def _nearly_in_order(tickets: NDArray[np.int64]) -> bool:
    """Sort them past their neighbours, as long as those are few; whether that was enough."""
    past = 0
    for number in range(1, tickets.shape[0]):
        past += number - _stand(tickets, number, tickets[number])
        if past > _NEARLY * number + _PERHAPS:
            return False
    return True


@inlined
def _stand(tickets: NDArray[np.int64], number: int, ticket: int) -> int:
    """Put a ticket among so many that are in order; its place."""
    at = number
    while at > 0 and tickets[at - 1] > ticket:
        tickets[at] = tickets[at - 1]
        at -= 1
    tickets[at] = ticket
    return at
