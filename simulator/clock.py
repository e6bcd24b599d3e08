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
from simulator.compiled import kernel

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
    opens, closes = sessions[:, 0] // _MICROSECONDS, sessions[:, 1] // _MICROSECONDS
    lengths = closes - opens
    cut_off = calendar.rules.cut_off
    clock = dict(
        worked=worked,
        before=np.concatenate(([0], np.cumsum(worked)[:-1])).astype(np.int32),
        nth=np.flatnonzero(worked).astype(np.int32),
        opens=opens,
        closes=closes,
        earlier=np.concatenate(([0], np.cumsum(lengths)[:-1])),
        sessions=len(opens),
        office_day=int(lengths.sum()),
        day_of_second=1 / int(lengths.sum()),
        cut_off=(cut_off.hour * 60 + cut_off.minute) * 60 + cut_off.second,
    )
    return Span(first, clock)


def office_day(calendar: WorkingCalendar = CALENDAR) -> int:
    """The seconds that an office is open on a working day."""
    return calendar.office_day // _MICROSECONDS


def unit_number(unit: str) -> int:
    """The number of a limit's unit in kernels."""
    return UNITS.index(unit)


@kernel
def worked_today(book: Book, at: int) -> int:
    """Office seconds of its day that have passed; 0 on a day off."""
    day = at // DAY
    passed, total = at - day * DAY, 0
    for session in range(book.sessions):
        total += min(max(passed - book.opens[session], 0), book.closes[session] - book.opens[session])
    return total * book.worked[day]


@kernel
def office_time(book: Book, at: int) -> int:
    """Office seconds since the first day."""
    return book.before[at // DAY] * book.office_day + worked_today(book, at)


@kernel
def next_open(book: Book, at: int) -> int:
    """The first instant not before this one when offices are open."""
    day = at // DAY
    if book.worked[day]:
        passed = at - day * DAY
        for session in range(book.sessions):
            if passed < book.closes[session]:
                return max(at, day * DAY + book.opens[session])
    following = book.before[day] + book.worked[day]
    return book.nth[following] * DAY + book.opens[0]


@kernel
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
    day = book.nth[book.before[at // DAY] + whole]
    session = 0
    while session < book.sessions - 1 and left >= book.earlier[session + 1]:
        session += 1
    return day * DAY + book.opens[session] + left + 1 - book.earlier[session]


@kernel
def counted_from(book: Book, at: int) -> int:
    """The working day on which a dossier is taken to be received."""
    day = at // DAY
    if book.worked[day] and at - day * DAY <= book.cut_off:
        return day
    return book.nth[book.before[day] + book.worked[day]]


@kernel
def due_at(book: Book, received: int, value: int, unit: int) -> int:
    """When a limit ends; ``unit`` is a place in ``UNITS``."""
    if unit == 2:
        return add_working(book, next_open(book, received), value * 3600)
    counted = counted_from(book, received)
    closing = book.closes[book.sessions - 1]
    if unit == 0 or value == 0:
        day = counted
    elif unit == 1:
        day = book.nth[book.before[counted] + book.worked[counted] + value - 1]
    else:
        day = counted + value
    if unit == 3 and not book.worked[day]:
        day = book.nth[book.before[day]]
    return day * DAY + closing
