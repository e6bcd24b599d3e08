"""Due dates against hand-counted ones and against their own laws, and how they explain themselves."""

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow_model.working_time import CALENDAR, UNITS
from tests.unit.instants import at, microseconds, moments

DUE_DATES = tomllib.loads(Path(__file__).with_name("due_dates.toml").read_text(encoding="utf-8"))["due"]


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
