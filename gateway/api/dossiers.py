"""Dossiers: list, detail, history, due dates, next moves, lineage, results."""

from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from chassis.problems import problem_responses
from flow_model.messages import messages
from gateway.api.shapes import (
    DossierCode,
    DossierView,
    History,
    MoveView,
    RunName,
)
from gateway.api.views import dossier_view, due_dates_view, history_view, moves_view, results_view
from gateway.parts import Parts

MoveName = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", examples=["send"])]
MoveAbout = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,60}$", examples=["permanent_residence"])]
State = Literal[
    "declared", "in_progress", "supplement_requested", "retrying", "stuck", "finished", "withdrawn"
]


def dossier_routes(parts: Parts) -> APIRouter:
    """Routes of dossiers."""
    router = APIRouter(
        prefix="/runs/{run_id}/dossiers",
        tags=["dossiers"],
        responses=problem_responses(400, 404, 413, 415, 422, 500, 502, 503),
    )

    @router.get("", summary="The dossiers of a run, filtered")
    async def dossiers(
        run_id: RunName,
        group: Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")] = None,
        path: Literal["separate", "interlinked"] | None = None,
        state: State | None = None,
        overdue: bool | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        skip: Annotated[int, Query(ge=0, le=1_000_000, description="so many of the first are left out")] = 0,
    ) -> list[DossierView]:
        run = parts.runs.find(run_id)
        wanted = group and parts.catalogue.group(group).id  # an unknown one is told, with those there are
        found = (
            dossier
            for dossier in parts.dossiers.all(run)
            if wanted in (None, dossier.case.group.id)
            and path in (None, dossier.case.path)
            and state in (None, dossier.progress.state)
            and overdue in (None, any(step.overdue for step in dossier.progress.steps.values()))
        )
        # Only what is shown is made ready to be shown: a run may hold thousands.
        return [dossier_view(run, dossier) for dossier in islice(found, skip, skip + limit)]

    @router.get("/{dossier}", summary="One dossier as it stands")
    async def one(run_id: RunName, dossier: DossierCode) -> DossierView:
        run = parts.runs.find(run_id)
        return dossier_view(run, parts.dossiers.find(run, dossier))

    @router.get("/{dossier}/events", summary="The history of a dossier")
    async def events(run_id: RunName, dossier: DossierCode) -> History:
        run = parts.runs.find(run_id)
        return history_view(run, parts.dossiers.read(run, dossier))

    @router.get(
        "/{dossier}/due-dates", summary="Each due time, and why: days off, swapped days, the cut-off hour"
    )
    async def due_dates(run_id: RunName, dossier: DossierCode) -> list[dict[str, Any]]:
        return due_dates_view(parts.dossiers.find(parts.runs.find(run_id), dossier))

    @router.get("/{dossier}/messages", summary="What the citizen and the relatives were told, and when")
    async def told(run_id: RunName, dossier: DossierCode) -> list[dict[str, Any]]:
        found = parts.dossiers.find(parts.runs.find(run_id), dossier)
        return [message.as_json() for message in messages(found.case, found.history)]

    @router.get("/{dossier}/next-moves", summary="What the gateway will do next, and when")
    async def moves(run_id: RunName, dossier: DossierCode) -> list[MoveView]:
        return moves_view(parts.dossiers.find(parts.runs.find(run_id), dossier))

    @router.post(
        "/{dossier}/moves/{move}/{about}/retry",
        responses=problem_responses(409),
        summary="What was wrong is put right: a move, or an agency's act, that is stuck is tried again",
    )
    async def retry(run_id: RunName, dossier: DossierCode, move: MoveName, about: MoveAbout) -> DossierView:
        await parts.acts.do(run_id, "retry", dossier=dossier, move=move, about=about)
        run = parts.runs.find(run_id)
        return dossier_view(run, parts.dossiers.read(run, dossier))

    @router.get(
        "/{dossier}/lineage", summary="Each cell of each form sent, and the source it really came from"
    )
    async def lineage(run_id: RunName, dossier: DossierCode) -> list[dict[str, Any]]:
        found = parts.dossiers.find(parts.runs.find(run_id), dossier)
        sources = found.declared["sources"]
        lines = found.case.group.lineage(found.case.procedures)
        return [
            line.as_json() | {"actual": sorted({sources[root] for root in line.roots if root in sources})}
            for line in lines
        ]

    @router.get("/{dossier}/results", summary="The results so far, by procedure")
    async def results(run_id: RunName, dossier: DossierCode) -> dict[str, Any]:
        return results_view(parts.dossiers.find(parts.runs.find(run_id), dossier))

    return router
