"""What is told of an agency: whole, readable by programs, and without what is nobody's business."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from chassis.client import Answer, ServiceClient
from flow_model.catalogue import catalogue
from flow_model.errors import UnknownThing
from tests.conformance.agencies import Town, lean_material_of
from tests.conformance.between import Between, Reply, Request
from town.conformance import report
from town.conformance.agency import HERE, Agency, Exchange
from town.conformance.checks import ALL
from town.conformance.command import guess
from town.conformance.document import Document
from town.conformance.junit import write_junit
from town.conformance.running import Outcome, run_checks

KEPT = Outcome("a_run_is_opened_once", "runs", "Once.", "kept", 0.1)
BROKEN = Outcome(
    "it_is_due", "work", "Due.", "broken", 0.2, "due_at", "no\x00thing", commands=("curl -i http://a",)
)
SKIPPED = Outcome("it_returns", "work", "Returns.", "not tried", 0.0, reason="no [bold]issuer[/]")


def asked(
    path: str, status: int, body: object, media: str = "application/json", method: str = "GET"
) -> Exchange:
    answer = Answer(status, {"content-type": media}, body, HERE, json.dumps(body).encode())
    return Exchange("a_check", method, path, {}, {}, None, None, answer)


async def test_a_key_opens_the_door_and_is_never_shown() -> None:
    async def door(between: Between, request: Request) -> Reply:
        if request.headers.get("authorization") != "Bearer s3cret":
            return await between.ask(request.get("/nothing"))
        return await between.ask(request)

    town, material = Town("residence"), await lean_material_of("residence")
    runs = [each for each in ALL if each.chapter == "runs"]
    async with ServiceClient.in_process({HERE: Between(town.agency, door)}) as client:
        with_key = Agency(client, "http://a", key={"Authorization": "Bearer s3cret"})
        assert {each.state for each in await run_checks(with_key, material, only=runs)} == {"kept"}
        without = await run_checks(Agency(client, "http://a"), material, only=runs)
        assert "kept" not in {each.state for each in without}
        lines = with_key.story_of(with_key.exchanges[-1])
    town.close()
    assert lines
    assert all("s3cret" not in line for line in lines)
    assert all("""-H 'Authorization: '"$KEY\"""" in line for line in lines)


async def test_an_agency_is_known_by_what_it_calls_itself_or_by_its_title() -> None:
    async def mute(between: Between, request: Request) -> Reply:
        reply = await between.ask(request)
        if request.method == "PUT":
            return reply.saying({name: told for name, told in reply.body.items() if name != "service"})
        return reply

    async def nameless(between: Between, request: Request) -> Reply:
        reply = await mute(between, request)
        if request.path == "/openapi.json":
            return reply.saying(reply.body | {"info": {"title": "API", "version": "1"}})
        return reply

    town = Town("social_insurance")
    for stands in (town.agency, Between(town.agency, mute)):
        async with ServiceClient.in_process({HERE: stands}) as client:
            assert await guess(Agency(client, "http://a"), catalogue()) == "social_insurance"
    async with ServiceClient.in_process({HERE: Between(town.agency, nameless)}) as client:
        with pytest.raises(UnknownThing, match="say it with --agency: civil_status, residence"):
            await guess(Agency(client, "http://a"), catalogue())
    town.close()


def test_people_see_one_line_for_each_check_and_what_it_takes_to_see_a_failure_again() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    report.show(console, "residence", "http://a", [KEPT, BROKEN, SKIPPED])
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert "✓  runs     a run is opened once" in told
    assert "not tried: no [bold]issuer[/]" in told
    assert "expected  due_at" in told
    assert "curl -i http://a" in told
    assert "1 kept, 1 broken, 1 not tried, of 3 checks" in told


def test_a_check_that_was_not_tried_is_never_counted_as_kept() -> None:
    assert report.counts([KEPT, BROKEN, SKIPPED, SKIPPED]) == {
        "checks": 4,
        "kept": 1,
        "broken": 1,
        "not_tried": 2,
    }


def test_junit_has_a_case_for_each_check_whatever_an_agency_answered(tmp_path: Path) -> None:
    write_junit(tmp_path / "in" / "c.xml", "residence", [KEPT, BROKEN, SKIPPED])
    root = ElementTree.parse(tmp_path / "in" / "c.xml").getroot()
    assert [each.get("name") for each in root] == ["residence: runs", "residence: work"]
    failure = root.find(".//testcase[@name='it_is_due']/failure")
    assert failure is not None
    assert failure.get("message") == "expected due_at; came nothing"
    assert "curl -i http://a" in (failure.text or "")
    assert root.find(".//testcase[@name='it_returns']/skipped") is not None
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("3", "1", "1")


ANSWER = {
    "type": "object",
    "required": ["due_at"],
    "properties": {"due_at": {"$ref": "#/components/schemas/At"}},
}
OPERATION = {
    "responses": {
        "200": {"content": {"application/json": {"schema": ANSWER}}},
        "4XX": {"$ref": "#/components/responses/Problem"},
        "204": {"description": "nothing"},
    }
}


def document(version: str, at: object) -> Document:
    return Document(
        {
            "openapi": version,
            "paths": {"/cases/{id}": {"get": OPERATION}, "/cases/new": {"get": {"responses": {"200": {}}}}},
            "components": {
                "schemas": {"At": at},
                "responses": {"Problem": {"content": {"application/problem+json": {}}}},
            },
        }
    )


@pytest.mark.parametrize(
    ("version", "at"),
    [("3.1.0", {"type": ["string", "null"]}), ("3.0.3", {"type": "string", "nullable": True})],
)
def test_answers_are_held_to_documents_of_both_versions_of_openapi(version: str, at: object) -> None:
    told = document(version, at)
    for body in ({"due_at": None}, {"due_at": "2026-10-05T08:00:00+07:00"}):
        assert told.objection(asked("/cases/7", 200, body)) is None
    assert "not of type" in (told.objection(asked("/cases/7", 200, {"due_at": 7})) or "") or told.objection(
        asked("/cases/7", 200, {"due_at": 7})
    )
    assert "required" in (told.objection(asked("/cases/7", 200, {})) or "")
    assert told.objection(asked("/cases/7", 404, {}, "application/problem+json")) is None
    assert "content type" in (told.objection(asked("/cases/7", 404, {})) or "")
    assert "500 is not documented" in (told.objection(asked("/cases/7", 500, {})) or "")
    assert "without one" in (told.objection(asked("/cases/7", 204, {})) or "")
    assert told.objection(asked("/somewhere/else", 404, {})) is None
    assert told.holds("GET", "/cases/{}")
    assert not told.holds("PUT", "/cases/{}")
