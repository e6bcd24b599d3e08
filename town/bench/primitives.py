"""What no engine can do without: the draws, the calendar both ways, a sort, a scan over the desk, the store.

Each is measured by a kernel that does it and nothing else, and counted as often as a year needs it at least;
consents, absences and whatever else is rare are not counted at all.
"""

from collections.abc import Callable, Mapping
from math import exp, sqrt
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.compiled import Bits, kernel
from simulator.draws import FIXED, LOGNORMAL, TRIANGULAR, UNIFORM
from simulator.normal import normal_quantile
from simulator.world import CASE, FILE, GRANTED, NEVER
from simulator.year import Lived

MANY = 400_000
_DAY, _LEAST = 86_400, 2.0**-53


@kernel
def _hash(state: Bits, key: Bits) -> Bits:
    z = (state ^ key) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@kernel
def _quantile(case: int) -> float:
    state = _hash(_hash(_hash(np.uint64(case), np.uint64(11)), np.uint64(12)), np.uint64(0))
    return float((state >> np.uint64(11)) * _LEAST)


@kernel
def _hashes(many: int) -> int:
    total = 0.0
    for case in range(many):
        total += _quantile(case)
    return int(total)


@kernel
def _uniforms(many: int) -> int:
    total = 0
    for case in range(many):
        total += int(np.rint(60 * (5.0 + _quantile(case) * 40.0)))
    return total


@kernel
def _triangulars(many: int) -> int:
    total, low, mode, high = 0, 5.0, 20.0, 45.0
    for case in range(many):
        quantile = _quantile(case)
        if quantile < (mode - low) / (high - low):
            drawn = low + sqrt(quantile * (high - low) * (mode - low))
        else:
            drawn = high - sqrt((1 - quantile) * (high - low) * (high - mode))
        total += int(np.rint(60 * drawn))
    return total


@kernel
def _lognormals(many: int) -> int:
    total = 0
    for case in range(many):
        total += int(np.rint(60 * 20.0 * exp(0.7 * normal_quantile(max(_quantile(case), _LEAST)))))
    return total


@kernel
def _calendar(book: Book, instants: NDArray[np.int64]) -> int:
    """An instant as office time, and an office time as an instant; no division, and no loop over sessions."""
    total, shift = 0, 46
    inverse, of_day = (1 << shift) // book.office_day + 1, (1 << 48) // _DAY + 1
    first, second = book.morning, book.afternoon
    morning, afternoon = book.morning_length, book.afternoon_length
    for case in range(instants.shape[0]):
        at = instants[case]
        number = (at * of_day) >> 48
        passed, day = at - number * _DAY, np.uint64(number)
        today = min(max(passed - first, 0), morning) + min(max(passed - second, 0), afternoon)
        wanted = book.before[day] * book.office_day + today * book.worked[day] + 1_800
        whole = ((wanted - 1) * inverse) >> shift
        left = wanted - whole * book.office_day
        total += book.nth[np.uint64(whole)] * _DAY + left + (first if left <= morning else second - morning)
    return int(total)


@kernel
def _sorts(tickets: NDArray[np.int64], each: int, top: int) -> int:
    """By as many buckets as there are, and then past the few neighbours that are out of order."""
    placed, ends = np.empty(each, dtype=np.int64), np.empty(each + 1, dtype=np.int64)
    scale = each / top
    for start in range(0, tickets.shape[0] - each, each):
        ends[:] = 0
        for number in range(start, start + each):
            ends[int(tickets[number] * scale) + 1] += 1
        for bucket in range(each):
            ends[bucket + 1] += ends[bucket]
        for number in range(start, start + each):
            bucket = int(tickets[number] * scale)
            placed[ends[bucket]] = tickets[number]
            ends[bucket] += 1
        for number in range(1, each):
            ticket, at = placed[number], number
            while at > 0 and placed[at - 1] > ticket:
                placed[at] = placed[at - 1]
                at -= 1
            placed[at] = ticket
        tickets[start : start + each] = placed
    return int(tickets[0])


@kernel
def _scan(comes: NDArray[np.int64], works: NDArray[np.int64], opened: NDArray[np.int64]) -> int:
    free = 0
    for number in range(comes.shape[0]):
        opened[number] = max(comes[number], free)
        free = opened[number] + works[number]
    return int(free)


@kernel
def _store(rows: NDArray[np.int64]) -> int:
    for number in range(rows.shape[0]):
        for column in range(rows.shape[1]):
            rows[number, column] = number
    return int(rows.shape[0])


def unit_costs(book: Book, files_of_a_desk: int) -> dict[str, float]:
    """CPU nanoseconds of each primitive, once; of the store, a byte."""
    rng = np.random.default_rng(1)
    comes = np.sort(rng.integers(0, MANY * 100, MANY))
    works, opened = rng.integers(1, 150, MANY), np.empty(MANY, dtype=np.int64)
    top = 1 << 52
    tickets, instants = rng.integers(0, top, MANY), rng.integers(0, 360 * _DAY, MANY)
    rows = np.empty((MANY, 4), dtype=np.int64)
    each = max(2, min(files_of_a_desk, MANY // 2))
    kernels: Mapping[str, Callable[[], Any]] = {
        "hash": lambda: _hashes(MANY),
        "uniform": lambda: _uniforms(MANY),
        "triangular": lambda: _triangulars(MANY),
        "lognormal": lambda: _lognormals(MANY),
        "calendar": lambda: _calendar(book, instants),
        "sort": lambda: _sorts(tickets.copy(), each, top),
        "scan": lambda: _scan(comes, works, opened),
        "byte": lambda: _store(rows),
    }
    times = {}
    for name, run in kernels.items():
        began = process_time()
        run()
        times[name] = (process_time() - began) / MANY * 1e9
    return times | {"byte": times["byte"] / 32}


def counted(book: Book, lived: Lived) -> dict[str, float]:
    """How often a year needs each, at the least."""
    counts = dict.fromkeys(("hash", "uniform", "triangular", "lognormal", "calendar", "sort", "scan"), 0.0)
    names = {FIXED: "", UNIFORM: "uniform", TRIANGULAR: "triangular", LOGNORMAL: "lognormal"}
    carries = bool(book["carries"])
    counts["hash"] += len(lived.cases)  # of which kind a family is
    counts["byte"] = float(lived.cases.size * CASE.itemsize + lived.files.size * FILE.itemsize)
    for place in range(len(lived.procedures)):
        column = lived.files[:, place]
        sent, granted = int((column["sent"] != NEVER).sum()), int((column["state"] == GRANTED).sum())
        rounds = int(np.maximum(column["rounds"], 0).sum())
        opened, collected = int(lived.desks["opened"][place].sum()), int((column["collected"] != NEVER).sum())
        needs = {"at_acknowledge": sent, "at_work": opened, "at_share": granted, "at_reply": rounds}
        if book["visited"][place]:
            needs |= {"at_travel": sent, "at_submit": sent, "at_collect": collected, "at_pause": sent}
        else:
            needs |= {"at_sync": sent}
        for name, many in needs.items():
            shape = names[int(book["shape"][book[name][place]])]
            if shape:
                counts[shape] += many
        counts["hash"] += opened  # what the officer finds
        # Acknowledged, due, the officer free again, decided; on the old path served, fetched, and on again.
        counts["calendar"] += 2 * sent + opened + granted + (2 * sent + collected if carries else 0)
        counts["sort"] += sent
        counts["scan"] += opened
    return counts
