"""Everything a kernel is given, as one record: the calendar, the law, the draws, who is away.

A record is handed on as one address; its arrays have fixed lengths, so that a kernel is compiled once for
every group, path and law. What is longer than that is refused when the book is written.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flow_model.errors import BadContract

PROCEDURES, KINDS, PAIRS, DRAWS, CLOSURES, DAYS = 8, 16, 16, 128, 64, 40 * 366
# A row of the record stands for one procedure (_P), kind of family, pair of procedure and party, or draw.
_P = (PROCEDURES,)
_FIELDS: dict[str, tuple[str, tuple[int, ...]]] = {
    # The calendar: which days are worked, how many before each, which is the n-th; a day.
    "worked": ("u1", (DAYS,)),
    "before": ("i4", (DAYS,)),
    "nth": ("i4", (DAYS,)),
    "morning": ("i8", ()),
    "morning_length": ("i8", ()),
    "afternoon": ("i8", ()),
    "afternoon_length": ("i8", ()),
    "closing": ("i8", ()),
    "office_day": ("i8", ()),
    "day_inverse": ("i8", ()),  # the part of an office day that a second is, times a power of two
    "cut_off": ("i8", ()),
    # The run.
    "seed": ("u8", ()),
    "queueing": ("u1", ()),
    # What is done as on the old path (simulator.ways).
    "sequential": ("u1", ()),
    "travels": ("u1", ()),
    "counters": ("u1", ()),
    "carries": ("u1", ()),
    # Shares of communes that send each other paper, and of families that come to a counter all the same.
    "paper_share": ("f8", ()),
    "counter_share": ("f8", ()),
    "procedures": ("i8", ()),
    "kinds_held": ("i8", ()),
    "closed": ("i8", ()),
    # The law. ``requires`` is a bit mask; limits are without and with verification.
    "visited": ("u1", _P),
    "requires": ("i8", _P),
    "issuer": ("i4", _P),
    "chosen": ("u1", (KINDS, PROCEDURES)),
    "limit_value": ("i4", (KINDS, PROCEDURES, 2)),
    "limit_unit": ("i4", (KINDS, PROCEDURES, 2)),
    "window_value": ("i4", _P),
    "window_unit": ("i4", _P),
    "supplement_value": ("i8", ()),
    "supplement_unit": ("i8", ()),
    # Families and what officers find. ``kinds`` are shares added up.
    "kinds": ("f8", (KINDS,)),
    "consents": ("u1", (KINDS, PAIRS)),
    "pairs_from": ("i4", _P),
    "pairs_until": ("i4", _P),
    "odds": ("f8", (PROCEDURES, 6)),
    # The names of draws that are no row of the table.
    "procedure_name": ("u8", _P),
    "party_name": ("u8", (PAIRS,)),
    "finding": ("u8", ()),
    "answering": ("u8", ()),
    "silence": ("u8", ()),
    "kind_name": ("u8", ()),
    "paper_name": ("u8", ()),
    "counter_name": ("u8", ()),
    # The table of draws, and where each procedure's stand in it.
    "shape": ("i1", (DRAWS,)),
    "numbers": ("f8", (DRAWS, 3)),
    "left": ("f8", (DRAWS,)),
    "width": ("f8", (DRAWS,)),
    "rise": ("f8", (DRAWS,)),
    "fall": ("f8", (DRAWS,)),
    "draw_procedure": ("u8", (DRAWS,)),
    "draw_purpose": ("u8", (DRAWS,)),
    "at_sync": ("i4", _P),
    "at_transfer": ("i4", _P),
    "at_acknowledge": ("i4", _P),
    "at_queue": ("i4", _P),
    "at_work": ("i4", _P),
    "at_share": ("i4", _P),
    "at_habit": ("i4", _P),
    "at_reply": ("i4", _P),
    "at_travel": ("i4", _P),
    "at_submit": ("i4", _P),
    "at_collect": ("i4", _P),
    "at_supply": ("i4", _P),
    "at_pause": ("i4", _P),
    "at_return": ("i4", _P),
    "at_correction": ("i4", _P),
    "at_consent": ("i4", (PAIRS,)),
    "at_consent_sync": ("i4", (PAIRS,)),
    "at_results": ("i8", ()),
    # Who is away, when; whether the counter is closed as well.
    "closed_procedure": ("i4", (CLOSURES,)),
    "closed_office": ("u1", (CLOSURES,)),
    "closed_from": ("i8", (CLOSURES,)),
    "closed_until": ("i8", (CLOSURES,)),
}
BOOK = np.dtype([(name, *rest) for name, rest in _FIELDS.items()], align=True)
Book: TypeAlias = Any  # a record of BOOK: numpy has no type for one, and numba knows it by its fields


def book_of(**content: Any) -> Book:
    """The record with this content; raises BadContract for what does not fit in."""
    missing = sorted(set(_FIELDS) - set(content))
    if missing:
        raise BadContract("simulator", f"the book lacks {', '.join(missing)}")
    record: NDArray[Any] = np.zeros(1, dtype=BOOK)
    for name, value in content.items():
        room = record[name][0]
        if np.ndim(room) == 0:
            record[name][0] = value
            continue
        given = np.asarray(value)
        if given.size == 0:
            continue
        if any(has > holds for has, holds in zip(given.shape, room.shape, strict=True)):
            raise BadContract("simulator", f"{name} is {given.shape}, and there is room for {room.shape}")
        room[tuple(slice(length) for length in given.shape)] = given
    return record[0]
