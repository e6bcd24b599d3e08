"""Distributions by their quantile function: a draw is a quantile in [0, 1) looked up in one of these.

No state and no chance of its own, so that live system and simulator draw the same value from the same luck.
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import exp, log1p, sqrt
from statistics import NormalDist

# What each shape needs, in this order. A percentile table is given as pairs instead.
SHAPES: dict[str, tuple[str, ...]] = {
    "fixed": ("value",),
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "lognormal": ("median", "sigma"),
    "exponential": ("mean",),
    "percentiles": ("table",),
}
_STANDARD = NormalDist()
# The normal quantile at 0 is minus infinity; a draw of exactly 0 means "as early as possible".
_LEAST = 2.0**-53


def value_at(shape: str, numbers: Sequence[float], quantile: float) -> float:
    """The value at a quantile in [0, 1): the inverse of the distribution function.

    ``lognormal`` is given by its median and the standard deviation of its logarithm.
    """
    match shape:
        case "fixed":
            return numbers[0]
        case "uniform":
            low, high = numbers
            return low + quantile * (high - low)
        case "triangular":
            low, mode, high = numbers
            return _triangular(low, mode, high, quantile)
        case "lognormal":
            median, sigma = numbers
            return median * exp(sigma * _STANDARD.inv_cdf(max(quantile, _LEAST)))
        case "exponential":
            return -numbers[0] * log1p(-quantile)
        case _:
            raise ValueError(f"no such shape: {shape}")


def mean_of(shape: str, numbers: Sequence[float]) -> float:
    """The mean of a distribution, in its own unit."""
    match shape:
        case "lognormal":
            median, sigma = numbers
            return median * exp(sigma * sigma / 2)
        case "fixed" | "uniform" | "triangular" | "exponential":
            return sum(numbers) / len(numbers)
        case _:
            raise ValueError(f"no such shape: {shape}")


def value_in_table(table: Sequence[tuple[float, float]], quantile: float) -> float:
    """The value at a quantile of a percentile table: pairs (percent, value), straight between two of them.

    Below the first and above the last percent the table's ends hold.
    """
    percents = [percent for percent, _ in table]
    wanted = quantile * 100
    place = bisect_right(percents, wanted)
    if place == 0:
        return table[0][1]
    if place == len(table):
        return table[-1][1]
    (before, low), (after, high) = table[place - 1], table[place]
    return low + (high - low) * (wanted - before) / (after - before)


def _triangular(low: float, mode: float, high: float, quantile: float) -> float:
    if high == low:
        return low
    left = (mode - low) / (high - low)
    if quantile < left:
        return low + sqrt(quantile * (high - low) * (mode - low))
    return high - sqrt((1 - quantile) * (high - low) * (high - mode))
