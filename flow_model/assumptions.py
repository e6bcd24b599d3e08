"""What we believe, as data: handling times, queues, travel, consent; each with a source or "guess".

A draw is a function of (run seed, dossier, procedure, purpose), so both paths of one family, and the
live system and the simulator, have the same luck.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flow_model import chance
from flow_model.distributions import SHAPES, mean_of, value_at
from flow_model.errors import BadContract
from flow_model.reading import name_of, read_toml

UNITS = (
    "minutes",
    "working_minutes",
    "working_days",
    "share_of_limit",
    "probability",
    "seconds",
    "vnd",
    "hours",
)
ASSUMED_SHAPES = ("fixed", "uniform", "triangular", "lognormal", "exponential")


@dataclass(frozen=True)
class Assumption:
    """One believed quantity: its shape, unit and source."""

    name: str
    path: str
    procedure: str
    shape: str
    numbers: tuple[float, ...]
    unit: str
    source: str
    title_vi: str

    def at(self, quantile: float) -> float:
        """The value at a quantile in [0, 1): the inverse of the distribution function."""
        return value_at(self.shape, self.numbers, quantile)

    @property
    def mean(self) -> float:
        """Its mean."""
        return mean_of(self.shape, self.numbers)


class Assumptions:
    """The rows of one group's ``assumptions.toml``."""

    def __init__(self, where: str, document: Mapping[str, Any]) -> None:
        self.where = where
        self.rows = [_assumption(where, row) for row in document.get("assume", [])]
        self._by_key = {(row.name, row.path, row.procedure): row for row in self.rows}
        if len(self._by_key) != len(self.rows):
            raise BadContract(where, "two rows assume the same thing")

    def scaled(self, name: str, factor: float) -> "Assumptions":
        """The same beliefs, with one duration so many times as long: what if?"""
        copy = Assumptions(self.where, {})
        copy.rows = [
            replace(row, numbers=_scaled(row, factor)) if row.name == name else row for row in self.rows
        ]
        copy._by_key = {(row.name, row.path, row.procedure): row for row in copy.rows}
        return copy

    def find(self, name: str, path: str, procedure: str = "*") -> Assumption:
        """The row for a name: the most particular of (path, procedure); raises BadContract if none."""
        for key in ((name, path, procedure), (name, path, "*"), (name, "*", procedure), (name, "*", "*")):
            if key in self._by_key:
                return self._by_key[key]
        raise BadContract(self.where, f"nothing is assumed about {name} for {procedure} on the {path} path")

    def draw(
        self, name: str, path: str, procedure: str, seed: int, dossier: str | int, turn: int = 0
    ) -> float:
        """The drawn value; ``turn`` tells a second visit or round from the first."""
        row = self.find(name, path, procedure)
        return row.at(chance.uniform(seed, dossier, procedure, name, turn))

    def seconds(
        self, name: str, path: str, procedure: str, seed: int, dossier: str | int, turn: int = 0
    ) -> int:
        """A drawn duration in whole seconds; the unit must be minutes or working minutes."""
        row = self.find(name, path, procedure)
        if row.unit not in ("minutes", "working_minutes"):
            raise BadContract(self.where, f"{name} is no duration but {row.unit}")
        return round(60 * self.draw(name, path, procedure, seed, dossier, turn))


def load_assumptions(path: Path) -> Assumptions:
    """Read a group's ``assumptions.toml``; raises BadContract for a row without source or unit."""
    return Assumptions(name_of(path), read_toml(path))


def _assumption(where: str, row: Mapping[str, Any]) -> Assumption:
    for key in ("name", "unit", "source", "title_vi", "shape"):
        if key not in row:
            raise BadContract(where, f"the assumption {row.get('name', '?')} lacks {key}")
    if row["unit"] not in UNITS or row["shape"] not in ASSUMED_SHAPES:
        raise BadContract(where, f"the assumption {row['name']} has a wrong unit or shape")
    try:
        numbers = tuple(float(row[key]) for key in SHAPES[row["shape"]])
    except KeyError as missing:
        raise BadContract(where, f"the assumption {row['name']} lacks {missing}") from None
    if row["shape"] != "lognormal" and list(numbers) != sorted(numbers):
        raise BadContract(where, f"the numbers of {row['name']} are out of order")
    return Assumption(
        name=row["name"],
        path=row.get("path", "*"),
        procedure=row.get("procedure", "*"),
        shape=row["shape"],
        numbers=numbers,
        unit=row["unit"],
        source=row["source"],
        title_vi=row["title_vi"],
    )


def _scaled(row: Assumption, factor: float) -> tuple[float, ...]:
    """Of a lognormal the median alone: its second number is a spread of logarithms."""
    if row.shape == "lognormal":
        return (factor * row.numbers[0], row.numbers[1])
    return tuple(factor * number for number in row.numbers)
