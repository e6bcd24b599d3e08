"""The smallest staff: how many officers each desk needs so that it decides so many files on time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.country import Country
from simulator.national import National
from simulator.world import NEVER, Files
from simulator.year import Lived, Wanted, families, live

ENOUGH = 0.95
MOST = 12


def smallest_staff(
    year: National,
    path: str,
    place: Country,
    wanted: Wanted,
    done: Callable[[int, int], None] = lambda _at, _all: None,
) -> list[dict[str, Any]]:
    """By procedure: desks, officers they need in all, the most that one needs, desks that never get there.

    Every desk is tried with one officer, then two, and so on; the first number that is enough is its own.
    """
    spanned, who = families(year, place, wanted)
    needed: Any = None
    for officers in range(1, MOST + 1):
        desks = {name: replace(desk, officers=officers) for name, desk in year.desks.items()}
        lived = live(replace(year, desks=desks), path, place, spanned, who, wanted)
        timely = on_time_by_desk(lived, place, np.diff(who.begins))
        needed = np.where(np.isnan(timely), 0, MOST + 1) if needed is None else needed
        needed = np.where((needed > MOST) & (timely >= ENOUGH), officers, needed)
        done(officers, MOST)
        if not (needed > MOST).any():
            break
    return [_row(lived, place, needed, number) for number in range(len(lived.procedures))]


def _row(lived: Lived, place: Country, needed: Any, number: int) -> dict[str, Any]:
    procedure, own = lived.procedures[number], needed[number]
    enough = own[(own > 0) & (own <= MOST)]
    return {
        "procedure": procedure.id,
        "title_vi": procedure.title_vi,
        "title_en": procedure.title_en,
        "desks": int((own > 0).sum()),
        "officers": int(enough.sum()),
        "most_at_one_desk": int(enough.max()) if enough.size else 0,
        "never_enough": int((own > MOST).sum()),
        "communes": place.communes,
    }


def on_time_by_desk(lived: Lived, place: Country, sizes: Any) -> Any:
    """The share of files decided in time [procedures, communes]; NaN where a desk has none."""
    commune_of = np.repeat(np.arange(place.communes), sizes)
    first = place.areas[np.searchsorted(place.areas, commune_of, side="right") - 1]
    shares = []
    for number in range(len(lived.procedures)):
        shared = lived.desks["officers"][number, 1:].sum() < place.communes - 1
        shares.append(_shares(lived.files[:, number], first if shared else commune_of, place.communes))
    return np.array(shares)


def _shares(files: Files, desk: Any, desks: int) -> Any:
    come = (files["received"] != NEVER) & (files["decided"] != NEVER)
    timely = come & (files["decided"] <= files["due"])
    whole = np.bincount(desk[come], minlength=desks).astype(float)
    with np.errstate(invalid="ignore"):
        return np.bincount(desk[timely], minlength=desks) / np.where(whole == 0, np.nan, whole)
