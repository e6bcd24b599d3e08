"""What a sweep works on: the dossiers of a country, their applications, and the desks."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import inlined

# How an application stands at the end. WAITS: somebody who must agree never answers, or what it was returned
# for never comes right. RETURNED: its issuer is asked to correct a certificate; no end, but for a while.
NOT_CHOSEN, GRANTED, REJECTED, NOT_STARTED, WAITS, RETURNED = range(6)
NEVER = -1
# A dossier: the state its draws begin with, when it was declared and when its results were laid down.
# ``paper``: its commune sends others paper; ``counter``: the family comes to a counter on the new path too.
CASE = np.dtype(
    [
        ("luck", "u8"),
        ("declared", "i4"),
        ("finished", "i4"),
        ("kind", "i2"),
        ("paper", "u1"),
        ("counter", "u1"),
    ],
    align=True,
)
# What an application has an instant for.
INSTANTS = ("sent", "received", "taken_up", "due", "decided", "collected")
# An application, or an application that never was: instants in seconds, NEVER where it does not happen.
FILE = np.dtype(
    [
        *((name, "i4") for name in INSTANTS),
        ("state", "i1"),
        ("rounds", "i1"),
        ("returns", "i1"),
        ("verified", "u1"),
        ("answers", "i1"),  # supplements that came in time
    ],
    align=True,
)
# A desk: its officers, and what it came to: files opened, office seconds worked, and waited by files; trips
# to its counter, and the seconds of citizens on the way and there.
DESK = np.dtype(
    [
        ("officers", "i4"),
        ("opened", "i4"),
        *((name, "i8") for name in ("busy", "waited", "trips", "on_the_way", "at_the_counter")),
    ],
    align=True,
)
# What is remembered while certificates may be returned: of an application, who has agreed (bits of pairs) and
# when it was returned; and of its own certificate, when that was corrected.
TURN = np.dtype(
    [("agreed", "i4"), ("returned", "i4"), ("corrected", "i4"), ("correcting", "u1")],
    align=True,
)
Case: TypeAlias = Any
File: TypeAlias = Any
Turn: TypeAlias = Any
Desk: TypeAlias = Any
Cases: TypeAlias = NDArray[Any]  # [dossiers] of CASE
Files: TypeAlias = NDArray[Any]  # [dossiers, procedures] of FILE
Turns: TypeAlias = NDArray[Any]  # [dossiers, procedures] of TURN
Desks: TypeAlias = NDArray[Any]  # [procedures, communes] of DESK; a shared one stands at its first commune


class Declared(NamedTuple):
    """Dossiers in the order of communes: those of commune c are [begins[c], begins[c + 1]).

    ``first_key`` numbers the first dossier of a commune; the draws of the others follow from it.
    """

    begins: NDArray[np.int64]
    first_key: NDArray[np.int64]
    at: NDArray[np.int64]


def room_for(dossiers: int, procedures: int) -> tuple[Cases, Files]:
    """Arrays in which an engine lays out everything, commune after commune: it is near the processor then."""
    return np.empty(dossiers, dtype=CASE), np.empty((dossiers, procedures), dtype=FILE)


@inlined
def blank(file: File) -> None:
    """An application that is not chosen, until somebody does."""
    file.sent, file.received, file.taken_up, file.due = NEVER, NEVER, NEVER, NEVER
    file.decided, file.collected, file.state = NEVER, NEVER, NOT_CHOSEN
    file.rounds, file.returns, file.verified, file.answers = 0, 0, 0, 0
