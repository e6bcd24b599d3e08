"""The legal clock against hand-counted dates, against a slow obvious clock, and against its own laws."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow_model.holiday_calendar import WORKING_DAYS_TOML, load_rules
from flow_model.working_time import CALENDAR, UNITS, VIETNAM, load_calendar

CULTURE_DAY = date(2026, 11, 24)
DUE_DATES = tomllib.loads(Path(__file__).with_name("due_dates.toml").read_text(encoding="utf-8"))["due"]

# The first question about a year builds it; a property test would call its first example too slow.
for _year in range(2022, 2031):
    CALENDAR.is_working_day(date(_year, 1, 1))


def at(text: str) -> datetime:
    """Vietnam time, written "2024-05-04 15:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def microseconds(count: int) -> timedelta:
    return timedelta(microseconds=count)


instants = st.datetimes(
    min_value=datetime(2023, 1, 1),  # noqa: DTZ001
    max_value=datetime(2027, 12, 20),  # noqa: DTZ001
    timezones=st.just(VIETNAM),
)
# Most bugs live at the edges of a session, so half of the instants are drawn there.
edges = st.builds(
    lambda day, edge, shift: datetime.combine(day, edge, tzinfo=VIETNAM) + microseconds(shift),
    st.dates(date(2023, 1, 2), date(2027, 12, 20)),
    st.sampled_from([time(0), time(7, 30), time(11, 30), time(13), time(15), time(17)]),
    st.sampled_from([-1, 0, 1]),
)
moments = instants | edges


# Due dates


@pytest.mark.parametrize(
    "row", DUE_DATES, ids=lambda row: f"{row['received_at']:%Y-%m-%d %H:%M:%S} {row['why']}"
)
def test_a_due_date_is_what_a_person_counts_on_a_wall_calendar(row: dict[str, Any]) -> None:
    due = CALENDAR.due_at(row["received_at"], row["value"], row["unit"])
    assert due == row["due_at"], row["why"]
    assert due.isoformat() == row["due_at"].isoformat()


def test_the_table_of_due_dates_covers_five_years_and_every_unit() -> None:
    assert len(DUE_DATES) >= 45
    assert {row["due_at"].year for row in DUE_DATES} == {2023, 2024, 2025, 2026, 2027}
    assert {row["unit"] for row in DUE_DATES} == set(UNITS)


def test_a_dossier_at_15_00_00_counts_today_and_one_second_later_tomorrow() -> None:
    assert CALENDAR.counted_from(at("2024-07-01 15:00:00")) == date(2024, 7, 1)
    assert CALENDAR.counted_from(at("2024-07-01 15:00:01")) == date(2024, 7, 2)


@given(moments, moments, st.integers(0, 40), st.sampled_from(UNITS))
def test_who_comes_later_is_never_due_earlier(a: datetime, b: datetime, value: int, unit: str) -> None:
    a, b = min(a, b), max(a, b)
    assert CALENDAR.due_at(a, value, unit) <= CALENDAR.due_at(b, value, unit)


@given(moments, st.integers(1, 40), st.sampled_from(UNITS))
def test_a_due_date_lies_after_the_cut_off_of_a_working_day_or_inside_office_time(
    received: datetime, value: int, unit: str
) -> None:
    due = CALENDAR.due_at(received, value, unit)
    assert CALENDAR.is_working_day(due.date())
    assert CALENDAR.is_open(due - microseconds(1))
    assert unit == "working_hours" or due.time() == time(17)


@given(moments, st.integers(0, 30))
def test_a_limit_in_working_days_has_that_many_working_days_after_the_first(
    received: datetime, n: int
) -> None:
    counted = CALENDAR.counted_from(received)
    due = CALENDAR.due_at(received, n, "working_days").date()
    assert CALENDAR.working_days_between(counted, due) == n


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


# Words


def test_a_due_date_explains_itself_in_vietnamese() -> None:
    told = CALENDAR.explain_due(at("2024-04-26 15:00:01"), 3, "working_days")
    assert told == [
        "Nhận lúc 15:00:01 thứ Sáu 26/04/2024, sau 15:00: tính từ ngày làm việc kế tiếp, thứ Năm 02/05/2024 "
        "(Nghị định 63/2024/NĐ-CP, Điều 7).",
        "Thời hạn 3 ngày làm việc; ngày đầu tiên không tính (Bộ luật Dân sự 2015, Điều 147 khoản 2).",
        "Không tính thứ Bảy 27/04/2024 và Chủ nhật 28/04/2024: nghỉ cuối tuần.",
        "Không tính thứ Hai 29/04/2024: nghỉ lễ, Ngày nghỉ hoán đổi với 04/05/2024 (2450/VPCP-KGVX).",
        "Không tính thứ Ba 30/04/2024: nghỉ lễ, Ngày Chiến thắng.",
        "Không tính thứ Tư 01/05/2024: nghỉ lễ, Ngày Quốc tế Lao động.",
        "Thứ Bảy 04/05/2024 là ngày làm việc: Làm bù cho ngày 29/04/2024 (2450/VPCP-KGVX).",
        "Không tính Chủ nhật 05/05/2024: nghỉ cuối tuần.",
        "Hạn: 17:00 thứ Hai 06/05/2024.",
    ]


def test_a_moved_last_day_explains_itself_in_english() -> None:
    told = CALENDAR.explain_due(at("2026-08-17 10:00"), 15, "days", "en")
    assert told == [
        "Received at 10:00 on Mon 17/08/2026, not after 15:00: counted from that day "
        "(Nghị định 63/2024/NĐ-CP, Điều 7).",
        "The limit is 15 days, days off included; the first day is not counted "
        "(Bộ luật Dân sự 2015, Điều 147 khoản 2).",
        "The last day is Tue 01/09/2026, a day off: it moves to the next working day "
        "(Bộ luật Dân sự 2015, Điều 148 khoản 5).",
        "Not counted: Tue 01/09/2026 and Wed 02/09/2026, public holiday, Quốc khánh.",
        "Due: 17:00 on Thu 03/09/2026.",
    ]


def test_a_year_whose_holidays_are_guessed_says_so() -> None:
    assert "Lịch nghỉ năm 2027 chưa được kiểm chứng." in CALENDAR.explain_due(
        at("2026-12-31 15:30"), 1, "working_days"
    )
    assert not any("kiểm chứng" in told for told in CALENDAR.explain_due(at("2026-12-30 09:00"), 1, "days"))


@given(moments, st.integers(0, 40), st.sampled_from(UNITS), st.sampled_from(["vi", "en"]))
def test_an_explanation_ends_with_the_due_date(
    received: datetime, value: int, unit: str, language: str
) -> None:
    due = CALENDAR.due_at(received, value, unit)
    told = CALENDAR.explain_due(received, value, unit, language)
    assert f"{due:%H:%M}" in told[-1]
    assert f"{due:%d/%m/%Y}" in told[-1]
    assert not any("{" in sentence for sentence in told)


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


def test_measuring_a_month_takes_less_than_fifty_microseconds() -> None:
    a, b = at("2025-01-10 09:00"), at("2025-02-09 10:00")
    rounds = []
    for _ in range(20):
        start = perf_counter()
        for _ in range(100):
            CALENDAR.working_time_between(a, b)
        rounds.append((perf_counter() - start) / 100)
    assert min(rounds) < 50e-6
