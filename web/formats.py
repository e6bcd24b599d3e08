"""How dates and numbers are written: dd/mm/yyyy everywhere, numbers as the language has them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from babel.numbers import format_decimal, format_percent

from chassis.clock import VIETNAM
from chassis.language import Language

NOTHING = "–"
_WEEKDAYS = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
When = date | datetime | str | None


def as_day(value: date | str) -> date:
    """A day, from a day, an instant or their text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return value.date() if isinstance(value, datetime) else value


def as_instant(value: datetime | str) -> datetime:
    """An instant in Vietnam's zone."""
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    return value.astimezone(VIETNAM)


def day(value: When) -> str:
    """``05/10/2026``."""
    return f"{as_day(value):%d/%m/%Y}" if value else NOTHING


def short_day(value: When) -> str:
    """``05/10``."""
    return f"{as_day(value):%d/%m}" if value else NOTHING


def clock(value: datetime | str | None) -> str:
    """``09:24``."""
    return f"{as_instant(value):%H:%M}" if value else NOTHING


def moment(value: datetime | str | None) -> str:
    """``09:24 05/10/2026``."""
    return f"{as_instant(value):%H:%M %d/%m/%Y}" if value else NOTHING


def filters_for(language: Language) -> dict[str, Callable[..., str]]:
    """The filters of the templates of one language."""

    def number(value: float | None, digits: int = 2) -> str:
        if value is None:
            return NOTHING
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=language)

    def percent(value: float | None, digits: int = 0) -> str:
        if value is None:
            return NOTHING
        pattern = "#,##0" + ("." + "#" * digits if digits else "") + "%"
        return format_percent(value, format=pattern, locale=language)

    def money(value: int | None) -> str:
        return NOTHING if value is None else f"{number(value, 0)} đ"

    def weekday(value: Any) -> str:
        return _WEEKDAYS[language][as_day(value).weekday()]

    return {
        "day": day,
        "short_day": short_day,
        "clock": clock,
        "moment": moment,
        "number": number,
        "percent": percent,
        "money": money,
        "weekday": weekday,
    }
