"""Where the days went: from the old length to the new one, a bar for each cause; the bars add up."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from web.charts.svg import drawing, element, lines_of

WIDTH, LEFT, RIGHT, ROW, BAR = 1040.0, 360.0, 84.0, 38.0, 22.0


def waterfall(
    name: str,
    old: tuple[str, float],
    new: tuple[str, float],
    causes: Sequence[tuple[str, float]],
    title: str,
    number: Callable[..., str],
) -> Markup:
    """``causes`` are (words, days saved); days below nothing are days that it costs."""
    most = max(old[1], new[1], 0.1)
    scale = (WIDTH - LEFT - RIGHT) / most
    parts: list[Markup] = []
    _bar(parts, 0, old[0], "path separate", 0.0, old[1], scale, number(old[1], 2))
    level = old[1]
    for line, (words, days) in enumerate(causes, 1):
        kind = "saved" if days >= 0 else "costs"
        low, high = sorted((level, level - days))
        said = f"{'−' if days >= 0 else '+'}{number(abs(days), 2)}"
        _bar(parts, line, words, f"cause {kind}", low, high, scale, said)
        x = LEFT + (level - days) * scale
        parts.append(
            element("line", class_="life", x1=x, x2=x, y1=ROW * line + BAR + 4, y2=ROW * (line + 1) + 4)
        )  # fmt: skip
        level -= days
    _bar(parts, len(causes) + 1, new[0], "path interlinked", 0.0, new[1], scale, number(new[1], 2))
    described = "; ".join(f"{words}: {number(days, 2)}" for words, days in [old, *causes, new])
    return drawing(name, WIDTH, ROW * (len(causes) + 2), title, described, parts)


def _bar(
    parts: list[Markup],
    line: int,
    words: str,
    class_: str,
    low: float,
    high: float,
    scale: float,
    said: str,
) -> None:
    top = ROW * line + 4
    rows = lines_of(words, 44)
    first = top + (15 if len(rows) == 1 else 7)
    parts += [
        element("text", text, class_="row-label", x=0, y=first + 17 * number)
        for number, text in enumerate(rows)
    ]
    width = max((high - low) * scale, 1.5)
    parts.append(element("rect", class_=class_, x=LEFT + low * scale, y=top, width=width, height=BAR, rx=2))
    parts.append(element("text", said, class_="total", x=LEFT + low * scale + width + 8, y=top + 16))
