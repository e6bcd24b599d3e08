"""Two bars, one for each path: how long it took, in working days."""

from collections.abc import Callable

from markupsafe import Markup

from web.charts.svg import drawing, element

WIDTH, LEFT, ROW, BAR, RIGHT = 480.0, 92.0, 36.0, 24.0, 60.0


def versus(
    name: str,
    old: tuple[str, float],
    new: tuple[str, float],
    title: str,
    number: Callable[..., str],
) -> Markup:
    """The bars, on one scale. ``old`` and ``new`` are what each path is called, and its days."""
    most = max(old[1], new[1]) or 1.0
    parts = []
    for line, (kind, (words, days)) in enumerate((("separate", old), ("interlinked", new))):
        top, width = ROW * line + 2, (WIDTH - LEFT - RIGHT) * days / most
        parts += [
            element("text", words, class_="row-label", x=0, y=top + 17),
            element("rect", class_=f"path {kind}", x=LEFT, y=top, width=max(width, 2.0), height=BAR, rx=3),
            element("text", number(days), class_="total", x=LEFT + max(width, 2.0) + 8, y=top + 17),
        ]
    described = "; ".join(f"{words}: {number(days)}" for words, days in (old, new))
    return drawing(name, WIDTH, 2 * ROW, title, described, parts)
