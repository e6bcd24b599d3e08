"""A QR code as a picture of ours: one path, in our colours, with a title."""

import segno
from markupsafe import Markup

from web.charts.svg import drawing, element

_BORDER = 3


def qr_code(name: str, text: str, title: str) -> Markup:
    """The code of an address."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=_BORDER)]
    size = len(rows)
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < size:
            wide = next((n for n in range(x, size) if not row[n]), size) - x if row[x] else 0
            if wide:
                parts.append(f"M{x} {y}h{wide}v1h-{wide}z")
            x += max(wide, 1)
    picture = [
        element("rect", class_="qr-paper", x=0, y=0, width=size, height=size),
        element("path", class_="qr-ink", d="".join(parts)),
    ]
    return drawing(name, size, size, title, text, picture)
