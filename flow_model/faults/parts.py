"""Pieces of faults: instants within the legal clock's reach, and delays."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from flow_model import chance
from flow_model.distributions import value_at, value_in_table
from flow_model.working_time import in_vietnam

Name = Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")]


def _in_reach(moment: datetime) -> datetime:
    """The legal clock knows the holidays of these years."""
    # The first look spares a conversion that overflows; what counts is the year in Vietnam.
    if not 1999 <= moment.year <= 2090 or not 2000 <= in_vietnam(moment).year < 2090:
        raise ValueError("the instant lies outside 2000 to 2089")
    return in_vietnam(moment)


Moment = Annotated[AwareDatetime, AfterValidator(_in_reach)]


class Closed(BaseModel):
    """Nothing may be added, and nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class Delay(Closed):
    """How much longer something takes, in minutes: fixed, uniform, lognormal, or a percentile table.

    ``table`` holds pairs (percent, minutes), percents rising.
    """

    shape: Literal["fixed", "uniform", "lognormal", "percentiles"] = "fixed"
    value: float | None = Field(None, ge=0, le=525_600)
    low: float | None = Field(None, ge=0, le=525_600)
    high: float | None = Field(None, ge=0, le=525_600)
    median: float | None = Field(None, gt=0, le=525_600)
    sigma: float | None = Field(None, ge=0, le=5)
    table: tuple[tuple[float, float], ...] = Field((), max_length=101)

    @model_validator(mode="after")
    def _whole(self) -> "Delay":
        if self.shape == "percentiles":
            percents = [percent for percent, _ in self.table]
            minutes = [value for _, value in self.table]
            rising = percents == sorted(set(percents)) and minutes == sorted(minutes)
            if len(self.table) < 2 or not rising or percents[0] < 0 or percents[-1] > 100:
                raise ValueError("a percentile table needs two rising pairs (percent, minutes) or more")
            return self
        numbers = self._numbers()
        if None in numbers:
            raise ValueError(f"a {self.shape} delay needs {' and '.join(_NEEDED[self.shape])}")
        if self.shape == "uniform" and list(numbers) != sorted(numbers):  # type: ignore[type-var]
            raise ValueError("low must not be above high")
        return self

    def _numbers(self) -> tuple[float | None, ...]:
        return tuple(getattr(self, name) for name in _NEEDED[self.shape])

    def minutes_at(self, quantile: float) -> float:
        """The minutes at a quantile in [0, 1)."""
        if self.shape == "percentiles":
            return value_in_table(self.table, quantile)
        return value_at(self.shape, [number for number in self._numbers() if number is not None], quantile)

    def seconds(self, seed: int, *names: str | int) -> int:
        """The drawn delay in whole seconds: a function of the seed and the names alone."""
        return round(60 * self.minutes_at(chance.uniform(seed, *names)))


_NEEDED = {"fixed": ("value",), "uniform": ("low", "high"), "lognormal": ("median", "sigma")}
