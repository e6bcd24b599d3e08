"""The legal clock as arrays, for kernels: whole seconds since midnight of a first day, Vietnamese time.

The same answers as ``flow_model.working_time`` to the second: a test compares them at many instants.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from flow_model.errors import BadContract
from flow_model.working_time import CALENDAR, VIETNAM, WorkingCalendar
from simulator.book import Book
from simulator.compiled import inlined

UNITS = ("same_working_day", "working_days", "working_hours", "days")
DAY = 86_400
_MICROSECONDS = 1_000_000


class Span(NamedTuple):
    """The clock of some years, and the first day that its seconds are counted from."""

    first: date
    clock: Mapping[str, Any]

    def seconds(self, at: datetime) -> int:
        """An instant as kernels know it."""
        return int((at - datetime(*self.first.timetuple()[:3], tzinfo=VIETNAM)).total_seconds())

    def instant(self, seconds: int) -> datetime:
        """The instant of so many seconds."""
        return datetime(*self.first.timetuple()[:3], tzinfo=VIETNAM) + timedelta(seconds=int(seconds))


def span(first: date, years: int, calendar: WorkingCalendar = CALENDAR) -> Span:
    """The clock from a day on, for so many years and two more in which things come to their end."""
    length = (date(first.year + years + 2, 1, 1) - first).days
    days = [first + timedelta(days=number) for number in range(length)]
    worked = np.array([calendar.is_working_day(day) for day in days])
    sessions = np.array(calendar.sessions, dtype=np.int64)
    if (sessions % _MICROSECONDS).any():
        raise BadContract("working_days.toml", "sessions begin and end at whole seconds")
    if len(sessions) > 2:
        raise BadContract(
            "working_days.toml", "kernels know a morning and an afternoon, and no third session"
        )
    opens, closes = sessions[:, 0] // _MICROSECONDS, sessions[:, 1] // _MICROSECONDS
    cut_off = calendar.rules.cut_off
    clock = {
        "worked": worked,
        "before": np.concatenate(([0], np.cumsum(worked)[:-1])).astype(np.int32),
        "nth": np.flatnonzero(worked).astype(np.int32),
        # Without an afternoon, one of no length at the end of the day.
        "morning": opens[0],
        "afternoon": opens[1] if len(opens) > 1 else closes[0],
        "morning_length": closes[0] - opens[0],
        "afternoon_length": closes[1] - opens[1] if len(opens) > 1 else 0,
        "closing": closes[-1],
        "office_day": int((closes - opens).sum()),
        "day_of_second": 1 / int((closes - opens).sum()),
        "cut_off": (cut_off.hour * 60 + cut_off.minute) * 60 + cut_off.second,
    }
    return Span(first, clock)


def office_day(calendar: WorkingCalendar = CALENDAR) -> int:
    """The seconds that an office is open on a working day."""
    return calendar.office_day // _MICROSECONDS


def unit_number(unit: str) -> int:
    """The number of a limit's unit in kernels."""
    return UNITS.index(unit)


@inlined
def worked_today(book: Book, at: int) -> int:
    """Office seconds of its day that have passed; 0 on a day off."""
    day = at // DAY
    passed = at - day * DAY
    morning = min(max(passed - book.morning, 0), book.morning_length)
    afternoon = min(max(passed - book.afternoon, 0), book.afternoon_length)
    return (morning + afternoon) * book.worked[day]


@inlined
def office_time(book: Book, at: int) -> int:
    """Office seconds since the first day."""
    return book.before[at // DAY] * book.office_day + worked_today(book, at)


@inlined
def _instant(book: Book, day: int, worked: int) -> int:
    """When so many office seconds of a day have passed: rather where a session begins than where one ends."""
    before = book.morning if worked < book.morning_length else book.afternoon - book.morning_length
    return day * DAY + before + worked


@inlined
def next_open(book: Book, at: int) -> int:
    """The first instant not before this one when offices are open."""
    worked = worked_today(book, at)
    over = worked >= book.office_day
    # Without a branch: the place of this day, or of the next one that is worked, among working days.
    day = book.nth[book.before[at // DAY] + over]
    return _instant(book, day, 0 if over else worked)


@inlined
def add_working(book: Book, at: int, seconds: int) -> int:
    """The earliest instant by which so much office time has passed; it may be a closing instant."""
    if seconds == 0:
        return at
    wanted = seconds + worked_today(book, at) - 1
    # Whole days by multiplication, which may be off by one, where division takes ten times as long.
    whole = int(wanted * book.day_of_second)
    left = wanted - whole * book.office_day
    if left < 0:
        whole, left = whole - 1, left + book.office_day
    elif left >= book.office_day:
        whole, left = whole + 1, left - book.office_day
    return _instant(book, book.nth[book.before[at // DAY] + whole], left) + 1


@inlined
def due_at(book: Book, received: int, value: int, unit: int) -> int:
    """When a limit ends; ``unit`` is a place in ``UNITS``.

    Counted from the day itself if that is worked and the time not after the cut-off, else from the next.
    """
    if unit == 2:
        return add_working(book, next_open(book, received), value * 3600)
    day = received // DAY
    late = book.worked[day] * (received - day * DAY > book.cut_off)
    place = book.before[day] + late
    if unit == 1:
        place += value
    day = book.nth[place]
    if unit == 3:
        last = day + value
        day = last if book.worked[last] else book.nth[book.before[last]]
    return day * DAY + book.closing
