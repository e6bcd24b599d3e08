"""The published JSON Schema of a scenario file (draft 2020-12), made from the classes of the format.

An editor completes and checks a file that begins with ``#:schema ../../docs/scenario.schema.json``. After a
change to the classes: ``.venv/bin/python -m scenarios.schema > docs/scenario.schema.json``.
"""

import json
import sys
from functools import cache
from typing import Any

from flow_model.faults import KINDS, Words
from scenarios.model import Scenario

Json = dict[str, Any]
ID = "urn:mot-lan-khai:scenario"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# What the classes check in code and JSON Schema can say too. TOML knows no null: a key is there or not.
_ONE_END = {"oneOf": [{"required": ["until"]}, {"required": ["working_days"]}]}
_RULES: dict[str, Json] = {
    "Deadline": {"anyOf": [{"required": [name]} for name in ("due_at", "met")]},
    "Count": {"anyOf": [{"required": [name]} for name in ("exactly", "at_least", "at_most")]},
    "Row": {"oneOf": [{"required": ["key"]}, {"required": ["key_from"]}]},
}
_WHEN = {"not": {"required": ["at", "after"]}, "dependentRequired": {"wait": ["after"]}}


@cache
def schema() -> Json:
    """The schema as one document; callers do not change it."""
    made: Json = _without_null(Scenario.model_json_schema(mode="validation", by_alias=True))
    faults = {kind.__name__: kind for kind in KINDS}
    for name, part in made["$defs"].items():
        kind = faults.get(name)
        if kind is not None and issubclass(kind, Words):
            part["title"] = f"{kind.title_vi} / {kind.title_en}"
        part.update(_rules(name, part["properties"]))
    del made["properties"]["id"]["default"]  # left out, it is the file's name
    told = {
        "$schema": DIALECT,
        "$id": ID,
        "title": "Kịch bản MÔ PHỎNG / Scenario of the sandbox",
        "description": "Một câu chuyện: ai khai gì, điều gì trục trặc, cuối cùng phải ra sao. "
        "One story: who declares what, what goes wrong, and what must be true at the end.",
    }
    return told | {name: value for name, value in made.items() if name not in told}


def text() -> str:
    """The schema as it is committed."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _rules(name: str, properties: Json) -> Json:
    if name in _RULES:
        return _RULES[name]
    if {"at", "after", "wait"} <= set(properties):
        return _WHEN
    return _ONE_END if {"until", "working_days"} <= set(properties) else {}


def _without_null(node: Any) -> Any:
    """The schema without what a TOML file cannot say."""
    if isinstance(node, list):
        return [_without_null(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {name: _without_null(value) for name, value in node.items() if (name, value) != ("default", None)}
    if "patternProperties" in kept:  # a table whose keys have a form: no others
        kept["additionalProperties"] = False
    branches = [each for each in kept.get("anyOf", ()) if each != {"type": "null"}]
    if "anyOf" in kept and len(branches) == 1:
        del kept["anyOf"]
        return branches[0] | kept
    return kept | ({"anyOf": branches} if branches else {})


if __name__ == "__main__":
    sys.stdout.write(text())
