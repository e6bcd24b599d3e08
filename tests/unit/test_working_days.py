"""Working days against announced calendars and against their own laws, and the declaration of days off."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow_model.holiday_calendar import WORKING_DAYS_TOML, load_rules
from flow_model.working_time import CALENDAR, load_calendar
from tests.unit.instants import at

CULTURE_DAY = date(2026, 11, 24)


# Days


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2023-01-20", "2023-01-26"),
        ("2023-04-29", "2023-05-03"),
        ("2023-09-01", "2023-09-04"),
        ("2024-02-08", "2024-02-14"),
        ("2024-04-27", "2024-05-01"),
        ("2024-08-31", "2024-09-03"),
        ("2025-01-25", "2025-02-02"),
        ("2025-04-30", "2025-05-04"),
        ("2025-08-30", "2025-09-02"),
        ("2026-01-01", "2026-01-04"),
        ("2026-02-14", "2026-02-22"),
        ("2026-04-25", "2026-04-27"),
        ("2026-08-29", "2026-09-02"),
    ],
)
def test_an_announced_holiday_runs_from_its_first_day_to_its_last(first: str, last: str) -> None:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    assert CALENDAR.add_working_days(start - timedelta(days=1), 1) == end + timedelta(days=1)
    assert CALENDAR.is_working_day(start - timedelta(days=1)) or start.weekday() in (5, 6)


def test_exactly_four_saturdays_and_no_sunday_are_worked_from_2023_to_2027() -> None:
    days = (date(2023, 1, 1) + timedelta(days=number) for number in range(5 * 365 + 1))
    worked = [day for day in days if day.weekday() >= 5 and CALENDAR.is_working_day(day)]
    assert worked == [date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)]
    assert {CALENDAR.day_kind(day).kind for day in worked} == {"swapped_working"}


@pytest.mark.parametrize(("year", "expected"), [(2023, 249), (2024, 251), (2025, 250), (2026, 250)])
def test_a_year_has_the_working_days_of_its_announced_calendar(year: int, expected: int) -> None:
    # By hand: weekdays of the year, less weekdays off, plus worked Saturdays. 260 - 11; 262 - 12 + 1;
    # 261 - 12 + 1; 261 - 13 + 2.
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == expected


def test_the_swap_of_january_2026_is_known_with_its_document() -> None:
    off, worked = CALENDAR.day_kind(date(2026, 1, 2)), CALENDAR.day_kind(date(2026, 1, 10))
    assert (off.kind, off.document) == ("holiday", "12729/VPCP-KGVX")
    assert (worked.kind, worked.document) == ("swapped_working", "12729/VPCP-KGVX")


def test_a_day_says_what_it_is() -> None:
    assert CALENDAR.day_kind(date(2024, 7, 1)).kind == "working"
    assert CALENDAR.day_kind(date(2024, 7, 6)).kind == "weekend"
    assert CALENDAR.day_kind(date(2026, 2, 17)).name_vi == "Tết Nguyên Đán"
    assert CALENDAR.day_kind(date(2026, 8, 22)).name_vi == "Làm bù cho ngày 31/08/2026"


def test_culture_day_is_off_only_when_somebody_switches_it_on() -> None:
    switched = load_calendar(switched_on=frozenset({CULTURE_DAY}))
    assert CALENDAR.is_working_day(CULTURE_DAY)
    assert not switched.is_working_day(CULTURE_DAY)
    assert switched.day_kind(CULTURE_DAY).name_vi == "Ngày Văn hóa Việt Nam"
    assert switched.due_at(at("2026-11-23 10:00"), 1, "working_days") == at("2026-11-25 17:00")
    # In 2029 it falls on a Saturday; the Monday that replaces it goes with the switch too.
    assert CALENDAR.is_working_day(date(2029, 11, 26))
    assert not switched.is_working_day(date(2029, 11, 26))


def test_only_a_declared_switch_can_be_switched_on() -> None:
    with pytest.raises(ValueError, match=r"no switch for 2026-11-25; the switches .* are 2026-11-24"):
        load_calendar(switched_on={date(2026, 11, 25)})
    with pytest.raises(ValueError, match="no switch for 2026-01-02"):
        load_calendar(switched_on={date(2026, 1, 2)})


@given(st.dates(date(2022, 1, 1), date(2027, 12, 31)), st.integers(1, 300))
def test_the_nth_working_day_has_n_working_days_behind_it(day: date, n: int) -> None:
    reached = CALENDAR.add_working_days(day, n)
    assert CALENDAR.is_working_day(reached)
    assert CALENDAR.working_days_between(day, reached) == n
    assert n == sum(
        CALENDAR.is_working_day(day + timedelta(days=number + 1)) for number in range((reached - day).days)
    )


# The declaration


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('confidence = "inferred"', 'confidence = "sure"', "2025-01-27: confidence 'sure' is not one of"),
        ("date = 2026-01-10", "date = 2026-01-02", "gives the same day twice: 2026-01-02"),
        ("date = 2026-01-10", "date = 2026-01-10T00:00:00", "date must be a day like"),
        ("yearly = true", "every_year = true", "2026-11-24: .*every_year"),
        ("yearly = true", "yearly = 1", "2026-11-24: yearly must be a bool"),
        ("opens = 13:00:00", "opens = 11:00:00", "must be in time order"),
    ],
)
def test_a_wrong_row_stops_at_start_and_names_itself(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = WORKING_DAYS_TOML.read_text(encoding="utf-8")
    assert old in text
    wrong = tmp_path / "working_days.toml"
    wrong.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_rules(wrong)
