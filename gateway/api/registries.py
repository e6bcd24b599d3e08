"""Looking into the registries of a run: a record under a key, numbers of entries, the invented families."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from chassis.problems import problem_responses
from flow_model.errors import UnknownThing
from gateway.api.shapes import FoundView, RunName, ServiceName
from gateway.neighbours import speaking_for_others
from gateway.parts import Parts


def registry_routes(parts: Parts) -> APIRouter:
    """Routes of registries."""
    router = APIRouter(
        prefix="/runs/{run_id}",
        tags=["registries"],
        responses=problem_responses(400, 404, 422, 500, 502, 503),
    )

    @router.get("/lookups/{service}/{kind}", summary="What a registry holds under a key")
    async def look_up(
        run_id: RunName,
        service: ServiceName,
        kind: Annotated[str, Path(pattern=r"^[a-z_]{1,60}$", examples=["person"])],
        key: Annotated[str, Query(max_length=400, examples=["979199321120"])],
    ) -> FoundView:
        run = parts.runs.find(run_id)
        with speaking_for_others():
            answer = await parts.neighbours.call(
                run, known_service(parts, service), "GET", f"/lookups/{kind}", params={"key": key}
            )
        return FoundView(**answer.body)

    @router.get("/books/{service}", summary="How many entries each book of a service holds")
    async def books(run_id: RunName, service: ServiceName) -> dict[str, int]:
        run = parts.runs.find(run_id)
        answer = await parts.neighbours.call(run, known_service(parts, service), "GET", "/books")
        return dict(answer.body["books"])

    @router.get("/situations", summary="The kinds of invented families, with their titles")
    async def situations(run_id: RunName) -> Any:
        run = parts.runs.find(run_id)
        answer = await parts.neighbours.call(run, "population", "GET", "/situations")
        return answer.body["situations"]

    @router.get("/families", summary="The invented families: who may declare what")
    async def families(
        run_id: RunName,
        situation: Annotated[str | None, Query(pattern=r"^[a-z_]{1,60}$")] = None,
        skip: Annotated[int, Query(ge=0, le=100_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 20,
    ) -> Any:
        found = parts.runs.find(run_id)
        wanted: dict[str, str | int] = {"skip": skip, "limit": limit} | (
            {"situation": situation} if situation else {}
        )
        answer = await parts.neighbours.call(found, "population", "GET", "/families", params=wanted)
        return answer.body["families"]

    return router


def known_service(parts: Parts, service: str) -> str:
    """The name of a service, if there is one of this name; raises UnknownThing."""
    if service not in parts.neighbours.services:
        known = ", ".join(parts.neighbours.services)
        raise UnknownThing(
            f"Không có dịch vụ “{service}”; có: {known}", f"no service {service!r}; there are: {known}"
        )
    return service
