"""What a referee says, in both languages."""

from datetime import datetime
from typing import NamedTuple

from flow_model.events import Event
from flow_model.group import Procedure
from flow_model.limits import Limit


class Both(NamedTuple):
    """One sentence in Vietnamese and in English."""

    vi: str
    en: str


UNITS = {
    "same_working_day": Both("trong ngày làm việc", "the same working day"),
    "working_days": Both("ngày làm việc", "working day(s)"),
    "working_hours": Both("giờ làm việc", "working hour(s)"),
    "days": Both("ngày", "day(s)"),
    "minutes": Both("phút", "minute(s)"),
}


def clock(at: datetime) -> Both:
    """An instant as each language writes it."""
    return Both(f"{at:%H:%M:%S %d/%m/%Y}", f"{at:%Y-%m-%d %H:%M:%S}")


def name_of(procedure: Procedure) -> Both:
    """The names of a procedure."""
    return Both(procedure.title_vi, procedure.title_en)


def length_of(limit: Limit) -> Both:
    """So much time, in the law's own unit."""
    unit = UNITS[limit.unit]
    if limit.unit == "same_working_day":
        return unit
    return Both(f"{limit.value} {unit.vi}", f"{limit.value} {unit.en}")


def at_the_latest(limit: Limit, due: datetime) -> Both:
    """Until when, and because of which length."""
    until, length = clock(due), length_of(limit)
    return Both(f"chậm nhất {until.vi} ({length.vi})", f"by {until.en} at the latest ({length.en})")


def told(event: Event) -> Both:
    """An event by its number and kind, as the log shows it."""
    when = clock(event.at)
    return Both(f"sự kiện {event.sequence} {event.kind} lúc {when.vi}", _told_en(event, when.en))


def _told_en(event: Event, when: str) -> str:
    return f"event {event.sequence} {event.kind} at {when}"
