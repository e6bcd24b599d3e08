"""Where the time of each path lay: one bar for each path, a piece for each place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.charts.svg import drawing, element

WIDTH, LEFT, RIGHT, ROW, BAR = 1120.0, 0.0, 90.0, 62.0, 30.0
_ROOM_FOR_NUMBER = 46.0


@dataclass(frozen=True)
class Spent:
    """One path: the hours of each place, by stage, as (stage, its words, hours)."""

    path: str
    title: str
    stages: Sequence[tuple[str, str, float]]

    @property
    def hours(self) -> float:
        return sum(hours for _, _, hours in self.stages)


def spent_bars(several: Sequence[Spent], title: str, number: Callable[..., str]) -> Markup:
    """The bars, all on one scale: days of 24 hours."""
    most = max((each.hours for each in several), default=0.0) or 1.0
    room = WIDTH - LEFT - RIGHT
    parts = []
    for line, each in enumerate(several):
        top, left = ROW * line, LEFT
        parts.append(element("text", each.title, class_="row-label", x=LEFT, y=top + 14))
        for stage, words, hours in each.stages:
            width = room * hours / most
            if width <= 0:
                continue
            days = number(hours / 24)
            parts.append(
                element(
                    "rect",
                    element("title", f"{words}: {days}"),
                    class_=f"stage {stage}",
                    x=left,
                    y=top + 22,
                    width=width,
                    height=BAR,
                )
            )
            if width > _ROOM_FOR_NUMBER:
                parts.append(
                    element("text", days, class_=f"in-bar {stage}", x=left + 6, y=top + 22 + BAR / 2 + 5)
                )
            left += width
        parts.append(element("text", number(each.hours / 24), class_="total", x=left + 8, y=top + 43))
    described = "; ".join(
        f"{each.title}: " + ", ".join(f"{words} {number(hours / 24)}" for _, words, hours in each.stages)
        for each in several
    )
    return drawing("spent", WIDTH, ROW * len(several), title, described, parts)
