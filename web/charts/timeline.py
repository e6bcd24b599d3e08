"""The procedures of a case on a calendar: what was done when, and until when the law allowed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from flow_model.working_time import CALENDAR
from web.charts.svg import drawing, element, hatch, lines_of
from web.formats import clock, short_day
from web.race.lanes import Axis, Row

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 1120.0, 196.0, 112.0, 40.0, 56.0, 22.0
_MOST_DATES = 18


@dataclass(frozen=True)
class Limit:
    """From receipt to the due time of one procedure, in minutes of the axis."""

    starts: float
    ends: float
    words: str


@dataclass(frozen=True)
class TimelineRow:
    """One procedure: where it lay, its limit, and what it is called."""

    row: Row
    title: str
    agency: str
    limit: Limit | None
    where: Callable[[str], str]
    late: bool
    ended: str


@dataclass(frozen=True)
class Line:
    """A line over all rows: the whole limit, or now."""

    minute: float
    words: str
    class_: str


def timeline(
    rows: Sequence[TimelineRow], axis: Axis, lines: Sequence[Line], title: str, description: str
) -> Markup:
    """The picture."""
    height = TOP + ROW * len(rows) + 26

    def x(minute: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * max(0.0, minute) / axis.minutes

    parts = [element("defs", hatch("off-case", "off-line")), *_days(axis, x, height)]
    for number, each in enumerate(rows):
        parts += _procedure(each, TOP + ROW * number, x)
    for line in lines:
        at = x(line.minute)
        late = at > WIDTH - 220
        parts.append(element("line", class_=f"mark {line.class_}", x1=at, x2=at, y1=TOP - 8, y2=height - 22))
        parts.append(
            element(
                "text",
                line.words,
                class_=f"mark {line.class_}",
                x=at - 4 if late else at + 4,
                y=height - 8,
                text_anchor="end" if late else "start",
            )
        )
    return drawing("timeline", WIDTH, height, title, description, parts)


def _procedure(each: TimelineRow, top: float, x: Callable[[float], float]) -> list[Markup]:
    names = lines_of(each.title, 26, 2)
    parts = [
        element(
            "text",
            *(element("tspan", name, x=0, y=top + 12 + 16 * at) for at, name in enumerate(names)),
            element("tspan", each.agency, x=0, y=top + 12 + 16 * len(names), class_="dim"),
            class_="row-label",
        )
    ]
    if each.limit is not None:
        parts.append(
            element(
                "rect",
                element("title", each.limit.words),
                class_="limit late" if each.late else "limit",
                x=x(each.limit.starts),
                y=top - 2,
                width=max(2.0, x(each.limit.ends) - x(each.limit.starts)),
                height=BAR + 12,
                rx=4,
            )
        )
    if each.row.ends is not None:
        done = "✓" if each.row.outcome == "granted" else "✕"
        parts.append(
            element(
                "text",
                f"{done} {each.ended}",
                class_=f"ended {each.row.outcome}",
                x=x(each.row.ends) + 6,
                y=top + 20,
            )
        )
    for segment in each.row.segments:
        tall = segment.where in ("desk", "trouble")
        parts.append(
            element(
                "rect",
                element("title", f"{each.title}: {each.where(segment.where)}"),
                class_=f"seg {segment.where}",
                x=x(segment.starts),
                y=top + (4 if tall else 10),
                width=max(1.5, x(segment.ends) - x(segment.starts)),
                height=BAR if tall else BAR - 12,
                rx=3,
            )
        )
    return parts


def _days(axis: Axis, x: Callable[[float], float], height: float) -> list[Markup]:
    drawn = []
    for number in range(axis.days):
        at, left, right = axis.instant(number * 1440), x(number * 1440), x((number + 1) * 1440)
        if not CALENDAR.is_working_day(at.date()):
            drawn.append(
                element(
                    "rect",
                    x=left,
                    y=TOP - 8,
                    width=right - left,
                    height=height - TOP - 14,
                    fill="url(#off-case)",
                )
            )
        if at.weekday() == 0 or number == 0 or axis.days <= _MOST_DATES:
            drawn.append(element("text", short_day(at), class_="day", x=left + 3, y=TOP - 16))
        drawn.append(element("line", class_="grid", x1=left, x2=left, y1=TOP - 8, y2=height - 22))
    return drawn


def until(axis: Axis, *instants: datetime | None) -> Axis:
    """The axis, long enough for these instants as well."""
    last = max((instant for instant in instants if instant is not None), default=axis.starts_at)
    days = (last - axis.starts_at) // timedelta(days=1) + 1
    return Axis(axis.starts_at, max(axis.days, days))


def span_words(starts: datetime, ends: datetime) -> str:
    """``09:24 05/10 – 17:00 09/10``."""
    return f"{clock(starts)} {short_day(starts)} – {clock(ends)} {short_day(ends)}"
