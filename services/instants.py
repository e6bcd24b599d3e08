"""Instants at the edges: in bodies they are RFC 3339, in the store they are the same text, always +07:00.

One spelling and one offset make the text sort as the instants do.
"""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, WithJsonSchema

from flow_model.working_time import CALENDAR, in_vietnam


class OutsideCalendar(ValueError):
    """An instant that the working calendar does not know."""

    message_vi = "Ngày này nằm ngoài các năm mà lịch làm việc biết."
    message_en = "This day lies outside the years that the working calendar knows."


def in_calendar(at: datetime) -> datetime:
    """The instant in Vietnam's zone; OutsideCalendar when the working calendar does not reach it."""
    try:
        at = in_vietnam(at)
        CALENDAR.day_kind(at.date())
    except ValueError:
        raise OutsideCalendar(OutsideCalendar.message_en) from None
    return at


Instant = Annotated[
    AwareDatetime,
    AfterValidator(in_calendar),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-09T08:30:00+07:00"]}),
]


def text_of(at: datetime) -> str:
    """The instant as it is stored and shown."""
    return in_vietnam(at).isoformat()


def instant_of(text: str) -> datetime:
    """The instant that a stored text means."""
    return in_vietnam(datetime.fromisoformat(text))


def instant_or_none(text: str | None) -> datetime | None:
    """The same for a text that may be missing."""
    return None if text is None else instant_of(text)
