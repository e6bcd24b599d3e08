"""Messages between the parties as a sequence diagram; each arrow is a link."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from web.case.messages import Message
from web.charts.svg import drawing, element, lines_of
from web.formats import clock, short_day

COLUMN, HEAD, ROW, MARGIN = 186.0, 54.0, 42.0, 96.0
_BOX = 158.0
_ARROW = "M0 0 8 4 0 8z"


@dataclass(frozen=True)
class SequenceText:
    """What the diagram says, in the language of the visitor, and where its arrows lead."""

    title: str
    description: str
    names: Mapping[str, str]
    link: Callable[[Message], str]


def sequence(messages: Sequence[Message], parties: Sequence[str], text: SequenceText) -> Markup:
    """The diagram."""
    width = 2 * MARGIN + COLUMN * max(1, len(parties) - 1)
    height = HEAD + ROW * len(messages) + 24
    x = {party: MARGIN + COLUMN * number for number, party in enumerate(parties)}
    parts = [
        element(
            "defs",
            _head("arrow", "arrow"),
            _head("arrow-trouble", "arrow trouble"),
        )
    ]
    for party in parties:
        parts.append(element("line", class_="life", x1=x[party], x2=x[party], y1=40, y2=height - 8))
        parts.append(_box(text.names[party], x[party]))
    before: datetime | None = None
    for number, message in enumerate(messages):
        y = HEAD + ROW * number + 26
        parts.append(_message(message, x, y, text, before))
        before = message.at
    drawn = drawing("sequence", width, height, text.title, text.description, parts)
    # Its arrows are links: it is no single image.
    return Markup(str(drawn).replace('role="img"', 'role="group"', 1))


def _head(name: str, class_: str) -> Markup:
    return element(
        "marker",
        element("path", d=_ARROW, class_=class_),
        id=name,
        markerWidth=8,
        markerHeight=8,
        refX=7,
        refY=4,
        orient="auto",
    )


def _box(name: str, x: float) -> Markup:
    lines = lines_of(name, 18)
    top = 24 if len(lines) == 1 else 17
    return element(
        "g",
        element("rect", class_="party", x=x - _BOX / 2, y=2, width=_BOX, height=36, rx=6),
        element(
            "text",
            *(element("tspan", line, x=x, y=top + 15 * at) for at, line in enumerate(lines)),
            class_="party-name",
        ),
    )


def _message(
    message: Message, x: Mapping[str, float], y: float, text: SequenceText, before: datetime | None
) -> Markup:
    begins, ends = x[message.sender], x[message.receiver]
    kind = "trouble" if message.trouble else "calm"
    when = clock(message.at)
    if before is None or before.date() != message.at.date():
        when = f"{short_day(message.at)} {when}"
    spoken = f"{when} {text.names[message.sender]} → {text.names[message.receiver]}: {message.label}"
    left, right = min(begins, ends), max(begins, ends)
    area = element(
        "rect", class_="hit", x=left - 4, y=y - 20, width=max(right - left, COLUMN * 0.9) + 8, height=34, rx=4
    )
    if begins == ends:
        # A note stands beside its party: to the left of the last one, where there is room.
        last = begins == max(x.values())
        arrow = element("circle", class_=f"note {kind}", cx=begins, cy=y - 4, r=5)
        label = element(
            "text",
            message.label,
            class_=f"said {kind}",
            x=begins + (-12 if last else 12),
            y=y,
            text_anchor="end" if last else "start",
        )
        time_at, anchor = (begins + 12, "start") if last else (begins - 12, "end")
    else:
        to_right = ends > begins
        arrow = element(
            "line",
            class_=f"way {kind}",
            x1=begins,
            x2=ends - (2 if to_right else -2),
            y1=y,
            y2=y,
            marker_end=f"url(#arrow{'-trouble' if message.trouble else ''})",
        )
        label = element("text", message.label, class_=f"said {kind} middle", x=(begins + ends) / 2, y=y - 6)
        time_at, anchor = (begins - 8, "end") if to_right else (begins + 8, "start")
    at = element("text", when, class_="when", x=time_at, y=y + 4, text_anchor=anchor)
    return element("a", area, arrow, label, at, href=text.link(message), aria_label=spoken, class_="message")
