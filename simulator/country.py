"""The places of the national year: provinces, communes, and the areas of communes that share an office.

Since 1 July 2025: 34 provinces and 3,321 communes with their official codes, from the package
vietnam-provinces. Before that: 63 and 10,035, of which only the numbers are known here.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FILE = Path(__file__).with_name("country.toml")


@dataclass(frozen=True)
class Country:
    """``province_of`` [communes] is a place in ``provinces``; ``areas`` [areas + 1] where areas begin."""

    provinces: tuple[str, ...]
    province_of: NDArray[np.int32]
    areas: NDArray[np.int64]

    @property
    def communes(self) -> int:
        """How many communes there are."""
        return int(self.province_of.shape[0])

    def part(self, since: int, until: int) -> "Country":
        """The areas [since, until), counted from 0."""
        first, last = self.areas[since], self.areas[until]
        return Country(self.provinces, self.province_of[first:last], self.areas[since : until + 1] - first)

    def only(self, provinces: Sequence[int]) -> "Country":
        """The country of these provinces alone."""
        kept = np.flatnonzero(np.isin(self.province_of, provinces))
        return _country(self.provinces, self.province_of[kept])


@dataclass(frozen=True)
class Season:
    """How declarations spread: by day of the week, month and hour; 1 is the mean of the first two."""

    week: tuple[float, ...]
    year: tuple[float, ...]
    day: tuple[float, ...]


@cache
def believed() -> Mapping[str, Any]:
    """The file ``country.toml``."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def season() -> Season:
    """How declarations spread over weeks, years and days."""
    row = believed()["season"]
    return Season(tuple(row["week"]), tuple(row["year"]), tuple(row["day"]))


def country(*, before_2025: bool = False) -> Country:
    """The country of today, or of the time before 1 July 2025."""
    package = find_spec("vietnam_provinces")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("vietnam-provinces is not installed: it holds the list of communes")
    nested = json.loads((Path(package.origin).parent / "data" / "nested-divisions.json").read_bytes())
    names = tuple(str(province["name"]) for province in nested)
    sizes = [len(province["wards"]) for province in nested]
    if not before_2025:
        return _country(names, np.repeat(np.arange(len(names), dtype=np.int32), sizes))
    return _before(nested, sizes)


def _before(nested: Sequence[Mapping[str, Any]], sizes: Sequence[int]) -> Country:
    old = believed()["before_2025"]
    names: list[str] = []
    homes: list[int] = []
    total, done, today = int(old["communes"]), 0, 0
    for province, size in zip(nested, sizes, strict=True):
        today += size
        until = total * today // sum(sizes)  # today's communes split evenly, to the last of them
        parts = old["provinces"][f"{province['code']:02d}"]
        places = np.arange(until - done) * len(parts) // (until - done)
        homes += (places + len(names)).tolist()
        names += parts
        done = until
    return _country(tuple(names), np.array(homes, dtype=np.int32))


def _country(names: tuple[str, ...], province_of: NDArray[np.int32]) -> Country:
    each = int(believed()["areas"]["communes_each"])
    begins: list[int] = []
    for province in np.unique(province_of):
        first, last = np.searchsorted(province_of, [province, province + 1])
        parts = max(1, round((last - first) / each))
        begins += [int(first + (last - first) * part // parts) for part in range(parts)]
    return Country(names, province_of, np.array([*begins, province_of.shape[0]], dtype=np.int64))
