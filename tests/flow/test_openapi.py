"""The OpenAPI documents are whole, and their examples work in the order a reader would try them."""

from typing import Any

import pytest

from chassis.lines import MEDIA_TYPE
from gateway.api.shapes import EXAMPLE_BIRTH
from tests.town_in_memory import Town
from town.layout import NAMES, PAGES

PROBLEM = "application/problem+json"


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("get", "put", "post", "delete", "patch")
    ]


async def document_of(town: Town, name: str) -> dict[str, Any]:
    document: dict[str, Any] = (await town.client.call(name, "GET", "/openapi.json")).body
    return document


# The pages are no API: nobody asks them but browsers.
@pytest.mark.parametrize("name", [name for name in NAMES if name != PAGES])
async def test_every_operation_has_a_summary_and_problems_for_its_errors(town: Town, name: str) -> None:
    document = await document_of(town, name)
    found = operations(document)
    assert found
    for method, path, operation in found:
        where = f"{name} {method} {path}"
        assert operation.get("summary"), where
        errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        if path != "/health":
            assert "500" in errors, where
        for status, answer in errors.items():
            assert list(answer["content"]) == [PROBLEM], f"{where} {status}"
            assert answer["content"][PROBLEM].get("example") or answer["content"][PROBLEM].get("examples"), (
                where
            )


async def test_every_body_of_the_gateway_has_an_example(town: Town) -> None:
    document = await document_of(town, "gateway")
    for method, path, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {})
        if MEDIA_TYPE in content:
            assert content[MEDIA_TYPE]["example"].endswith("\n"), f"{method} {path}"
        elif content:
            reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            schema = document["components"]["schemas"][reference.rpartition("/")[2]]
            assert schema.get("examples"), f"{method} {path}"


async def test_the_examples_work_in_the_order_a_reader_would_try_them(town: Town) -> None:
    document = await document_of(town, "gateway")

    def example(path: str) -> Any:
        reference = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"][
            "$ref"
        ]
        return document["components"]["schemas"][reference.rpartition("/")[2]]["examples"][0]

    for path in ("/runs", "/runs/{run_id}/prefill", "/runs/{run_id}/preview", "/runs/{run_id}/dossiers"):
        answer = await town.ask("POST", path.replace("{run_id}", "lop-hoc-1"), example(path))
        assert answer.status in (200, 201), (path, answer.body)
    clock = await town.ask("POST", "/runs/lop-hoc-1/clock", example("/runs/{run_id}/clock"))
    assert clock.body["settled"] is True
    assert set((await town.outcomes("lop-hoc-1", "B-2026-000001")).values()) == {"granted"}


async def test_the_example_is_the_newborn_of_the_example_run(town: Town) -> None:
    await town.post("/runs", {"run_id": "lop-hoc-1", "terms": {"seed": 2026, "law": "claim-2023"}})
    family = await town.example("lop-hoc-1", "birth", "newborn")
    assert EXAMPLE_BIRTH["declaration"] == family["declaration"]
    assert EXAMPLE_BIRTH["procedures"] == family["procedures"]
