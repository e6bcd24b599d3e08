"""Measurements: one dossier, one run, both paths side by side. All from the event log."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from chassis.clock import WallClock
from chassis.problems import problem_responses
from flow_model.errors import UnknownThing
from gateway.api.shapes import DossierCode, RunName
from gateway.parts import Parts
from measurement.report import DossierMeasure, compare, measure, summarise

Reference = Annotated[
    str,
    Query(
        pattern=r"^[a-z0-9][a-z0-9-]{0,63}/[A-Z]-[0-9]{4}-[0-9]{6}$",
        description="run/dossier",
        examples=["lop-hoc-1/B-2026-000001"],
    ),
]

# So many dossiers are measured before others have a turn.
TOGETHER = 3


def measurement_routes(parts: Parts) -> APIRouter:
    """Routes of the measurements."""
    router = APIRouter(tags=["measurements"], responses=problem_responses(400, 404, 422, 500))

    def measured(run_id: str, dossier: str) -> DossierMeasure:
        found = parts.dossiers.find(parts.runs.find(run_id), dossier)
        return measure(found.case, found.history)

    @router.get("/runs/{run_id}/dossiers/{dossier}/measurement", summary="One dossier, measured")
    async def of_dossier(run_id: RunName, dossier: DossierCode) -> dict[str, Any]:
        return measured(run_id, dossier).as_json()

    @router.get("/runs/{run_id}/measurement", summary="All dossiers of a run, by group and path")
    async def of_run(run_id: RunName) -> dict[str, Any]:
        by_kind: dict[str, dict[str, list[DossierMeasure]]] = {}
        for number, found in enumerate(parts.dossiers.all(parts.runs.find(run_id))):
            if number % TOGETHER == TOGETHER - 1:  # a large run takes seconds, and others want an answer too
                await WallClock().pause(0)
            paths = by_kind.setdefault(found.case.group.id, {})
            paths.setdefault(found.case.path, []).append(measure(found.case, found.history))
        return {
            group: {path: summarise(measures) for path, measures in paths.items()}
            for group, paths in by_kind.items()
        }

    @router.get("/comparison", summary="The same life event on both paths, side by side")
    async def comparison(separate: Reference, interlinked: Reference) -> dict[str, Any]:
        old, new = measured(*separate.split("/")), measured(*interlinked.split("/"))
        if old.path != "separate" or new.path != "interlinked":
            raise UnknownThing(
                "Cần một hồ sơ đi đường cũ và một hồ sơ liên thông",
                "one dossier of the separate path and one of the interlinked path are needed",
            )
        if old.group != new.group:
            raise UnknownThing(
                "Hai hồ sơ thuộc hai nhóm thủ tục khác nhau: không có gì để so sánh",
                "the two dossiers are of different groups: there is nothing to compare",
            )
        return compare(old, new)

    return router
