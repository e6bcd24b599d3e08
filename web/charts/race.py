"""A lane of the race as a picture: a row for each procedure, days off hatched, a curtain over the future."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from flow_model.working_time import CALENDAR
from web.charts.svg import drawing, element, hatch, lines_of
from web.formats import short_day
from web.race.lanes import Axis, Lane, Row

WIDTH, LEFT, RIGHT, TOP, ROW = 1120.0, 176.0, 116.0, 34.0, 44.0
BAR = 24.0
_EVERY_DAY = 16  # so many days have room for a date each
_MARKS = {"granted": "✓", "rejected": "✕", "refused": "✕", "withdrawn": "✕", "not_started": "–"}


@dataclass(frozen=True)
class LaneText:
    """What the picture says, in the language of the visitor."""

    title: str
    description: str
    where: Mapping[str, str]
    row: Callable[[Row], str]
    day: Callable[[datetime], str]


def race_lane(lane: Lane, axis: Axis, now: float, text: LaneText) -> Markup:
    """The lane as it stands at a minute. A script may move the curtain: it knows the scale."""
    height = TOP + ROW * len(lane.rows) + 8
    x = _scale(axis)
    shown = min(now, lane.ends) if lane.finished else now
    parts = [
        element("defs", hatch(f"off-{lane.path}", "off-line")),
        *(_row(row, number, x, text) for number, row in enumerate(lane.rows)),
        element(
            "rect",
            class_="curtain",
            x=x(shown),
            y=TOP - 6,
            # At its end nothing is left to hide but the mark of the outcome.
            width=0.0 if lane.finished and now >= lane.ends else max(0.0, WIDTH - x(shown)),
            height=height - TOP + 6,
        ),
        *_days(axis, x, height, f"off-{lane.path}", text),
        *(_label(row, number, text) for number, row in enumerate(lane.rows)),
        element("line", class_="now", x1=x(shown), x2=x(shown), y1=TOP - 8, y2=height - 2, data_left=LEFT),
    ]
    return drawing(f"lane-{lane.path}", WIDTH, height, text.title, text.description, parts)


def _scale(axis: Axis) -> Callable[[float], float]:
    room = WIDTH - LEFT - RIGHT
    return lambda minute: LEFT + room * minute / axis.minutes


def _days(axis: Axis, x: Callable[[float], float], height: float, fill: str, text: LaneText) -> list[Markup]:
    drawn = []
    for number in range(axis.days + 1):
        at, left = axis.instant(number * 1440), x(number * 1440)
        if number < axis.days:
            kind = CALENDAR.day_kind(at.date())
            if not kind.is_worked:
                label = f"{text.day(at)}{f': {kind.name_vi}' if kind.name_vi else ''}"
                drawn.append(
                    element(
                        "rect",
                        element("title", label),
                        x=left,
                        y=TOP - 6,
                        width=x((number + 1) * 1440) - left,
                        height=height - TOP + 4,
                        fill=f"url(#{fill})",
                    )
                )
            if at.weekday() == 0 or number == 0 or axis.days <= _EVERY_DAY:
                drawn.append(element("text", short_day(at), class_="day", x=left + 2, y=TOP - 14))
        drawn.append(element("line", class_="grid", x1=left, x2=left, y1=TOP - 6, y2=height - 2))
    return drawn


def _label(row: Row, number: int, text: LaneText) -> Markup:
    lines = lines_of(text.row(row), 23)
    top = TOP + ROW * number + BAR / 2 + (5 if len(lines) == 1 else -3)
    return element(
        "text",
        *(element("tspan", line, x=0, y=top + 16 * at) for at, line in enumerate(lines)),
        class_="row-label",
    )


def _row(row: Row, number: int, x: Callable[[float], float], text: LaneText) -> Markup:
    top = TOP + ROW * number
    bars = [
        element(
            "rect",
            element("title", f"{text.row(row)}: {text.where[each.where]}"),
            class_=f"seg {each.where}",
            x=x(each.starts),
            y=top + (0 if each.where in ("desk", "trouble") else 6),
            width=max(1.5, x(each.ends) - x(each.starts)),
            height=BAR - (0 if each.where in ("desk", "trouble") else 12),
            rx=3,
        )
        for each in row.segments
    ]
    if row.ends is not None:
        bars.append(
            element(
                "text",
                _MARKS.get(row.outcome, ""),
                class_=f"outcome {row.outcome}",
                x=x(row.ends) + 6,
                y=top + BAR / 2 + 6,
            )
        )
    return element("g", *bars) if bars else Markup("")


def legend_swatch(where: str) -> Markup:
    """What a place looks like, for the legend."""
    tall = where in ("desk", "trouble")
    bar = element(
        "rect", class_=f"seg {where}", x=0, y=0 if tall else 4, width=28, height=16 if tall else 8, rx=3
    )
    return element("svg", bar, width=28, height=16, viewBox="0 0 28 16", aria_hidden="true", class_="swatch")
