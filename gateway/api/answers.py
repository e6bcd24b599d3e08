"""What citizens answer on a dossier: a click on VNeID, a supplement that was asked for, taking it back."""

from fastapi import APIRouter

from chassis.problems import problem_responses
from gateway.api.act_shapes import ConsentAnswer, Supplement, Withdrawal
from gateway.api.shapes import DossierCode, DossierView, PartyName, ProcedureName, RunName
from gateway.api.views import dossier_view
from gateway.parts import Parts


def answer_routes(parts: Parts) -> APIRouter:
    """Routes of the citizens' answers."""
    router = APIRouter(
        prefix="/runs/{run_id}/dossiers",
        tags=["dossiers"],
        responses=problem_responses(400, 404, 409, 413, 415, 422, 500, 502, 503),
    )

    async def done(run_id: str, dossier: str, act: str, **content: object) -> DossierView:
        await parts.acts.do(run_id, act, dossier=dossier, **content)
        run = parts.runs.find(run_id)
        return dossier_view(run, parts.dossiers.read(run, dossier))

    @router.put("/{dossier}/consents/{party}", summary="A relative answers on VNeID")
    async def consent(
        run_id: RunName, dossier: DossierCode, party: PartyName, body: ConsentAnswer
    ) -> DossierView:
        return await done(run_id, dossier, "consent", party=party, given=body.given)

    @router.put("/{dossier}/supplements/{procedure}", summary="The citizen sends what was asked for")
    async def supplement(
        run_id: RunName, dossier: DossierCode, procedure: ProcedureName, body: Supplement
    ) -> DossierView:
        sent = {"procedure": procedure, "documents": body.documents, "changes": body.changes}
        return await done(run_id, dossier, "supplement", **sent)

    @router.put("/{dossier}/withdrawal", summary="The citizen takes the dossier back")
    async def withdraw(run_id: RunName, dossier: DossierCode, body: Withdrawal) -> DossierView:
        return await done(run_id, dossier, "withdraw", reason=body.reason)

    @router.put(
        "/{dossier}/pull", summary="Staff pull the dossier again: what agencies told and nobody heard is read"
    )
    async def pull(run_id: RunName, dossier: DossierCode) -> DossierView:
        return await done(run_id, dossier, "pull_again")

    return router
