"""Previews: the official forms before anything is sent, and what the citizen says to them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from chassis.problems import problem_responses
from flow_model.group import Group
from gateway.api.act_shapes import PreviewAnswer, PreviewAnswered, PreviewShown
from gateway.api.shapes import Draft, Key, RunName
from gateway.api.views import dossier_view
from gateway.parts import Parts
from gateway.previews import forms_of


def preview_routes(parts: Parts) -> APIRouter:
    """Routes of previews."""
    router = APIRouter(
        prefix="/runs/{run_id}",
        tags=["declarations"],
        responses=problem_responses(400, 404, 409, 413, 415, 422, 500, 502, 503),
    )

    @router.post("/preview", summary="The official forms, filled from the one declaration; nothing is kept")
    async def preview(run_id: RunName, body: Draft) -> list[dict[str, Any]]:
        run, group = parts.runs.find(run_id), parts.catalogue.group(body.group)
        return forms_of(group, _chosen(run.terms.law, group, body), body.declaration)

    @router.post(
        "/previews",
        status_code=201,
        response_model=PreviewShown,
        summary="Show the citizen the forms before anything is sent: answer within the run's preview_minutes",
    )
    async def show(run_id: RunName, body: Draft, key: Key = None) -> Response:
        async def work() -> tuple[int, Any]:
            group = parts.catalogue.group(body.group)
            chosen = list(_chosen(parts.runs.find(run_id).terms.law, group, body))
            draft = {"group": group.id, "procedures": chosen, "declaration": body.declaration}
            return 201, await parts.acts.do(run_id, "preview", **draft)

        parts.runs.find(run_id)
        scope, content = f"{run_id}:previews", body.model_dump(mode="json")
        return await parts.once(scope, key, content, work)

    @router.put("/previews/{preview}/answer", summary="The citizen agrees, or refuses: then nothing is sent")
    async def answer(
        run_id: RunName,
        preview: Annotated[str, Path(pattern=r"^P-[0-9]{6}$", examples=["P-000001"])],
        body: PreviewAnswer,
    ) -> PreviewAnswered:
        dossier = await parts.acts.do(run_id, "answer_preview", preview=preview, agreed=body.agreed)
        run = parts.runs.find(run_id)
        view = None if dossier is None else dossier_view(run, parts.dossiers.read(run, dossier))
        return PreviewAnswered(preview=preview, agreed=body.agreed, dossier=view)

    return router


def _chosen(law: str, group: Group, body: Draft) -> tuple[str, ...]:
    default = group.choices(law, "interlinked")[0].procedures
    return group.choose(tuple(body.procedures) or default, law, "interlinked")
