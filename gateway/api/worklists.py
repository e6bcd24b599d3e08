"""The officers' worklists, and a human officer's decision."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from chassis.problems import problem_responses
from flow_model.errors import UnknownThing
from gateway.api.act_shapes import OfficerDecision
from gateway.api.shapes import RunName, ServiceName
from gateway.parts import Parts

ApplicationId = Annotated[
    str,
    Path(pattern=r"^[A-Z]-[0-9]{4}-[0-9]{6}\.[a-z_]{1,60}$", examples=["B-2026-000001.permanent_residence"]),
]
State = Literal[
    "arrived",
    "received",
    "taken_up",
    "supplement_requested",
    "returned_to_issuer",
    "granted",
    "rejected",
    "withdrawn",
]


def worklist_routes(parts: Parts) -> APIRouter:
    """Routes of the officers' desks."""
    router = APIRouter(
        prefix="/runs/{run_id}/worklists/{agency}",
        tags=["worklists"],
        responses=problem_responses(400, 404, 413, 415, 422, 500, 502, 503),
    )

    @router.get("", summary="The applications on an agency's desk, by due time")
    async def worklist(
        run_id: RunName,
        agency: ServiceName,
        state: State | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Any:
        run = parts.runs.find(run_id)
        params: dict[str, str | int] = {"limit": limit} | ({"state": state} if state else {})
        answer = await parts.neighbours.call(
            run, _agency(parts, agency), "GET", "/applications", params=params
        )
        return answer.body["applications"]

    @router.put(
        "/{application_id}/decision", responses=problem_responses(409), summary="A human officer decides"
    )
    async def decide(
        run_id: RunName, agency: ServiceName, application_id: ApplicationId, body: OfficerDecision
    ) -> Any:
        about = {"agency": _agency(parts, agency), "application_id": application_id}
        return await parts.acts.do(run_id, "decide", **about, **body.model_dump(mode="json"))

    return router


def _agency(parts: Parts, agency: str) -> str:
    if agency not in parts.catalogue.agencies():
        known = ", ".join(parts.catalogue.agencies())
        raise UnknownThing(
            f"Không có cơ quan “{agency}”; có: {known}", f"no agency {agency!r}; there are: {known}"
        )
    return agency
