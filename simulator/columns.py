"""Applications as columns for Parquet: one pass over the rows, no copy of them on the way."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.compiled import kernel
from simulator.world import INSTANTS, NEVER, NOT_CHOSEN, Files

_THOUSAND = 1000
Bits: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class Columns:
    """So many applications. ``at`` [6, rows]: milliseconds since 1970 of each of ``INSTANTS``; ``happened``
    [6, bytes]: a bit a row, lowest first, set where there is such an instant."""

    row: NDArray[np.int64]
    procedure: NDArray[np.int8]
    at: NDArray[np.int64]
    happened: Bits
    state: NDArray[np.int8]
    rounds: NDArray[np.int8]
    verified: Bits


def columns_of(files: Files, first_ms: int) -> Columns:
    """The applications that there are, dossier after dossier; ``first_ms`` is the instant of second 0."""
    rows = int(np.count_nonzero(files["state"] != NOT_CHOSEN))
    found = Columns(
        row=np.empty(rows, dtype=np.int64),
        procedure=np.empty(rows, dtype=np.int8),
        at=np.empty((len(INSTANTS), rows), dtype=np.int64),
        happened=np.zeros((len(INSTANTS), (rows + 7) // 8), dtype=np.uint8),
        state=np.empty(rows, dtype=np.int8),
        rounds=np.empty(rows, dtype=np.int8),
        verified=np.empty(rows, dtype=np.uint8),
    )
    _fill(files, first_ms, found.row, found.procedure, found.at, found.happened, found.state, found.rounds,
          found.verified)  # fmt: skip
    return found


@kernel
def _fill(
    files: Files, first_ms: int, row: NDArray[np.int64], number: NDArray[np.int8], at: NDArray[np.int64],
    happened: Bits, state: NDArray[np.int8], rounds: NDArray[np.int8], verified: Bits,
) -> None:  # fmt: skip
    where = 0
    for case in range(files.shape[0]):
        for procedure in range(files.shape[1]):
            file = files[case, procedure]
            if file.state == NOT_CHOSEN:
                continue
            row[where], number[where] = case, procedure
            state[where], rounds[where], verified[where] = file.state, file.rounds, file.verified == 1
            instants = (file.sent, file.received, file.taken_up, file.due, file.decided, file.collected)
            for which in range(len(instants)):
                happens = instants[which] != NEVER
                at[which, where] = instants[which] * _THOUSAND + first_ms
                happened[which, where >> 3] |= happens << (where & 7)
            where += 1
