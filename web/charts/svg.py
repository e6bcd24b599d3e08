"""SVG written by hand: elements with escaped attributes, and a frame with title and description."""

from collections.abc import Sequence
from functools import cache

from markupsafe import Markup, escape

Number = float


def element(name: str, *children: object, **attributes: object) -> Markup:
    """One element. ``stroke_width`` becomes stroke-width, ``class_`` class; None leaves an attribute out.

    Plain text on purpose: a page has a thousand of them.
    """
    written = "".join(
        f' {_attribute(key)}="{_text(value)}"' for key, value in attributes.items() if value is not None
    )
    if not children:
        return Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{''.join(map(_text, children))}</{name}>")


def drawing(
    name: str, width: Number, height: Number, title: str, description: str, parts: Sequence[Markup]
) -> Markup:
    """A whole picture. ``name`` is unique on its page: title and description are found by it."""
    box = f"0 0 {_text(width)} {_text(height)}"
    return _picture(name, title, description, parts, viewBox=box, width=width, height=height)


def stretching(name: str, height: Number, title: str, description: str, parts: Sequence[Markup]) -> Markup:
    """A picture as wide as its place: its parts lie at shares of the width, and nothing is scaled."""
    return _picture(name, title, description, parts, width="100%", height=height)


def _picture(name: str, title: str, description: str, parts: Sequence[Markup], **measures: object) -> Markup:
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", description, id=f"{name}-desc"),
        *parts,
        id=name,
        **measures,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def hatch(name: str, class_: str) -> Markup:
    """Slanting lines to fill with ``url(#name)``; their colour comes from the class."""
    return element(
        "pattern",
        element("path", d="M0 8 8 0M-2 2 2 -2M6 10 10 6", class_=class_),
        id=name,
        width=8,
        height=8,
        patternUnits="userSpaceOnUse",
    )


def lines_of(text: str, width: int, most: int = 2) -> list[str]:
    """Words put into lines of so many letters; what is too long for the last ends in ``…``."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1][: width - 1]}…"
            break
    return lines


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _text(value: object) -> str:
    if isinstance(value, Markup):
        return value
    if isinstance(value, float):
        return _number(value)
    return str(value) if isinstance(value, int) else escape(value)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else f"{value:.2f}".rstrip("0").rstrip(".")
