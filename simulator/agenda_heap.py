"""Things to come on a heap, for kernels: one number each, in the order in which the oracle takes them.

By instant; the gateway and the citizen before the agencies; by dossier; by the place of the procedure.
The heap is an array whose first number says how many it holds.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.book import PROCEDURES
from simulator.compiled import inlined
from simulator.desk import PLACES, push

Heap = NDArray[np.int64]
GATEWAY, AGENCY = 0, 1
# A file comes to its desk; goes back because of a certificate; its issuer is asked, and has corrected it; the
# file is sent again.
COMES, RETURNS, ASKS, CORRECTS, RESENT = range(5)
_KINDS = 8


@inlined
def plan(heap: Heap, at: int, who: int, case: int, place: int, kind: int) -> None:
    """Put down what is to be done at an instant."""
    push(heap[1:], heap[0], (((at * 2 + who) * PLACES + case) * PROCEDURES + place) * _KINDS + kind)
    heap[0] += 1


@inlined
def when(number: int) -> int:
    """At which instant."""
    return number // (_KINDS * PROCEDURES * PLACES * 2)


@inlined
def case_of(number: int) -> int:
    """To which dossier of the area."""
    return number // (_KINDS * PROCEDURES) % PLACES


@inlined
def place_of(number: int) -> int:
    """To which of its procedures."""
    return number // _KINDS % PROCEDURES


@inlined
def kind_of(number: int) -> int:
    """What is to be done."""
    return number % _KINDS
