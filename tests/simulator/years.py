"""Small years for tests: a few communes, and the dossiers of an engine beside those of the oracle."""

from collections.abc import Callable
from datetime import date

import numpy as np

from simulator.beside import differences, walked
from simulator.clock import Span
from simulator.country import Country, country
from simulator.national import National
from simulator.oracle_citizen import Citizen
from simulator.world import Declared
from simulator.year import Lived, Wanted, families, live

Engine = Callable[[National, str, Country, Span, Declared, Wanted], Lived]
SINCE = date(2025, 1, 1)


def small_country(communes: int = 24) -> Country:
    """The first communes of the first province."""
    whole = country()
    return Country(whole.provinces, whole.province_of[:communes], np.array([0, 9, communes], dtype=np.int64))


def both(
    national: National, path: str, wanted: Wanted, place: Country, engine: Engine = live
) -> tuple[Lived, list[Citizen]]:
    """A year as an engine lives it, and as the oracle does."""
    spanned, who = families(national, place, wanted)
    lived = engine(national, path, place, spanned, who, wanted)
    return lived, walked(national, path, place, spanned, who, wanted)


def apart(lived: Lived, walks: list[Citizen]) -> list[str]:
    """Where the two differ, case by case and application by application."""
    return [f"case {number} {line}" for number, line in differences(lived, walks)]
