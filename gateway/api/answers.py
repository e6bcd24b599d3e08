"""What citizens answer on a dossier: a click on VNeID, a supplement that was asked for."""

from typing import Any

from fastapi import APIRouter

from chassis.problems import problem_responses
from flow_model.case import Case
from flow_model.errors import NotAllowedNow, UnknownThing
from gateway.api.shapes import (
    ConsentAnswer,
    DossierCode,
    DossierView,
    PartyName,
    ProcedureName,
    RunName,
    Supplement,
)
from gateway.api.views import dossier_view
from gateway.declaring import validated
from gateway.dossiers import Dossier, changed
from gateway.neighbours import speaking_for_others
from gateway.parts import Parts
from gateway.runs import Run


def answer_routes(parts: Parts) -> APIRouter:
    """Routes of the citizens' answers."""
    router = APIRouter(
        prefix="/runs/{run_id}/dossiers",
        tags=["dossiers"],
        responses=problem_responses(400, 404, 413, 415, 422, 500, 502, 503),
    )

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
