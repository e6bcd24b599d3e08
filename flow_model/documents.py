"""JSON documents by dotted paths: read a value, or make a changed copy. The given one is left as it is."""

from collections.abc import Iterable, Mapping
from typing import Any


def value_at(document: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    value: Any = document
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def changed(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the values at dotted paths replaced."""
    result = dict(document)
    for path, value in changes.items():
        head, _, rest = path.partition(".")
        result[head] = changed(result.get(head) or {}, {rest: value}) if rest else value
    return result


def without(document: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """A copy with dotted paths left out."""
    result = dict(document)
    for path in paths:
        head, _, rest = path.partition(".")
        if rest and isinstance(result.get(head), Mapping):
            result[head] = without(result[head], [rest])
        elif not rest:
            result.pop(head, None)
    return result
