"""The shape of a scenario file at a place: which keys and values may stand there, read from its schema."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from scenarios.schema import schema


@dataclass(frozen=True)
class Place:
    """A place in a file: its path, and the piece of schema that rules there."""

    path: tuple[str | int, ...]
    rule: Mapping[str, Any]

    def keys(self) -> list[str]:
        """The keys that may stand here; none where any may."""
        return list(self.rule.get("properties", ()))

    def tags(self) -> list[str]:
        """Of a table that comes in kinds: the kinds, in the order of their definition."""
        named = {target: tag for tag, target in _kinds(self.rule).items()}
        return [named[branch["$ref"]] for branch in self.rule.get("oneOf", ()) if branch.get("$ref") in named]


def place(location: Sequence[str | int]) -> Place:
    """The place that pydantic means: its locations also name a table's kind and a union's branch."""
    rule = _resolved(schema())
    path: list[str | int] = []
    for part in location:
        if part in _kinds(rule):
            rule = _resolved({"$ref": _kinds(rule)[str(part)]})
        elif ("anyOf" in rule and "properties" not in rule) or part == "[key]":
            break
        else:
            path.append(part)
            rule = _resolved(_below(rule, part))
    return Place(tuple(path), rule)


def nearest(word: object, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None."""
    close = get_close_matches(str(word), list(candidates), 1, 0.6)
    return close[0] if close else None


def _kinds(rule: Mapping[str, Any]) -> Mapping[str, str]:
    found: Mapping[str, str] = rule.get("discriminator", {}).get("mapping", {})
    return found


def _resolved(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in rule:
        rule = schema()["$defs"][str(rule["$ref"]).rsplit("/", 1)[1]]
    return rule


def _below(rule: Mapping[str, Any], part: str | int) -> Mapping[str, Any]:
    if isinstance(part, int):
        fixed = rule.get("prefixItems", [])
        below = fixed[part] if part < len(fixed) else rule.get("items")
    else:
        below = rule.get("properties", {}).get(part) or _of_any_key(rule)
    return below if isinstance(below, Mapping) else {}


def _of_any_key(rule: Mapping[str, Any]) -> Any:
    patterned = list(rule.get("patternProperties", {}).values())
    return patterned[0] if patterned else rule.get("additionalProperties")
