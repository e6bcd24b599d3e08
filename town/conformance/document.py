"""The agency's own OpenAPI document, and whether an answer is one that it announces."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import jsonschema

from town.conformance.agency import Exchange

Json = dict[str, Any]


class Document:
    """An OpenAPI document; an empty one announces nothing."""

    def __init__(self, document: Any) -> None:
        self.content: Json = document if isinstance(document, dict) else {}
        self._validators: dict[tuple[str, str, str], jsonschema.Draft202012Validator | None] = {}

    @property
    def title(self) -> str:
        """What the agency calls itself."""
        return str(self.content.get("info", {}).get("title", ""))

    @property
    def paths(self) -> Json:
        """The paths with their operations."""
        return dict(self.content.get("paths", {}))

    def holds(self, method: str, path: str) -> bool:
        """Whether an operation is announced. Names of path parameters do not matter."""
        shape = _shape(path)
        return any(_shape(each) == shape and method.lower() in self.paths[each] for each in self.paths)

    def objection(self, exchange: Exchange) -> str | None:
        """Why an answer is none that the document announces; None when it is."""
        assert exchange.answer is not None
        answer, template = exchange.answer, self._template(exchange.path)
        if template is None or exchange.method.lower() not in self.paths[template]:
            return None  # a question that nobody announced: the framework's own 404 and 405
        told = self._responses(template, exchange.method)
        status = next((each for each in _spellings(answer.status) if each in told), None)
        if status is None:
            return f"the status {answer.status} is not documented; documented are {', '.join(sorted(told))}"
        content = self._resolved(told[status]).get("content") or {}
        if not content:
            return None if not answer.content else f"a body, where {answer.status} is documented without one"
        essence = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if essence not in content:
            return f"the content type {essence or '(none)'} is not documented for {answer.status}"
        if not essence.endswith(("/json", "+json")):
            return None  # what is no JSON has a text for a schema, if any
        return self._mismatch(template, exchange, status, essence)

    def _mismatch(self, template: str, exchange: Exchange, status: str, essence: str) -> str | None:
        key = (template, exchange.method, status)
        if key not in self._validators:
            responses = self._responses(template, exchange.method)
            schema = self._resolved(responses[status])["content"][essence].get("schema")
            self._validators[key] = None if schema is None else self._validator(schema)
        validator = self._validators[key]
        if validator is None or exchange.answer is None:
            return None
        error = jsonschema.exceptions.best_match(validator.iter_errors(exchange.answer.body))
        return None if error is None else f"at {error.json_path}: {error.message[:200]}"

    def _validator(self, schema: Json) -> jsonschema.Draft202012Validator:
        whole = {**schema, "components": self.content.get("components", {})}
        if str(self.content.get("openapi", "")).startswith("3.0"):
            whole = _with_null(whole)
        return jsonschema.Draft202012Validator(whole)

    def _responses(self, template: str, method: str) -> Json:
        return dict(self.paths[template][method.lower()].get("responses", {}))

    def _resolved(self, part: Json) -> Json:
        while "$ref" in part:
            found: Any = self.content
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part

    def _template(self, path: str) -> str | None:
        return next((template for pattern, template in self._patterns if pattern.fullmatch(path)), None)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """What each path matches; those with fewer parameters first."""
        ordered = sorted(self.paths, key=lambda each: each.count("{"))
        return [(re.compile(re.sub(r"\\\{.+?\\\}", "[^/]+", re.escape(each))), each) for each in ordered]


def _shape(path: str) -> str:
    return re.sub(r"\{.+?\}", "{}", path)


def _spellings(status: int) -> Iterator[str]:
    yield from (str(status), f"{status // 100}XX", "default")


def _with_null(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type of its own."""
    if isinstance(schema, list):
        return [_with_null(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    turned = {name: _with_null(each) for name, each in schema.items() if name != "nullable"}
    return {"anyOf": [turned, {"type": "null"}]} if schema.get("nullable") is True else turned
