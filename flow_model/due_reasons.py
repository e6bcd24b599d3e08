"""The words in which a due date explains itself, in Vietnamese and English. No counting is done here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from flow_model.holiday_calendar import DayKind

Reception = Literal["in_time", "after_cut_off", "before_opening", "day_off", "hours"]

_WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_WORDS = {
    "vi": {
        "in_time": "Nhận lúc {time} {day}, không quá {cut_off}: tính từ chính ngày đó ({article}).",
        "after_cut_off": "Nhận lúc {time} {day}, sau {cut_off}: tính từ ngày làm việc kế tiếp, "
        "{counted} ({article}).",
        "before_opening": "Nhận lúc {time} {day}, trước giờ mở cửa: tính từ chính ngày đó ({article}).",
        "day_off": "Nhận lúc {time} {day}, là ngày nghỉ: tính từ ngày làm việc kế tiếp, {counted}.",
        "hours": "Nhận lúc {time} {day}: giờ làm việc tính từ {start}.",
        "same_working_day": "Thời hạn: ngay trong ngày làm việc tiếp nhận.",
        "working_days": "Thời hạn {value} ngày làm việc; ngày đầu tiên không tính ({first_day}).",
        "working_hours": "Thời hạn {value} giờ làm việc; chỉ tính giờ cơ quan mở cửa.",
        "days": "Thời hạn {value} ngày, tính cả ngày nghỉ; ngày đầu tiên không tính ({first_day}).",
        "moved": "Ngày cuối cùng là {day}, ngày nghỉ: chuyển sang ngày làm việc kế tiếp ({last_day}).",
        "skipped": "Không tính {days}: {reason}.",
        "worked": "{day} là ngày làm việc: {reason}.",
        "weekend": "nghỉ cuối tuần",
        "swapped": "ngày làm bù",
        "holiday": "nghỉ lễ",
        "and": " và ",
        "to": " đến ",
        "unchecked": "Lịch nghỉ năm {year} chưa được kiểm chứng.",
        "due": "Hạn: {time} {day}.",
    },
    "en": {
        "in_time": "Received at {time} on {day}, not after {cut_off}: counted from that day ({article}).",
        "after_cut_off": "Received at {time} on {day}, after {cut_off}: counted from the next working day, "
        "{counted} ({article}).",
        "before_opening": "Received at {time} on {day}, before opening: counted from that day ({article}).",
        "day_off": "Received at {time} on {day}, a day off: counted from the next working day, {counted}.",
        "hours": "Received at {time} on {day}: working hours run from {start}.",
        "same_working_day": "The limit is the working day of receipt itself.",
        "working_days": "The limit is {value} working days; the first day is not counted ({first_day}).",
        "working_hours": "The limit is {value} working hours; only the hours when offices are open count.",
        "days": "The limit is {value} days, days off included; the first day is not counted ({first_day}).",
        "moved": "The last day is {day}, a day off: it moves to the next working day ({last_day}).",
        "skipped": "Not counted: {days}, {reason}.",
        "worked": "{day} is a working day: {reason}.",
        "weekend": "weekend",
        "swapped": "a swapped day",
        "holiday": "public holiday",
        "and": " and ",
        "to": " to ",
        "unchecked": "The holidays of {year} are not verified.",
        "due": "Due: {time} on {day}.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFacts:
    """Everything that decided one due date. Days off and swapped days are those that mattered to it."""

    received_at: datetime
    reception: Reception
    counts_from: datetime
    value: int
    unit: str
    last_day: date | None
    special_days: Sequence[tuple[date, DayKind]]
    due_at: datetime
    cut_off: str
    cut_off_article: str
    first_day_article: str
    last_day_article: str
    unchecked_years: Sequence[int]


def sentences(facts: DueFacts, language: str) -> list[str]:
    """Short sentences, in the order in which a person would count. Raises ValueError for a language
    other than "vi" and "en"."""
    if language not in _WORDS:
        raise ValueError(f"due dates are explained in {' and '.join(_WORDS)}, not in {language!r}")
    words = _WORDS[language]
    told = [
        words[facts.reception].format(
            time=_time(facts.received_at),
            day=_day(facts.received_at, language),
            cut_off=facts.cut_off,
            article=facts.cut_off_article,
            counted=_day(facts.counts_from, language),
            start=f"{_time(facts.counts_from)} {_day(facts.counts_from, language)}",
        ),
        words[facts.unit].format(value=facts.value, first_day=facts.first_day_article),
    ]
    if facts.last_day is not None:
        moved = words["moved"].format(day=_day(facts.last_day, language), last_day=facts.last_day_article)
        told.append(moved)
    for kind, group in groupby(facts.special_days, key=lambda special: special[1]):
        told.extend(_special(kind, [day for day, _ in group], language))
    told.extend(words["unchecked"].format(year=year) for year in facts.unchecked_years)
    told.append(words["due"].format(time=_time(facts.due_at), day=_day(facts.due_at, language)))
    return [sentence[0].upper() + sentence[1:] for sentence in told]


def _special(kind: DayKind, days: Sequence[date], language: str) -> list[str]:
    """One sentence for each unbroken run of days that are special for the same reason."""
    words = _WORDS[language]
    reason = kind.name_vi
    if kind.kind == "weekend":
        reason = words["weekend"]
    elif kind.kind == "holiday":
        reason = f"{words['holiday']}, {kind.name_vi}" if kind.name_vi else words["holiday"]
    elif not reason:
        reason = words["swapped"]
    if kind.document:
        reason = f"{reason} ({kind.document})"
    if kind.is_worked:
        return [words["worked"].format(day=_day(day, language), reason=reason) for day in days]
    told = []
    for run in _runs(days):
        named = [_day(day, language) for day in run]
        joined = (
            named[0]
            if len(run) == 1
            else words["and" if len(run) == 2 else "to"].join(named[:: len(run) - 1])
        )
        told.append(words["skipped"].format(days=joined, reason=reason))
    return told


def _runs(days: Sequence[date]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _day(day: date, language: str) -> str:
    return f"{_WEEKDAYS[language][day.weekday()]} {day:%d/%m/%Y}"


def _time(at: datetime) -> str:
    return at.strftime("%H:%M") if at.second == at.microsecond == 0 else at.time().isoformat()
