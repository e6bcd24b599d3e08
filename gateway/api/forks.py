"""Forks: the same past, and another decision, act or fault at one of its events."""

from typing import Annotated

from fastapi import APIRouter, Path

from chassis.problems import problem_responses
from flow_model.faults import as_json as faults_as_json
from gateway.api.act_shapes import ForkView, NewFork
from gateway.api.shapes import DossierCode, EventView, RunName
from gateway.forks import Fork, Instead
from gateway.parts import Parts


def fork_routes(parts: Parts) -> APIRouter:
    """Routes of forks."""
    router = APIRouter(
        prefix="/runs/{run_id}/dossiers/{dossier}/forks",
        tags=["forks"],
        responses=problem_responses(400, 404, 409, 413, 415, 422, 500, 502, 503),
    )

    @router.post("", status_code=201, summary="Branch at a past event; the same again gives the same branch")
    async def fork(run_id: RunName, dossier: DossierCode, body: NewFork) -> ForkView:
        instead = Instead(
            decision=None if body.decision is None else body.decision.model_dump(mode="json"),
            act=None if body.act is None else {**body.act.model_dump(mode="json"), "dossier": dossier},
            faults=faults_as_json(body.faults),
        )
        return _view(await parts.forks.make(run_id, dossier, body.at, instead, body.run_id))

    @router.get("/{fork_id}", summary="What a branch shares with its origin, and what follows in each")
    async def compare(
        run_id: RunName,
        dossier: DossierCode,
        fork_id: Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", examples=["lop-hoc-1-fork-1"])],
    ) -> ForkView:
        return _view(parts.forks.compare(run_id, fork_id, dossier))

    return router


def _view(fork: Fork) -> ForkView:
    return ForkView(
        run_id=fork.run_id,
        dossier=fork.dossier,
        shared=fork.shared,
        original=[EventView(**event.as_json()) for event in fork.original],
        branch=[EventView(**event.as_json()) for event in fork.branch],
    )
