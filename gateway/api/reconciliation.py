"""For operators who restored a store from an older copy: which dossiers differ, and in what."""

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chassis.problems import problem_responses
from gateway.api.shapes import RunName
from gateway.parts import Parts


class DifferenceView(BaseModel):
    """One thing that the journal and a service know differently."""

    dossier: str = Field(examples=["B-2026-000001"])
    service: str = Field(examples=["residence"])
    what: str = Field(
        description="lost_by_service | told_otherwise | lost_by_gateway | not_heard_yet | application_lost",
        examples=["lost_by_service"],
    )
    event: str = Field(description="the kind of event, or the procedure of the application")
    number: int | None = Field(description="the service's own number of the event")


class ReconciliationView(BaseModel):
    """Every difference; ``dossiers`` are those that have any."""

    dossiers: list[str]
    differences: list[DifferenceView]


def reconciliation_routes(parts: Parts) -> APIRouter:
    """The route of the comparison."""
    router = APIRouter(
        prefix="/runs/{run_id}", tags=["runs"], responses=problem_responses(400, 404, 409, 422, 500, 502, 503)
    )

    @router.get("/reconciliation", summary="Where the books of the services and the journal differ")
    async def reconciliation(run_id: RunName) -> ReconciliationView:
        async with parts.driver.lock(run_id):
            found = await parts.reconciling.differences(parts.runs.find(run_id))
        return ReconciliationView(
            dossiers=sorted({each.dossier for each in found}),
            differences=[DifferenceView(**asdict(each)) for each in found],
        )

    return router
