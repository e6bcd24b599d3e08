"""A lane of the race as a picture: a row for each procedure, days off hatched, a curtain over the future.

It is as wide as its place: what lies on the clock lies at a share of the width, and words keep their size,
so both lanes show their whole length on a phone as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from flow_model.working_time import CALENDAR
from web.charts.svg import element, hatch, lines_of, stretching
from web.formats import short_day
from web.race.lanes import Axis, Lane, Row

TOP, ROW, BAR, LABEL = 24.0, 36.0, 17.0, 15.0
LEAST = 0.15  # per cent: what took a moment is seen as well
_EVERY_DAY = 16  # so many days have room for a date each on a wide screen
_MOST, _FEW = 24, 6  # so many dates have room on a wide screen, and on a phone
_LETTERS = 46  # so many fit on a phone above a bar
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
    """The lane as it stands at a minute. A script may move the curtain: it is at a share of the width."""
    height = TOP + ROW * len(lane.rows) + 6
    x = _scale(axis)
    shown = x(min(now, lane.ends) if lane.finished else now)
    # At its end nothing is left to hide but the mark of the outcome; before, marks beyond the last day too.
    hidden = "0%" if lane.finished and now >= lane.ends else "110%"
    parts = [
        element("defs", hatch(f"off-{lane.path}", "off-line")),
        *(_row(row, number, axis, text) for number, row in enumerate(lane.rows)),
        element("rect", class_="curtain", x=shown, y=TOP - 4, width=hidden, height=height - TOP + 4),
        *_days(axis, x, height, f"off-{lane.path}", text),
        element("line", class_="now", x1=shown, x2=shown, y1=TOP - 6, y2=height - 2),
        *(_label(row, number, text) for number, row in enumerate(lane.rows)),
    ]
    return stretching(f"lane-{lane.path}", height, text.title, text.description, parts)


def _scale(axis: Axis) -> Callable[[float], str]:
    return lambda minute: _share(100 * minute / axis.minutes)


def _share(percent: float) -> str:
    return f"{percent:.3f}".rstrip("0").rstrip(".") + "%"


def _days(axis: Axis, x: Callable[[float], str], height: float, fill: str, text: LaneText) -> list[Markup]:
    drawn = []
    dates = _dates(axis)
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
                        y=TOP - 4,
                        width=x(1440),
                        height=height - TOP + 2,
                        fill=f"url(#{fill})",
                    )
                )
            if number in dates:
                shown = "day" if dates[number] else "day spare"
                drawn.append(element("text", short_day(at), class_=shown, x=left, dx=2, y=TOP - 9))
        drawn.append(element("line", class_="grid", x1=left, x2=left, y1=TOP - 4, y2=height - 2))
    return drawn


def _dates(axis: Axis) -> dict[int, bool]:
    """The days that bear a date, and whether a narrow screen has room for it as well."""
    mondays = [number for number in range(axis.days) if axis.instant(number * 1440).weekday() == 0]
    if axis.days <= _EVERY_DAY:
        named = list(range(axis.days))
    else:
        first = [0] if mondays[0] > 2 else []
        named = first + mondays[:: -(-len(mondays) // _MOST)]
    few = named[:: -(-len(named) // _FEW)]
    return {number: number in few for number in named}


def _label(row: Row, number: int, text: LaneText) -> Markup:
    (line,) = lines_of(text.row(row), _LETTERS, most=1)
    return element("text", line, class_="row-label", x=0, dx=3, y=TOP + ROW * number + LABEL - 4)


def _row(row: Row, number: int, axis: Axis, text: LaneText) -> Markup:
    x = _scale(axis)
    top = TOP + ROW * number + LABEL
    bars = [
        element(
            "rect",
            element("title", f"{text.row(row)}: {text.where[each.where]}"),
            class_=f"seg {each.where}",
            x=x(each.starts),
            y=top + (0 if each.where in ("desk", "trouble") else 4),
            width=_share(max(LEAST, 100 * (each.ends - each.starts) / axis.minutes)),
            height=BAR - (0 if each.where in ("desk", "trouble") else 8),
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
                x=x(row.ends),
                dx=5,
                y=top + BAR / 2 + 6,
            )
        )
    return element("g", *bars) if bars else Markup("")


def legend_swatch(where: str) -> Markup:
    """What a place looks like, for the legend: in both colours where each lane has its own."""
    tall = where in ("desk", "trouble")
    lanes = ("old", "new") if where == "desk" else ("",)
    wide = 28 / len(lanes)
    bars = [
        element(
            "rect",
            class_=f"seg {where} {lane}".rstrip(),
            x=wide * number,
            y=0 if tall else 4,
            width=wide,
            height=16 if tall else 8,
            rx=3,
        )
        for number, lane in enumerate(lanes)
    ]
    return element(
        "svg", *bars, width=28, height=16, viewBox="0 0 28 16", aria_hidden="true", class_="swatch"
    )
