"""The API document of a service and its page."""

import json
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from chassis.app import build_app, sync_routes
from chassis.client import ServiceClient, ServiceUnreachable
from chassis.problems import problem_responses
from chassis.storage import open_store
from tests.unit.club import (
    TennisMember,
    club_routes,
)


async def test_the_api_document_names_every_problem_and_nothing_dangles(club: ServiceClient) -> None:
    document = (await club.call("club", "GET", "/openapi.json")).body
    answers = document["paths"]["/members"]["post"]["responses"]
    assert set(answers) == {"201", "400", "413", "415", "422", "500"}
    for status, answer in answers.items():
        if status != "201":
            assert set(answer["content"]) == {"application/problem+json"}
    assert "422" not in document["paths"]["/fault"]["get"]["responses"]
    assert "503" in document["paths"]["/health"]["get"]["responses"]
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    named = {part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]}
    assert named <= set(schemas)


def test_problem_responses_carry_a_schema_and_an_example() -> None:
    for status, response in problem_responses(400, 404, 409, 418, 422, 503).items():
        told = response["content"]["application/problem+json"]
        assert told["example"]["status"] == status
        assert told["schema"]["$ref"].endswith("/Problem")


async def test_the_api_page_has_no_script_loads_nothing_and_escapes_what_it_shows(
    club: ServiceClient,
) -> None:
    page = await club.call("club", "GET", "/docs", headers={"Accept-Language": "en"})
    html = page.content.decode()
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "<script" not in html
    assert "http://" not in html
    assert "https://" not in html
    assert "a &lt;b&gt;club&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "<h1>Tennis &lt;i&gt;</h1>" in html
    assert "<i>" not in html
    assert 'style="' not in html
    for shown in ("/members/{number}", ">POST<", "at_most", "413", "born_on", "Run-Id", "Request body"):
        assert shown in html
    assert "Nội dung gửi" in (await club.call("club", "GET", "/docs")).content.decode()


async def test_health_says_which_service_answers_and_fails_when_its_store_does(tmp_path: Path) -> None:
    store = open_store(tmp_path / "club.db", [TennisMember])
    app = build_app(title="Tennis", version="1.2", store=store)
    async with ServiceClient.in_process({"club": app}) as client:
        answer = await client.call("club", "GET", "/health")
        assert answer.body == {"status": "ok", "service": "Tennis", "version": "1.2"}
        store.close()
        with pytest.raises(ServiceUnreachable) as caught:
            await client.call("club", "GET", "/health")
        assert caught.value.reason == "unavailable"


def test_nothing_that_would_run_in_a_thread_goes_unseen() -> None:
    router = APIRouter(prefix="/x")

    class Threaded:
        pass

    class Inline:
        async def __call__(self) -> None: ...

    def threaded() -> None: ...

    async def above(_: Annotated[None, Depends(threaded)]) -> None: ...

    @router.get("/sync")
    def sync() -> None: ...

    @router.get("/below")
    async def below(_: Annotated[None, Depends(above)]) -> None: ...

    @router.get("/class")
    async def of_class(_: Annotated[Threaded, Depends(Threaded)]) -> None: ...

    @router.get("/fine")
    async def fine(_: Annotated[None, Depends(Inline())]) -> None: ...

    app = build_app(title="t", version="1", routers=[club_routes(), router])
    app.add_exception_handler(KeyError, lambda _request, _error: JSONResponse({}))
    found = "\n".join(sync_routes(app))
    assert [line.split(": ")[0] for line in found.splitlines()] == [
        "/x/sync",
        "/x/below",
        "/x/class",
        "<class 'KeyError'>",
    ]
    assert sync_routes(build_app(title="t", version="1", routers=[club_routes()])) == []
