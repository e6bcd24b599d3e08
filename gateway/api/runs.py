"""Runs and their clock."""

from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from chassis.idempotency import forget_scopes
from chassis.problems import problem_responses
from gateway.api.shapes import (
    ClockMove,
    ClockView,
    EventView,
    Key,
    NewRun,
    RunName,
    RunView,
)
from gateway.api.views import iso
from gateway.driver import StopAt
from gateway.fault_names import require_known
from gateway.journal import RUN_LOG
from gateway.parts import Parts
from gateway.runs import Run


def run_routes(parts: Parts) -> APIRouter:
    """Routes of runs."""
    router = APIRouter(
        prefix="/runs", tags=["runs"], responses=problem_responses(400, 404, 413, 415, 422, 500, 502, 503)
    )

    @router.post(
        "", status_code=201, response_model=RunView, responses=problem_responses(409), summary="Open a run"
    )
    async def open_run(body: NewRun, key: Key = None) -> Response:
        name = body.run_id or "r-" + sha256((key or "").encode()).hexdigest()[:12]

        async def work() -> tuple[int, Any]:
            return 201, run_view(parts, await _opened(parts, name, body))

        return await parts.once(f"{name}:run", key, body.model_dump(mode="json"), work)

    @router.get("", summary="The runs, by name")
    async def runs(
        after: Annotated[str, Query(max_length=64)] = "", limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> list[RunView]:
        return [run_view(parts, run) for run in parts.runs.all(after, limit)]

    @router.get("/{run_id}", summary="One run")
    async def run(run_id: RunName) -> RunView:
        return run_view(parts, parts.runs.find(run_id))

    @router.delete("/{run_id}", status_code=204, summary="Remove every trace of a run from every service")
    async def remove(run_id: RunName) -> Response:
        async with parts.driver.lock(run_id):
            await parts.runs.remove(run_id)
            forget_scopes(parts.store, f"{run_id}:")
            parts.neighbours.forget(run_id)
            parts.exchanges.forget(run_id)
            parts.dossiers.forget(run_id)
            parts.errands.forget(run_id)
        parts.driver.forget(run_id)
        return Response(status_code=204)

    @router.post("/{run_id}/clock", responses=problem_responses(409), summary="Move the run's clock")
    async def clock(run_id: RunName, body: ClockMove) -> ClockView:
        stops = [StopAt(**each.model_dump()) for each in body.stop_at]
        advance = await parts.driver.advance(run_id, body.to, stops)
        return ClockView(
            run_id=run_id,
            now=parts.runs.find(run_id).now.isoformat(),
            instants=advance.instants,
            settled=advance.settled,
            next_at=iso(advance.next_at),
        )

    @router.get("/{run_id}/events", summary="The run's own log: opened, clock moved")
    async def events(
        run_id: RunName,
        after: Annotated[int, Query(ge=0, le=2**31)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> list[EventView]:
        found = parts.runs.find(run_id)
        return [
            EventView(**event.as_json()) for event in parts.journal.read(found.run_id, RUN_LOG, after, limit)
        ]

    return router


def run_view(parts: Parts, run: Run) -> RunView:
    present = {"now": parts.driver.present(run).isoformat()}
    dossiers = parts.journal.dossiers(run.run_id)
    return RunView(**run.as_json() | present, dossiers=dossiers, version=run.version)


async def _opened(parts: Parts, name: str, body: NewRun) -> Run:
    for group in parts.catalogue.groups.values():
        group.law.profile(body.terms.law)
    require_known(body.terms.faults, parts.catalogue, parts.neighbours.services)
    if body.record and not parts.runs.exists(name):  # what opens it is recorded too
        parts.exchanges.record(name)
    run = await parts.runs.open(name, body.terms)
    if body.record:
        parts.exchanges.record(name)
    return run
