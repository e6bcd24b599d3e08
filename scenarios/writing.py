"""Writes TOML: tables, arrays of tables and inline values, in the order in which they are given."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\"\\]")


def toml_of(document: Mapping[str, Any]) -> str:
    """The document as TOML; entries without a value (None) are left out, as TOML has none."""
    return "\n".join(_table(document, ())).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    lines = [f"{_key(name)} = {_value(value)}" for name, value in table.items() if _stands_here(value)]
    for name, value in table.items():
        here = (*path, name)
        head = ".".join(map(_key, here))
        if isinstance(value, Mapping) and value:
            lines += ["", f"[{head}]", *_table(value, here)]
        elif _are_tables(value):
            for each in value:
                lines += ["", f"[[{head}]]", *_table(each, here)]
    return lines


def _are_tables(value: Any) -> bool:
    return (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(each, Mapping) for each in value)
    )


def _stands_here(value: Any) -> bool:
    """Whether it stands on its key's own line; tables come after, under a heading of their own."""
    return value is not None and not (isinstance(value, Mapping) and value) and not _are_tables(value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case datetime():
            return value.isoformat()
        case str():
            return _text(value)
        case Mapping():
            pairs = [f"{_key(name)} = {_value(each)}" for name, each in value.items() if each is not None]
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(_value(each) for each in value) + "]"
        case _:
            raise TypeError(f"TOML has no {type(value).__name__}")


def _text(text: str) -> str:
    return '"' + _CONTROL.sub(lambda found: _ESCAPES.get(found[0], f"\\u{ord(found[0]):04X}"), text) + '"'
