"""A study: figures that measurement would give, causes that add up, sums that do not mind the order."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from flow_model.catalogue import catalogue
from measurement.durations import durations
from measurement.history import Span
from simulator.causes import NAMES, causes, shapley
from simulator.country import country
from simulator.figures import LEAST, between, by_day, quantile, share
from simulator.knobs import knobs, tornado
from simulator.staffing import smallest_staff
from simulator.study import Order, counted, lived, one_by_one, study
from simulator.tally import STEP, STEPS
from simulator.year import Wanted, national_year
from tests.simulator.years import SINCE, both, small_country

GROUPS = tuple(catalogue().groups)
LAWS = tuple(catalogue().group(GROUPS[0]).law.profiles)
SMALL = Order(GROUPS, LAWS[:1], 7, SINCE, days=120, dossiers=3000)


@pytest.mark.parametrize("group", GROUPS)
def test_the_causes_add_up_to_the_saving(group: str) -> None:
    year = national_year(catalogue().group(group), LAWS[0])
    split = causes(year, small_country(), Wanted(LAWS[0], 3, SINCE, days=90, share=0.0006))
    assert split is not None
    assert abs(split.old - split.new - sum(split.shares.values())) < 1e-9
    assert split.shares["limits"] > 0
    assert split.shares["carries"] > 0
    assert split.shares["signs"] <= 0, "waiting for a confirmation saves nothing"


def test_a_share_does_not_depend_on_the_order_of_names() -> None:
    worth = {frozenset(): 0.0, frozenset("a"): 1.0, frozenset("b"): 2.0, frozenset("ab"): 5.0}
    assert [shapley(worth, names, "a") for names in (("a", "b"), ("b", "a"))] == [2.0, 2.0]
    assert shapley(worth, ("a", "b"), "b") == 3.0
    assert len(NAMES) == 6


def test_lengths_are_those_that_measurement_gives() -> None:
    """The elapsed time of every dossier, by the code that measures the live system."""
    year = national_year(catalogue().group(GROUPS[0]), LAWS[0])
    wanted, place = Wanted(LAWS[0], 8, SINCE, days=60, share=0.0008), small_country()
    _, walks = both(year, "separate", wanted, place)
    calendar, working = np.zeros(STEPS, dtype=int), np.zeros(STEPS, dtype=int)
    for walk in walks:
        assert walk.finished_at is not None
        length = durations(Span(walk.dossier.declared_at, walk.finished_at, True))
        calendar[int(length.elapsed.total_seconds()) // STEP] += 1
        working[int(length.working.total_seconds()) // STEP] += 1
    counts = counted(year, ["separate"], place, wanted)["separate"]
    assert np.array_equal(counts.calendar.sum(axis=0), calendar)
    assert np.array_equal(counts.working.sum(axis=0), working)


def test_cells_may_be_added_in_any_order() -> None:
    cells = replace(SMALL, replications=3).cells()
    there, back = (
        study(replace(SMALL, replications=3), run) for run in (one_by_one, lambda _: one_by_one(cells[::-1]))
    )
    for each in (there, back):
        each.pop("replications")
    assert _sums(there) == _sums(back)


def _sums(document: dict) -> list:  # type: ignore[type-arg]
    return [
        (each["group"], path, figures["dossiers"], figures["elapsed_working_days"])
        for each in document["studies"]
        for path, figures in each["paths"].items()
    ]


def test_each_replication_has_luck_of_its_own_and_the_first_has_the_seed() -> None:
    one, two = (cell for cell in replace(SMALL, groups=GROUPS[:1], replications=2).cells())
    assert one.seed == SMALL.seed != two.seed
    assert not np.array_equal(lived(one)["separate"].working, lived(two)["separate"].working)


def test_a_second_law_stands_beside_the_first() -> None:
    document = study(replace(SMALL, laws=LAWS[:2], groups=GROUPS[:1]))
    assert [each["law"] for each in document["studies"]] == sorted(LAWS[:2])
    legal = [each["paths"]["interlinked"]["legal"][0]["value"] for each in document["studies"]]
    assert legal[0] != legal[1]


def test_few_dossiers_are_not_enough_data() -> None:
    counts = np.zeros(STEPS, dtype=np.int64)
    counts[10] = LEAST - 1
    assert quantile(counts, 0.5, 28_800).value is None
    counts[10] = LEAST
    assert quantile(counts, 0.5, 28_800).value == 10 * STEP / 28_800
    assert share(3, LEAST - 1).value is None
    wilson = share(0, 100)
    assert (wilson.value, wilson.low) == (0.0, 0.0)
    assert wilson.high is not None
    assert 0.03 < wilson.high < 0.04


def test_days_of_a_histogram_hold_every_dossier_once() -> None:
    counts = np.zeros(STEPS, dtype=np.int64)
    counts[[0, 31, 32, 64]] = (1, 2, 3, 4)  # an office day of eight hours has thirty-two steps
    assert by_day(counts, 32 * STEP) == [3, 3, 4]
    assert by_day(np.zeros(STEPS, dtype=np.int64), 32 * STEP) == []


def test_an_interval_between_replications_needs_two_of_them() -> None:
    rows = [{"a": {"value": value}} for value in (1.0, 2.0, 3.0)]
    assert between(rows[:1], "a", "value").value is None
    found = between(rows, "a", "value")
    assert found.value == 2.0
    assert found.low == pytest.approx(2 - 4.303 / 3**0.5)


def test_every_knob_costs_days_or_nothing_and_the_widest_comes_first() -> None:
    year = national_year(catalogue().group(GROUPS[0]), LAWS[0])
    rows = tornado(year, small_country(), Wanted(LAWS[0], 3, SINCE, days=120, share=0.004))
    widths = [abs(row["worst_days"] - row["best_days"]) for row in rows]
    assert widths == sorted(widths, reverse=True)
    assert {row["knob"] for row in rows} == {knob.id for knob in knobs()}
    assert all(row["worst_days"] > row["best_days"] for row in rows if row["knob"] != "staffing")
    assert {row["group_en"] for row in rows} == {
        "institutions",
        "infrastructure",
        "data",
        "security",
        "resources",
    }


def test_more_files_at_a_desk_need_more_officers() -> None:
    year = national_year(catalogue().group(GROUPS[0]), LAWS[0])
    few, many = (
        smallest_staff(year, "interlinked", small_country(), Wanted(LAWS[0], 3, SINCE, days=120, share=part))
        for part in (0.001, 0.06)
    )
    assert sum(row["officers"] for row in many) > sum(row["officers"] for row in few)
    assert all(row["desks"] >= 1 for row in few)


def test_the_country_before_july_2025_has_its_old_provinces() -> None:
    today, before = country(), country(before_2025=True)
    assert (len(today.provinces), today.communes) == (34, 3_321)
    assert (len(before.provinces), before.communes) == (63, 10_035)
    for place in (today, before):
        assert (np.diff(place.province_of) >= 0).all()
        assert place.areas[0] == 0
        assert place.areas[-1] == place.communes
        assert len(np.unique(place.province_of)) == len(place.provinces)


def test_as_many_families_come_as_are_expected() -> None:
    document = study(Order(GROUPS[:1], LAWS[:1], 1, date(2025, 1, 1), dossiers=20_000))
    come = document["studies"][0]["paths"]["interlinked"]["dossiers"]
    assert abs(come - 20_000) < 4 * 20_000**0.5
