"""The open hours inside a stretch of time, and the last of them in which a piece of work fits."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from flow_model.working_time import CALENDAR, in_vietnam


def open_sessions(begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of [begins, ends) in which offices are open, in order, none of them empty."""
    begins, ends = in_vietnam(begins), in_vietnam(ends)
    for number in range((ends.date() - begins.date()).days + 1):
        day = begins.date() + timedelta(days=number)
        if not CALENDAR.is_working_day(day):
            continue
        midnight = datetime.combine(day, time(), begins.tzinfo)
        for opens, closes in CALENDAR.sessions:
            first = max(begins, midnight + timedelta(microseconds=opens))
            last = min(ends, midnight + timedelta(microseconds=closes))
            if first < last:
                yield first, last


def work_begins(since: datetime, until: datetime, work: timedelta) -> datetime:
    """The instant from which ``work`` of office time is left before ``until``.

    Where there is less office time than that after ``since``, all of it is work.
    """
    begins = until
    for opens, closes in reversed(list(open_sessions(since, until))):
        if not work:
            break
        begins = closes - min(work, closes - opens)
        work -= closes - begins
    return begins
