"""When families declare: a Poisson process in each commune, faster and slower with week, month and hour."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flow_model.chance import name_key
from simulator.clock import DAY
from simulator.compiled import Bits, kernel
from simulator.country import Season
from simulator.draws import mix, uniform
from simulator.world import Declared

_HOUR = 3600
_PURPOSE = name_key("arrival")


class Rhythm(NamedTuple):
    """Shares of all declarations that have come by the end of each day [days], and of an hour of one [24]."""

    days: NDArray[np.float64]
    hours: NDArray[np.float64]


def rhythm(season: Season, first: date, since: date, days: int) -> Rhythm:
    """The rhythm of so many days since a date, counted in days from ``first``."""
    weights = [0.0] * (since - first).days
    for number in range(days):
        day = since + timedelta(days=number)
        weights.append(season.week[day.weekday()] * season.year[day.month - 1])
    hours = np.cumsum(season.day)
    return Rhythm(np.cumsum(weights) / sum(weights), hours / hours[-1])


def declared(rhythm: Rhythm, seed: int, expected: NDArray[np.float64], first_key: int) -> Declared:
    """Dossiers of communes where so many are expected; each commune's are numbered from a key of its own."""
    keys = first_key + (np.arange(expected.shape[0], dtype=np.int64) << 24)
    room = (expected + 12 * np.sqrt(expected) + 30).astype(np.int64)
    at = np.empty(int(room.sum()), dtype=np.int64)
    begins = _arrive(rhythm, np.uint64(seed % 2**64), expected, keys, room, at, np.uint64(_PURPOSE))
    return Declared(begins, keys, at[: begins[-1]])


@kernel
def _arrive(
    rhythm: Rhythm,
    seed: Bits,
    expected: NDArray[np.float64],
    keys: NDArray[np.int64],
    room: NDArray[np.int64],
    at: NDArray[np.int64],
    purpose: Bits,
) -> NDArray[np.int64]:
    """Exponential gaps in a time in which declarations come evenly, then when that is on the calendar.

    Fills ``at``, commune after commune, and says where each begins.
    """
    begins = np.zeros(expected.shape[0] + 1, dtype=np.int64)
    for commune in range(expected.shape[0]):
        state = mix(mix(seed) ^ np.uint64(keys[commune]))
        passed, number, day, first = 0.0, 0, 0, begins[commune]
        while number < room[commune]:
            gap = uniform(state, purpose, purpose, number)
            passed -= np.log1p(-gap) / max(expected[commune], 1e-12)
            if passed >= 1.0:
                break
            while rhythm.days[day] <= passed:
                day += 1
            before = rhythm.days[day - 1] if day > 0 else 0.0
            share = (passed - before) / (rhythm.days[day] - before)
            at[first + number] = day * DAY + _of_day(rhythm.hours, share)
            number += 1
        begins[commune + 1] = first + number
    return begins


@kernel
def _of_day(hours: NDArray[np.float64], share: float) -> int:
    hour = 0
    while hour < hours.shape[0] - 1 and hours[hour] <= share:
        hour += 1
    before = hours[hour - 1] if hour > 0 else 0.0
    within = (share - before) / (hours[hour] - before)
    return hour * _HOUR + min(int(within * _HOUR), _HOUR - 1)
