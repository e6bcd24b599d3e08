"""Dossiers: list, detail, history, next moves, lineage, results; consents and supplements."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from chassis.problems import problem_responses
from flow_model.case import Case
from flow_model.errors import NotAllowedNow, UnknownThing
from gateway.api.shapes import (
    ConsentAnswer,
    DossierCode,
    DossierView,
    History,
    PartyName,
    ProcedureName,
    RunName,
    Supplement,
)
from gateway.api.views import cell_view, dossier_view, history_view, moves_view
from gateway.declaring import validated
from gateway.dossiers import Dossier, changed
from gateway.neighbours import speaking_for_others
from gateway.parts import Parts
from gateway.runs import Run

State = Literal["declared", "in_progress", "supplement_requested", "retrying", "finished", "withdrawn"]


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
    ) -> list[DossierView]:
        run = parts.runs.find(run_id)
        views = [dossier_view(run, dossier) for dossier in parts.dossiers.all(run)]
        return [
            view
            for view in views
            if group in (None, view.group)
            and path in (None, view.path)
            and state in (None, view.state)
            and overdue in (None, any(step.overdue for step in view.steps))
        ][:limit]

    @router.get("/{dossier}", summary="One dossier as it stands")
    async def one(run_id: RunName, dossier: DossierCode) -> DossierView:
        run = parts.runs.find(run_id)
        return dossier_view(run, parts.dossiers.find(run, dossier))

    @router.get("/{dossier}/events", summary="The history of a dossier")
    async def events(run_id: RunName, dossier: DossierCode) -> History:
        run = parts.runs.find(run_id)
        return history_view(run, parts.dossiers.find(run, dossier))

    @router.get("/{dossier}/next-moves", summary="What the gateway will do next, and when")
    async def moves(run_id: RunName, dossier: DossierCode) -> list[dict[str, Any]]:
        return moves_view(parts.dossiers.find(parts.runs.find(run_id), dossier))

    @router.get(
        "/{dossier}/lineage", summary="Each cell of each form sent, and the source it really came from"
    )
    async def lineage(run_id: RunName, dossier: DossierCode) -> list[dict[str, Any]]:
        found = parts.dossiers.find(parts.runs.find(run_id), dossier)
        sources = found.declared["sources"]
        lines = found.case.group.lineage(found.case.procedures)
        return [
            cell_view(line) | {"actual": sorted({sources[root] for root in line.roots if root in sources})}
            for line in lines
        ]

    @router.get("/{dossier}/results", summary="The results so far, by procedure")
    async def results(run_id: RunName, dossier: DossierCode) -> dict[str, Any]:
        found = parts.dossiers.find(parts.runs.find(run_id), dossier)
        return {
            name: {
                "title_vi": found.case.group.procedure(name).result_title_vi,
                "title_en": found.case.group.procedure(name).result_title_en,
                "sample": "MÔ PHỎNG",
                "values": values,
            }
            for name, values in found.progress.results().items()
        }

    @router.put(
        "/{dossier}/consents/{party}", responses=problem_responses(409), summary="A relative answers on VNeID"
    )
    async def consent(
        run_id: RunName, dossier: DossierCode, party: PartyName, body: ConsentAnswer
    ) -> DossierView:
        async with parts.driver.lock(run_id):
            run = parts.runs.find(run_id)
            await parts.driver.settle_now(run)
            found = parts.dossiers.find(run, dossier)
            if party not in found.progress.consents_asked:
                raise UnknownThing(
                    f"Hồ sơ không hỏi ý kiến “{party}”", f"no consent is asked of {party!r} here"
                )
            path = f"/consents/{dossier}.{party}/answer"
            with speaking_for_others():
                await parts.neighbours.call(run, "population", "PUT", path, json={"given": body.given})
            await parts.driver.settle_now(run)
            return dossier_view(run, parts.dossiers.find(run, dossier))

    @router.put(
        "/{dossier}/supplements/{procedure}",
        responses=problem_responses(409),
        summary="The citizen sends what was asked for",
    )
    async def supplement(
        run_id: RunName, dossier: DossierCode, procedure: ProcedureName, body: Supplement
    ) -> DossierView:
        async with parts.driver.lock(run_id):
            run = parts.runs.find(run_id)
            await parts.driver.settle_now(run)
            found = parts.dossiers.find(run, dossier)
            await _send_supplement(parts, run, found, procedure, body)
            await parts.driver.settle_now(run)
            return dossier_view(run, parts.dossiers.find(run, dossier))

    return router


async def _send_supplement(parts: Parts, run: Run, found: Dossier, procedure: str, body: Supplement) -> None:
    step = found.progress.steps.get(procedure)
    if step is None:
        raise UnknownThing(f"Hồ sơ không có thủ tục {procedure}", f"the dossier has no procedure {procedure}")
    if step.state != "supplement_requested":
        raise NotAllowedNow("Cơ quan chưa yêu cầu bổ sung", "no supplement is asked for now")
    case = _with_changes(found.case, body.changes)
    with speaking_for_others():
        notes = await parts.orchestrator.send_supplement(
            run, case, found.progress, step, body.documents, body.changes
        )
    parts.journal.append(run.run_id, run.genesis, notes)


def _with_changes(case: Case, changes: dict[str, Any]) -> Case:
    if not changes:
        return case
    document = changed(case.declaration.model_dump(mode="json", exclude_unset=True), changes)
    return Case(
        dossier=case.dossier,
        group=case.group,
        path=case.path,
        law=case.law,
        seed=case.seed,
        procedures=case.procedures,
        declaration=validated(case.group, document),
        simulated_citizen=case.simulated_citizen,
    )
