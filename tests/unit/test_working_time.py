"""Office time against a slow obvious clock and against its own laws, and instants as they may be written."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow_model.working_time import CALENDAR, VIETNAM
from tests.unit.instants import at, instants, microseconds, moments

# Office time


def slow_is_open(moment: datetime) -> bool:
    clock = moment.time()
    hours = time(7, 30) <= clock < time(11, 30) or time(13) <= clock < time(17)
    return hours and CALENDAR.is_working_day(moment.date())


def stretches(a: datetime, b: datetime) -> Iterator[tuple[timedelta, bool]]:
    """[a, b] cut at every edge of a day or session, each piece with whether offices are open in it."""
    clocks = [time(0), time(7, 30), time(11, 30), time(13), time(17)]
    cuts = [a]
    day = a.date()
    while day <= b.date():
        cuts += [cut for clock in clocks if a < (cut := datetime.combine(day, clock, tzinfo=VIETNAM)) < b]
        day += timedelta(days=1)
    cuts.append(b)
    for start, end in pairwise(cuts):
        yield end - start, slow_is_open(start)


@pytest.mark.parametrize("start", ["2024-05-03 16:59:57", "2026-01-09 11:29:58", "2023-01-19 07:29:59"])
def test_counting_second_by_second_over_two_days_gives_the_same(start: str) -> None:
    a = at(start)
    open_seconds = 0
    for second in range(2 * 86_400):
        now = a + timedelta(seconds=second)
        if second % 7_001 == 0:
            assert CALENDAR.working_time_between(a, now) == timedelta(seconds=open_seconds)
        open_seconds += slow_is_open(now)
    assert CALENDAR.working_time_between(a, a + timedelta(days=2)) == timedelta(seconds=open_seconds)


@given(instants, st.integers(0, 3 * 86_400 * 1_000_000))
def test_office_time_and_closed_time_make_the_whole_time(a: datetime, length: int) -> None:
    b = a + microseconds(length)
    pieces = list(stretches(a, b))
    closed = sum((piece for piece, is_open in pieces if not is_open), timedelta())
    worked = CALENDAR.working_time_between(a, b)
    assert worked + closed == b - a
    assert worked == sum((piece for piece, is_open in pieces if is_open), timedelta())


@given(st.lists(moments, min_size=3, max_size=6))
def test_office_time_adds_up_over_any_split(cuts: list[datetime]) -> None:
    cuts.sort()
    parts = [CALENDAR.working_time_between(a, b) for a, b in pairwise(cuts)]
    assert sum(parts, timedelta()) == CALENDAR.working_time_between(cuts[0], cuts[-1])


@given(moments, st.integers(1, 3_000_000))
def test_adding_office_seconds_is_undone_by_measuring_them(start: datetime, seconds: int) -> None:
    end = CALENDAR.add_working_seconds(start, seconds)
    wanted = timedelta(seconds=seconds)
    assert CALENDAR.working_time_between(start, end) == wanted
    assert CALENDAR.working_time_between(start, end - microseconds(1)) < wanted


@given(moments, st.integers(0, 2_000_000), st.integers(0, 2_000_000))
def test_adding_office_seconds_in_two_steps_is_adding_them_at_once(
    start: datetime, one: int, two: int
) -> None:
    in_two = CALENDAR.add_working_seconds(CALENDAR.add_working_seconds(start, one), two)
    assert in_two == CALENDAR.add_working_seconds(start, one + two)


@given(moments)
def test_the_next_opening_is_open_and_nothing_opens_before_it(moment: datetime) -> None:
    opening = CALENDAR.next_open(moment)
    assert CALENDAR.is_open(opening)
    assert CALENDAR.working_time_between(moment, opening) == timedelta()
    assert (opening == moment) == CALENDAR.is_open(moment) == slow_is_open(moment)


def test_offices_are_closed_at_the_closing_instants_and_open_at_the_opening_ones() -> None:
    opened = [CALENDAR.is_open(at(f"2024-07-01 {clock}")) for clock in ("07:30", "11:30", "13:00", "17:00")]
    assert opened == [True, False, True, False]
    assert CALENDAR.next_open(at("2024-07-01 11:30")) == at("2024-07-01 13:00")
    assert CALENDAR.next_open(at("2024-07-05 17:00")) == at("2024-07-08 07:30")


def test_an_hour_from_four_o_clock_ends_at_the_closing_instant() -> None:
    assert CALENDAR.add_working_seconds(at("2024-07-01 16:00"), 3600) == at("2024-07-01 17:00")
    assert CALENDAR.add_working_seconds(at("2024-07-01 16:00"), 3601) == at("2024-07-02 07:30:01")
    assert CALENDAR.add_working_seconds(at("2024-07-01 20:00"), 0) == at("2024-07-01 20:00")


def test_measuring_a_month_takes_less_than_fifty_microseconds() -> None:
    a, b = at("2025-01-10 09:00"), at("2025-02-09 10:00")
    rounds = []
    for _ in range(20):
        start = perf_counter()
        for _ in range(100):
            CALENDAR.working_time_between(a, b)
        rounds.append((perf_counter() - start) / 100)
    assert min(rounds) < 50e-6


# Instants


@given(instants)
@settings(max_examples=50)
def test_the_same_instant_in_another_zone_gets_the_same_answers(moment: datetime) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    assert CALENDAR.due_at(elsewhere, 3, "working_days") == CALENDAR.due_at(moment, 3, "working_days")
    assert CALENDAR.next_open(elsewhere).isoformat() == CALENDAR.next_open(moment).isoformat()
    assert CALENDAR.working_time_between(elsewhere, moment) == timedelta()


def test_the_fixed_offset_reads_as_the_named_zone() -> None:
    try:
        named = ZoneInfo("Asia/Ho_Chi_Minh")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time-zone data, and the clock does not need any")
    for year in range(1990, 2101):
        for month in (1, 7):
            moment = datetime(year, month, 1, 12, tzinfo=UTC)
            assert moment.astimezone(named).isoformat() == moment.astimezone(VIETNAM).isoformat()


def test_a_naive_datetime_is_turned_away_with_advice() -> None:
    naive = datetime(2024, 7, 1, 9)  # noqa: DTZ001
    with pytest.raises(ValueError, match=r"2024-07-01T09:00:00 has no time zone.*tzinfo=VIETNAM"):
        CALENDAR.due_at(naive, 3, "working_days")
    with pytest.raises(ValueError, match="no time zone"):
        CALENDAR.working_time_between(at("2024-07-01 09:00"), naive)


def test_questions_that_make_no_sense_are_turned_away() -> None:
    monday = at("2024-07-01 09:00")
    with pytest.raises(ValueError, match="unknown unit of a limit: 'weeks'; the units are same_working_day"):
        CALENDAR.due_at(monday, 1, "weeks")
    with pytest.raises(ValueError, match="-1 working_days: the legal clock counts forward only"):
        CALENDAR.due_at(monday, -1, "working_days")
    with pytest.raises(ValueError, match="give the earlier one first"):
        CALENDAR.working_time_between(monday, monday - microseconds(1))
    with pytest.raises(ValueError, match="is an instant; ask with its day"):
        CALENDAR.is_working_day(monday)
    with pytest.raises(ValueError, match="explained in vi and en, not in 'fr'"):
        CALENDAR.explain_due(monday, 1, "working_days", "fr")


def test_the_calendar_says_which_years_it_knows() -> None:
    assert CALENDAR.next_working_day(date(1990, 1, 1)) == date(1990, 1, 2)
    for day in (date(1989, 12, 31), date(2101, 1, 1)):
        with pytest.raises(ValueError, match=f"knows the years 1990 to 2100, not {day.year}"):
            CALENDAR.is_working_day(day)
    with pytest.raises(ValueError, match="not 2101"):
        CALENDAR.next_open(at("2100-12-31 18:00"))
    with pytest.raises(ValueError, match="outside the years"):
        CALENDAR.is_open(datetime.max.replace(tzinfo=UTC))
