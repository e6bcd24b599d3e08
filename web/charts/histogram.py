"""How long it took, on both paths: a column for each working day, medians as lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.charts.svg import drawing, element

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 1040.0, 300.0, 52.0, 46.0, 34.0


@dataclass(frozen=True)
class Lengths:
    """One path: how many took less than one day, less than two…; its median and how that is called."""

    kind: str
    words: str
    counts: Sequence[int]
    median: float | None

    def shares(self) -> list[float]:
        """The parts of all."""
        total = sum(self.counts)
        return [each / total for each in self.counts] if total else []


def histogram(
    name: str,
    several: Sequence[Lengths],
    title: str,
    axis: str,
    number: Callable[..., str],
    percent: Callable[..., str],
) -> Markup:
    """The columns stand in parts of all of their path, so that paths of different size compare."""
    days = max((len(each.counts) for each in several), default=1) or 1
    most = max((share for each in several for share in each.shares()), default=0.0) or 1.0
    one, room = (WIDTH - LEFT - 12) / days, HEIGHT - TOP - BOTTOM
    base = HEIGHT - BOTTOM
    parts = [*_grid(most, base, room, percent), *_days(days, one, base, axis)]
    width = max(one / len(several) - 1, 1.0)
    for place, each in enumerate(several):
        for day, share in enumerate(each.shares()):
            if share > 0:
                tall = max(room * share / most, 0.8)
                x = LEFT + one * day + one * place / len(several) + 0.5
                parts.append(
                    element("rect", class_=f"path {each.kind}", x=x, y=base - tall, width=width, height=tall)
                )
    parts += [
        mark
        for place, each in enumerate(several)
        for mark in _median(each, one, base, place, len(several), number)
    ]
    described = "; ".join(f"{each.words}: {number(each.median)}" for each in several)
    return drawing(name, WIDTH, HEIGHT, title, described, parts)


def _grid(most: float, base: float, room: float, percent: Callable[..., str]) -> list[Markup]:
    step = next(each for each in (0.02, 0.05, 0.1, 0.2, 0.25, 0.5) if most / each <= 5 or each == 0.5)
    parts = []
    for line in range(int(most / step) + 1):
        y = base - room * line * step / most
        parts += [
            element("line", class_="grid", x1=LEFT, x2=WIDTH - 12, y1=y, y2=y),
            element("text", percent(line * step), class_="day", x=LEFT - 6, y=y + 4, text_anchor="end"),
        ]
    return parts


def _days(days: int, one: float, base: float, axis: str) -> list[Markup]:
    every = next(each for each in (1, 2, 5, 10, 20, 50) if days / each <= 20 or each == 50)
    parts = [
        element("text", str(day), class_="day", x=LEFT + one * day, y=base + 18, text_anchor="middle")
        for day in range(0, days + 1, every)
    ]
    middle = (LEFT + WIDTH) / 2
    return [*parts, element("text", axis, class_="day", x=middle, y=base + 38, text_anchor="middle")]


def _median(
    each: Lengths, one: float, base: float, place: int, many: int, number: Callable[..., str]
) -> list[Markup]:
    if each.median is None:
        return []
    # Beside the columns of other paths, a column is a part of its day: the median lies within its own.
    day, rest = divmod(each.median, 1)
    x = LEFT + one * (day + (place + rest) / many)
    words = f"{each.words}: {number(each.median, 1)}"
    late = x > WIDTH * 0.75
    near, anchor = (x - 6, "end") if late else (x + 6, None)
    return [
        element("line", class_=f"median {each.kind}", x1=x, x2=x, y1=TOP - 16, y2=base),
        element("text", words, class_="total", x=near, y=TOP - 8 - 4 * place, text_anchor=anchor),
    ]
