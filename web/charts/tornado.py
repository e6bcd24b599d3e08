"""What each bottleneck costs: from its best to its worst, around where it stands; the widest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.charts.svg import drawing, element, lines_of

WIDTH, LEFT, RIGHT, ROW, BAR, TOP = 1040.0, 330.0, 90.0, 44.0, 24.0, 30.0


@dataclass(frozen=True)
class Turned:
    """One knob: its words, the days at its best and at its worst, and what those ends are."""

    words: str
    best_days: float
    worst_days: float
    best: str
    worst: str


def tornado(
    name: str, base: float, rows: Sequence[Turned], title: str, days: str, number: Callable[..., str]
) -> Markup:
    """The bars on one scale, with a line where nothing is turned."""
    most = max([base, *(max(row.best_days, row.worst_days) for row in rows)])
    scale = (WIDTH - LEFT - RIGHT) / most
    x0 = LEFT + base * scale
    height = TOP + ROW * len(rows) + 6
    parts: list[Markup] = []
    for line, row in enumerate(rows):
        top = TOP + ROW * line
        low, high = sorted((row.best_days, row.worst_days))
        said = lines_of(row.words, 40)
        first = top + (16 if len(said) == 1 else 8)
        parts += [
            element("text", text, class_="row-label", x=0, y=first + 17 * n) for n, text in enumerate(said)
        ]
        width = max((high - low) * scale, 2.0)
        parts.append(
            element("rect", class_="cause costs", x=LEFT + low * scale, y=top, width=width, height=BAR, rx=2)
        )
        end = LEFT + low * scale + width + 8
        parts.append(element("text", number(row.worst_days, 2), class_="total", x=end, y=top + 17))
    parts.append(element("line", class_="target", x1=x0, x2=x0, y1=TOP - 8, y2=height))
    parts.append(
        element("text", f"{number(base, 2)} {days}", class_="day", x=x0, y=14, text_anchor="middle")
    )  # fmt: skip
    described = "; ".join(
        f"{row.words}: {number(row.best_days, 2)} – {number(row.worst_days, 2)}" for row in rows
    )
    return drawing(name, WIDTH, height, title, described, parts)
