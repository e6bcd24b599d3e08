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
from simulator.compiled import Index, inlined

UNITS = ("same_working_day", "working_days", "working_hours", "days")
DAY = 86_400
_MICROSECONDS = 1_000_000
# Whole days by multiplication, where division takes ten times as long; exact for seconds of 31 bits.
_SHIFT, _DAY_SHIFT = 46, 48
_DAY_INVERSE = (1 << _DAY_SHIFT) // DAY + 1


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
        "day_inverse": (1 << _SHIFT) // int((closes - opens).sum()) + 1,
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
def day_of(at: int) -> Index:
    """The day of an instant, counted from the first."""
    return np.uint64((at * _DAY_INVERSE) >> _DAY_SHIFT)


@inlined
def office_time(book: Book, at: int) -> int:
    """Office seconds since the first day."""
    day = day_of(at)
    passed = at - np.int64(day) * DAY
    morning = min(max(passed - book.morning, 0), book.morning_length)
    afternoon = min(max(passed - book.afternoon, 0), book.afternoon_length)
    return book.before[day] * book.office_day + (morning + afternoon) * book.worked[day]


@inlined
def instant_of(book: Book, moment: int) -> int:
    """The instant of a moment.

    A moment is office time: twice the office seconds since the first day, and one more where it means the
    instant at which offices open again, rather than the one at which so much time has passed. Sums and
    comparisons of moments are sums and comparisons of numbers.
    """
    whole, passed = _day_of(book, moment)
    return book.nth[np.uint64(whole)] * DAY + passed


@inlined
def _day_of(book: Book, moment: int) -> tuple[int, int]:
    """The place of a moment's day among working days, and the seconds of that day that have passed."""
    opens = moment & 1
    worked = (moment >> 1) - 1 + opens
    whole = (worked * book.day_inverse) >> _SHIFT
    left = worked - whole * book.office_day
    # Without a branch, which would be guessed wrong every other time.
    noon = (left >= book.morning_length) * (book.afternoon - book.morning_length - book.morning)
    return whole, book.morning + noon + left + 1 - opens


@inlined
def opening(book: Book, at: int) -> int:
    """The moment of the first instant not before this one when offices are open."""
    return 2 * office_time(book, at) + 1


@inlined
def after(moment: int, seconds: int) -> int:
    """The moment by which so much office time has passed."""
    return 2 * ((moment >> 1) + seconds) if seconds else moment


@inlined
def next_open(book: Book, at: int) -> int:
    """The first instant not before this one when offices are open."""
    return instant_of(book, opening(book, at))


@inlined
def add_working(book: Book, at: int, seconds: int) -> int:
    """The earliest instant by which so much office time has passed; it may be a closing instant."""
    return instant_of(book, 2 * (office_time(book, at) + seconds)) if seconds else at


@inlined
def falls_due(book: Book, received: int, value: int, unit: int) -> tuple[int, int]:
    """The moment at which a limit ends that is counted from a moment, and its instant.

    ``unit`` is a place in ``UNITS``. Counted from the day itself if the time is not after the cut-off, else
    from the next working day.
    """
    if unit == 2:
        ends = after(received | 1, value * 3600)
        return ends, instant_of(book, ends)
    whole, passed = _day_of(book, received)
    return _closing(book, whole + (passed > book.cut_off), value, unit)


@inlined
def due_at(book: Book, at: int, value: int, unit: int) -> int:
    """The same for any instant, on a day off too."""
    if unit == 2:
        return instant_of(book, after(opening(book, at), value * 3600))
    day = day_of(at)
    late = book.worked[day] * (at - np.int64(day) * DAY > book.cut_off)
    return _closing(book, book.before[day] + late, value, unit)[1]


@inlined
def _closing(book: Book, place: int, value: int, unit: int) -> tuple[int, int]:
    """The end of office hours so long after the working day of that place: the moment, and the instant."""
    last = place + value * (unit == 1)
    if unit == 3:
        last = book.before[np.uint64(book.nth[np.uint64(place)] + value)]
    return 2 * (last + 1) * book.office_day, book.nth[np.uint64(last)] * DAY + book.closing
