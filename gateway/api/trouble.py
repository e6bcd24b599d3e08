"""For testers: make something go wrong in a run that is going on, and read what was said between services."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from chassis.context import RUN_ID
from chassis.har import document
from chassis.problems import problem_responses
from flow_model.faults import as_json as faults_as_json
from gateway.api.act_shapes import AddedFaults
from gateway.api.runs import run_view
from gateway.api.shapes import RunName, RunView
from gateway.parts import Parts
from gateway.version import VERSION


def trouble_routes(parts: Parts) -> APIRouter:
    """Routes of faults and recorded exchanges."""
    router = APIRouter(
        prefix="/runs/{run_id}",
        tags=["faults"],
        responses=problem_responses(400, 404, 409, 413, 415, 422, 500, 502, 503),
    )

    @router.post(
        "/faults/{name}",
        responses=problem_responses(409),
        summary="Something begins to go wrong; the same faults under the same name count once",
    )
    async def add_faults(
        run_id: RunName,
        name: Annotated[str, Path(pattern=RUN_ID, examples=["late-1"])],
        body: AddedFaults,
    ) -> RunView:
        faults = faults_as_json(body.faults)
        await parts.acts.do(run_id, "add_faults", name=name, faults=faults)
        return run_view(parts, parts.runs.find(run_id))

    @router.get("/exchanges", summary="What was said between the services, as HAR 1.2, if recorded")
    async def exchanges(run_id: RunName) -> dict[str, Any]:
        found = parts.runs.find(run_id)
        return document(found.run_id, parts.exchanges.entries(found.run_id), VERSION)

    return router
