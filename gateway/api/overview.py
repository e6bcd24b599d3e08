"""A dossier with all that is said about it, in one answer: what a page about it shows."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chassis.problems import problem_responses
from flow_model.messages import messages
from gateway.api.runs import run_view
from gateway.api.shapes import DossierCode, DossierView, History, MoveView, RunName, RunView
from gateway.api.views import dossier_view, due_dates_view, history_view, moves_view, results_view
from gateway.parts import Parts
from measurement.report import measure


class OverviewView(BaseModel):
    """Each part is what the address of that name answers by itself, all at one instant."""

    run: RunView
    dossier: DossierView
    history: History
    due_dates: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    next_moves: list[MoveView]
    results: dict[str, Any]
    measurement: dict[str, Any]
    recorded: bool = Field(description="GET /runs/{run_id}/exchanges has something to tell")


def overview_routes(parts: Parts) -> APIRouter:
    """The one route."""
    router = APIRouter(
        prefix="/runs/{run_id}/dossiers", tags=["dossiers"], responses=problem_responses(400, 404, 422, 500)
    )

    @router.get("/{dossier}/overview", summary="One dossier and all that is said about it, in one answer")
    async def overview(run_id: RunName, dossier: DossierCode) -> OverviewView:
        run = parts.runs.find(run_id)
        found = parts.dossiers.read(run, dossier)
        return OverviewView(
            run=run_view(parts, run),
            dossier=dossier_view(run, found),
            history=history_view(run, found),
            due_dates=due_dates_view(found),
            messages=[message.as_json() for message in messages(found.case, found.history)],
            next_moves=moves_view(found),
            results=results_view(found),
            measurement=measure(found.case, found.history).as_json(),
            recorded=parts.exchanges.has_any(run_id),
        )

    return router
