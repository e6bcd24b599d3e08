"""Kernels count time and draw luck as the live system does: to the second, and to the last bit."""

from datetime import date
from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray

from flow_model import chance
from flow_model.assumptions import Assumption
from flow_model.catalogue import catalogue
from flow_model.chance import name_key
from flow_model.errors import BadContract
from flow_model.working_time import CALENDAR
from simulator import clock, draws
from simulator.book import book_of
from simulator.normal import normal_quantile
from simulator.plan import Kind, compile_plan
from simulator.ways import SEPARATE
from simulator.year import Wanted, book_for, families, national_year
from tests.simulator.years import small_country

SPAN = clock.span(date(2025, 1, 1), 1)


@pytest.fixture(scope="module")
def book() -> object:
    """The book of any group: its clock is that of all."""
    group = next(iter(catalogue().groups.values()))
    wanted = Wanted(law=group.law.default.id, seed=7, since=date(2025, 1, 1))
    year = national_year(group, wanted.law)
    spanned, _ = families(year, small_country(), wanted)
    return book_for(year, "separate", spanned, wanted)[0]


def test_a_day_is_found_by_multiplication_at_every_midnight_that_31_bits_hold() -> None:
    midnights = np.arange(0, 2**31, 86_400)
    for side in (-1, 0):
        day = [int(clock.day_of(int(at))) for at in midnights[1:] + side]
        assert day == ((midnights[1:] + side) // 86_400).tolist()


def moments(number: int = 3000) -> NDArray[np.int64]:
    """Instants all over two years, and the seconds around every session."""
    sessions = (0, 27_000, 41_400, 46_800, 54_000, 61_200)
    edges = [day * 86_400 + at + side for day in range(120, 135) for at in sessions for side in (-1, 0, 1)]
    return np.concatenate((np.random.default_rng(3).integers(0, 700 * 86_400, number), edges))


def test_office_time_and_the_next_opening_are_those_of_the_calendar(book: object) -> None:
    for at in map(int, moments()):
        told = SPAN.instant(at)
        assert clock.next_open(book, at) == SPAN.seconds(CALENDAR.next_open(told)), told
        passed = CALENDAR.working_time_between(SPAN.instant(0), told).total_seconds()
        assert clock.office_time(book, at) == passed, told


def test_working_time_is_added_as_the_calendar_adds_it(book: object) -> None:
    for number, at in enumerate(map(int, moments())):
        seconds = (0, 1, 28_800, 28_801, number * 37)[number % 5]
        expected = CALENDAR.add_working_seconds(SPAN.instant(at), seconds)
        assert clock.add_working(book, at, seconds) == SPAN.seconds(expected), (SPAN.instant(at), seconds)


@pytest.mark.parametrize("unit", clock.UNITS)
def test_limits_end_when_the_calendar_says(book: object, unit: str) -> None:
    for number, at in enumerate(map(int, moments(1000))):
        expected = CALENDAR.due_at(SPAN.instant(at), number % 23, unit)
        told = clock.due_at(book, at, number % 23, clock.unit_number(unit))
        assert told == SPAN.seconds(expected), (SPAN.instant(at), number % 23)


def test_a_draw_is_the_live_system_s_to_the_last_bit() -> None:
    shapes = {
        "fixed": (30.0,),
        "uniform": (1.0, 90.5),
        "triangular": (5.0, 20.25, 110.0),
        "lognormal": (45.0, 0.8),
        "exponential": (35.0,),
    }
    table, rows = draws.DrawTable(), []
    for shape, numbers in shapes.items():
        row = Assumption(shape, "*", "*", shape, numbers, "minutes", "guess", "")
        rows.append((row, table.place(row, "who")))
    book = book_with(table)
    for key in range(500):
        luck = np.uint64(draws.of_dossier(np.uint64(7), key))
        for row, place in rows:
            expected = row.at(chance.uniform(7, key, "who", row.name, 3))
            assert draws.value(book, place, luck, 3) == expected
            assert draws.seconds(book, place, luck, 3) == round(60 * expected)


def book_with(table: draws.DrawTable) -> object:
    """A book in which only this table of draws is filled in."""
    group = next(iter(catalogue().groups.values()))
    wanted = Wanted(law=group.law.default.id, seed=7, since=date(2025, 1, 1))
    year = national_year(group, wanted.law)
    spanned, _ = families(year, small_country(), wanted)
    record, _ = book_for(year, "separate", spanned, wanted)
    for name, values in table.content().items():
        record[name][: len(values)] = values
    return record


def test_the_normal_quantile_is_that_of_the_statistics_module() -> None:
    for quantile in (*np.random.default_rng(1).random(2000) ** 3, 2.0**-53, 0.5, 1 - 2.0**-53):
        assert normal_quantile(quantile) == NormalDist().inv_cdf(quantile)


def test_names_are_numbers_of_64_bits() -> None:
    assert draws.mix(np.uint64(name_key("a"))) == chance.splitmix64(name_key("a"))


def test_what_does_not_fit_into_the_book_is_refused() -> None:
    with pytest.raises(BadContract, match="lacks"):
        book_of(worked=[1])
    group = next(iter(catalogue().groups.values()))
    kind = Kind("odd", 1.0, (group.procedures[-1].id,))

    with pytest.raises(BadContract):
        compile_plan(group, SEPARATE, group.law.default.id, [kind], {})
