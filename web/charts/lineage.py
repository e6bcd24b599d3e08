"""Source → field → form as a picture: where each box and each curve lies, and the same as SVG."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from flow_model.form_parts import Source
from web.lineage import FieldNode, FormNode, Lineage
from web.words import N_, Words

WIDTH = 1100.0
ROW, BOX, HEADING = 24.0, 20.0, 30.0
_COLUMNS = {"source": (0.0, 190.0), "field": (330.0, 420.0), "form": (890.0, 210.0)}
_BIG = 54.0
_TOP = 34.0
_LETTERS = 58
_FORM_LETTERS = 27


@dataclass(frozen=True)
class Box:
    """A box of the picture; ``kind`` is its source or the number of its form."""

    key: str
    column: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Curve:
    """From the right side of one box to the left side of another."""

    kind: str
    begins: tuple[float, float]
    ends: tuple[float, float]
    weight: int

    @property
    def path(self) -> str:
        """As an SVG path."""
        (x, y), (to_x, to_y) = self.begins, self.ends
        middle = (x + to_x) / 2
        return f"M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}"


@dataclass(frozen=True)
class Layout:
    """The picture before it is drawn; headings are (text, x, y)."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    headings: tuple[tuple[str, float, float], ...]


def layout(lineage: Lineage, words: Words) -> Layout:
    """Fields below each other by topic; sources and forms beside the middle of what they give or take."""
    fields, headings, bottom = _fields(lineage)
    middles = {box.key: box.y + box.height / 2 for box in fields}
    sources = _beside(
        "source",
        [
            (
                source.value,
                source.value,
                tuple(each.path for each in lineage.fields_from(source)),
                _source(lineage, source, words),
            )
            for source in lineage.sources
        ],
        middles,
        bottom,
    )
    forms = _beside(
        "form",
        [
            (form.procedure, f"form-{number}", (), _form(form, words))
            for number, form in enumerate(lineage.forms, start=1)
        ],
        middles,
        bottom,
    )
    boxes = {box.key: box for box in (*sources, *fields, *forms)}
    said = (N_("Nguồn"), N_("Một tờ khai: mỗi điều chỉ một lần"), N_("Tờ khai chính thức"))
    titles = [(words.say(text), x, 16.0) for text, (x, _) in zip(said, _COLUMNS.values(), strict=True)]
    return Layout(
        WIDTH, bottom + 6, tuple(boxes.values()), tuple(_curves(lineage, boxes)), (*titles, *headings)
    )


def _fields(lineage: Lineage) -> tuple[list[Box], list[tuple[str, float, float]], float]:
    x, width = _COLUMNS["field"]
    y, boxes, headings = _TOP, [], []
    for topic, title in lineage.topics:
        headings.append((title, x, y + HEADING - 10))
        y += HEADING
        for each in (each for each in lineage.fields if each.topic == topic):
            boxes.append(Box(each.path, "field", each.source.value, x, y, width, BOX, (_short(each),)))
            y += ROW
    return boxes, headings, y


def _short(each: FieldNode) -> str:
    return each.title if len(each.title) <= _LETTERS else each.title[: _LETTERS - 1].rstrip() + "…"


def _source(lineage: Lineage, source: Source, words: Words) -> tuple[str, str]:
    count = len(lineage.fields_from(source))
    return lineage.called[source].short.said(words.language), words.say(
        N_("%(num)s ô của tờ khai"), num=count
    )


def _form(form: FormNode, words: Words) -> tuple[str, str]:
    name = form.name if len(form.name) <= _FORM_LETTERS else form.name[: _FORM_LETTERS - 1].rstrip() + "…"
    return name, words.say(N_("%(num)s ô để viết tay"), num=form.blanks)


def _beside(
    column: str,
    wanted: Sequence[tuple[str, str, tuple[str, ...], tuple[str, ...]]],
    middles: Mapping[str, float],
    bottom: float,
) -> list[Box]:
    """Boxes in the order of the middle of what they touch, pushed apart; without any, evenly."""
    x, width = _COLUMNS[column]
    even = (bottom - _TOP) / max(1, len(wanted))
    placed = []
    for number, (key, kind, touches, lines) in enumerate(wanted):
        near = [middles[each] for each in touches]
        middle = sum(near) / len(near) if near else _TOP + even * (number + 0.5)
        placed.append((middle, key, kind, lines))
    boxes, y = [], _TOP
    for middle, key, kind, lines in sorted(placed):
        y = max(y, middle - _BIG / 2)
        boxes.append(Box(key, column, kind, x, y, width, _BIG, lines))
        y += _BIG + 12
    over = y - 12 - bottom
    return boxes if over <= 0 else [_moved(box, -over) for box in boxes]


def _moved(box: Box, by: float) -> Box:
    return Box(box.key, box.column, box.kind, box.x, max(_TOP, box.y + by), box.width, box.height, box.lines)


def _curves(lineage: Lineage, boxes: Mapping[str, Box]) -> Iterable[Curve]:
    for each in lineage.fields:
        yield _curve(each.source.value, boxes[each.source.value], boxes[each.path], 1)
    for flow in lineage.flows:
        form = boxes[flow.procedure]
        yield _curve(form.kind, boxes[flow.path], form, len(flow.cells))


def _curve(kind: str, one: Box, other: Box, weight: int) -> Curve:
    begins = (one.x + one.width, one.y + one.height / 2)
    return Curve(kind, begins, (other.x, other.y + other.height / 2), weight)


def draw(lineage: Lineage, words: Words, title: str, description: str) -> Markup:
    """The picture as SVG: colours come from the style sheet, words are text, a table says the same."""
    found = layout(lineage, words)
    parts = [
        f'<svg class="lineage" viewBox="0 0 {found.width:g} {found.height:g}" role="img" '
        'aria-labelledby="lineage-title lineage-desc" xmlns="http://www.w3.org/2000/svg">',
        f'<title id="lineage-title">{escape(title)}</title>',
        f'<desc id="lineage-desc">{escape(description)}</desc>',
        *(f'<path class="flow {each.kind}" d="{each.path}"/>' for each in found.curves),
        *(f'<text class="column" x="{x:g}" y="{y:g}">{escape(text)}</text>' for text, x, y in found.headings),
        *(_drawn(box) for box in found.boxes),
        "</svg>",
    ]
    return Markup("".join(parts))


def _drawn(box: Box) -> str:
    first = 15 if box.column == "field" else 23
    lines = [
        f'<text class="line-{number}" x="{box.x + 10:g}" y="{box.y + first + 18 * number:g}">'
        f"{escape(line)}</text>"
        for number, line in enumerate(box.lines)
    ]
    rect = f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="5"/>'
    return f'<g class="box {box.column} {box.kind}">{rect}{"".join(lines)}</g>'
