"""A share against its target: a bar for each path, and a line where it should be."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from web.charts.svg import drawing, element

WIDTH, LEFT, BAR, ROW, TOP = 220.0, 2.0, 9.0, 13.0, 5.0


def bullet(
    name: str,
    bars: Sequence[tuple[str, str, float | None]],
    target: float | None,
    title: str,
    percent: Callable[..., str],
) -> Markup:
    """``bars`` are (kind, what the path is called, share); a share that is not known is an empty bar."""
    room = WIDTH - 2 * LEFT
    height = TOP + ROW * len(bars) + (20 if target is not None else 0)
    parts: list[Markup] = []
    for line, (kind, _, share) in enumerate(bars):
        top = TOP + ROW * line
        parts.append(element("rect", class_="bullet-room", x=LEFT, y=top, width=room, height=BAR, rx=3))
        if share is not None:
            parts.append(
                element("rect", class_=f"path {kind}", x=LEFT, y=top, width=room * share, height=BAR, rx=3)
            )
    if target is not None:
        x, bottom = LEFT + room * target, TOP + ROW * len(bars) - 4
        parts.append(element("line", class_="target", x1=x, x2=x, y1=TOP - 5, y2=bottom + 3))
        anchor = "end" if target > 0.85 else "middle"
        parts.append(
            element("text", percent(target), class_="day", x=x, y=bottom + 17, text_anchor=anchor)
        )  # fmt: skip
    described = "; ".join(f"{words}: {percent(share, 1)}" for _, words, share in bars)
    return drawing(name, WIDTH, height, title, described, parts)
