"""Where the days went: the saving split into causes that add up, whatever the order in which they are told.

Between the old path and the new one lie all ways in which some things are done as before and some as now.
What one cause saves depends on which others came before it; Shapley's share is its mean over all orders
(Shapley, 1953). The shares add up to the saving exactly.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.clock import office_time
from simulator.compiled import kernel
from simulator.country import Country
from simulator.figures import LEAST
from simulator.national import National
from simulator.ways import Ways
from simulator.world import NEVER, Cases
from simulator.year import Wanted, book_for, families, live

# What each switch is called where people look, in the order in which it is shown.
TITLES: Mapping[str, tuple[str, str]] = {
    "sequential": ("Làm song song, không chờ lần lượt", "steps in parallel"),
    "carries": ("Không phải nhận và mang giấy giữa các cơ quan", "no paper transfer"),
    "travels": ("Không phải đi lại, chờ giờ mở cửa", "no travel"),
    "counters": ("Không phải lấy số, xếp hàng ở quầy", "no queueing at counters"),
    "limits": ("Thời hạn ngắn hơn", "shorter limits"),
    "signs": ("Chờ xác nhận trên VNeID thay cho chữ ký", "waiting for confirmations by VNeID"),
}
NAMES = tuple(each.name for each in fields(Ways))
# No line of either path takes time to write a form, so writing it once saves no day; it saves hours.
RE_ENTRY = (
    "Không phải khai lại (không tính vào ngày, chỉ vào giờ công)",
    "no re-entry (in hours, not in days)",
)


@dataclass(frozen=True)
class Causes:
    """Mean working days of both paths over the dossiers that finish whichever way they go, and the shares."""

    dossiers: int
    old: float
    new: float
    shares: Mapping[str, float]

    def as_json(self, writing: float | None = None) -> dict[str, Any]:
        """The split as it is shown; what it is off by is rounding alone. ``writing``: the hours that it saves
        a dossier not to write the same again, which are no days of anybody's calendar."""
        rows = [
            {
                "cause": name,
                "title_vi": TITLES[name][0],
                "title_en": TITLES[name][1],
                "days": self.shares[name],
            }
            for name in TITLES
        ]
        again = {"cause": "re_entry", "title_vi": RE_ENTRY[0], "title_en": RE_ENTRY[1]}
        rows.append({**again, "days": 0.0, "hours": writing})
        saved = self.old - self.new
        return {
            "dossiers": self.dossiers,
            "old_working_days": self.old,
            "new_working_days": self.new,
            "saved_working_days": saved,
            "causes": rows,
            "off_by": saved - sum(self.shares.values()),
        }


def causes(
    year: National, place: Country, wanted: Wanted, done: Callable[[int, int], None] = lambda _at, _all: None
) -> Causes | None:
    """Live through every way between the paths, with the same families and the same luck.

    None where too few dossiers finish whichever way they go: a mean of them would be luck.
    """
    spanned, who = families(year, place, wanted)
    book, _ = book_for(year, "interlinked", spanned, wanted)
    finished = np.ones(who.at.shape[0], dtype=bool)
    worked: dict[frozenset[str], NDArray[np.int64]] = {}
    every = list(_subsets())
    for number, changed in enumerate(every):
        lived = live(year, _ways(changed), place, spanned, who, wanted)
        finished &= lived.cases["finished"] != NEVER
        worked[changed] = np.zeros(who.at.shape[0], dtype=np.int64)
        _office_seconds(book, lived.cases, worked[changed])
        done(number + 1, len(every))
    if finished.sum() < LEAST:
        return None
    day = spanned.clock["office_day"]
    means = {changed: float(seconds[finished].mean()) / day for changed, seconds in worked.items()}
    saved = {changed: means[frozenset()] - mean for changed, mean in means.items()}
    shares = {name: shapley(saved, NAMES, name) for name in NAMES}
    return Causes(int(finished.sum()), means[frozenset()], means[frozenset(NAMES)], shares)


def shapley(worth: Mapping[frozenset[str], float], names: tuple[str, ...], name: str) -> float:
    """The mean over all orders of what one name adds to those before it."""
    others, total = [each for each in names if each != name], 0.0
    for size in range(len(names)):
        weight = factorial(size) * factorial(len(names) - size - 1) / factorial(len(names))
        for before in combinations(others, size):
            added = worth[frozenset((*before, name))] - worth[frozenset(before)]
            total += weight * added
    return total


def _subsets() -> Iterator[frozenset[str]]:
    for size in range(len(NAMES) + 1):
        yield from map(frozenset, combinations(NAMES, size))


def _ways(changed: frozenset[str]) -> Ways:
    """The old path, with these things done as on the new one."""
    return Ways(**{name: name not in changed for name in NAMES})


@kernel
def _office_seconds(book: Book, cases: Cases, seconds: NDArray[np.int64]) -> None:
    """The office time from declaration to results; 0 for what never finishes."""
    for case in range(cases.shape[0]):
        one = cases[case]
        if one.finished != NEVER:
            seconds[case] = office_time(book, one.finished) - office_time(book, one.declared)
