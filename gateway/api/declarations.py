"""Declaring: an example of a family, prefill, submission."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from chassis.problems import problem_responses
from flow_model.errors import InvalidDeclaration, UnknownThing
from flow_model.group import Group
from gateway.api.shapes import (
    DossierView,
    Draft,
    GroupName,
    Key,
    NewDossier,
    PrefilledView,
    RunName,
)
from gateway.api.views import dossier_view
from gateway.declaring import validated
from gateway.parts import Parts
from gateway.prefill import prefill


def declaration_routes(parts: Parts) -> APIRouter:
    """Routes of the declaration."""
    router = APIRouter(
        prefix="/runs/{run_id}",
        tags=["declarations"],
        responses=problem_responses(400, 404, 409, 413, 415, 422, 500, 502, 503),
    )

    @router.get("/examples/{group_id}", summary="What a citizen of an invented family would type, prefilled")
    async def example(
        run_id: RunName,
        group_id: GroupName,
        situation: Annotated[str, Query(pattern=r"^[a-z_]{1,60}$")],
        nth: Annotated[int, Query(ge=0, le=199)] = 0,
    ) -> dict[str, Any]:
        run, group = parts.runs.find(run_id), parts.catalogue.group(group_id)
        typed = _example_of(group)
        params: dict[str, str | int] = {"situation": situation, "skip": nth, "limit": 1}
        answer = await parts.neighbours.call(run, "population", "GET", "/families", params=params)
        if not answer.body["families"]:
            raise InvalidDeclaration(
                f"Không có gia đình thứ {nth + 1} kiểu “{situation}”; các kiểu: docs/operations.md",
                f"no family number {nth + 1} of the kind {situation!r}; kinds: docs/operations.md",
            )
        (family,) = answer.body["families"]
        try:
            draft = typed(family)
        except KeyError:  # a family of another life event lacks what this one is told by
            raise InvalidDeclaration(
                f"Gia đình kiểu “{situation}” không khai được nhóm {group.id}",
                f"a family of the kind {situation!r} has nothing to declare in the group {group.id}",
            ) from None
        filled = await prefill(run, group, draft, parts.neighbours)
        return {
            "family": {"index": family["index"], "situation": family["situation"]},
            "group": group.id,
            "procedures": list(group.wanted(family)),
            "declaration": filled.declaration,
            "sources": filled.sources,
        }

    @router.post("/prefill", summary="Fill in what the registries know; nothing is stored")
    async def prefilled(run_id: RunName, body: Draft) -> PrefilledView:
        run, group = parts.runs.find(run_id), parts.catalogue.group(body.group)
        filled = await prefill(run, group, body.declaration, parts.neighbours)
        return PrefilledView(
            declaration=filled.declaration,
            sources=filled.sources,
            missing=_missing(group, filled.declaration),
            silent=sorted({each["service"] for each in filled.faults}),
        )

    @router.post(
        "/dossiers", status_code=201, response_model=DossierView, summary="Submit a declaration: one dossier"
    )
    async def declare(run_id: RunName, body: NewDossier, key: Key = None) -> Response:
        async def work() -> tuple[int, Any]:
            dossier = await parts.acts.do(run_id, "declare", **body.model_dump(mode="json"))
            run = parts.runs.find(run_id)
            return 201, dossier_view(run, parts.dossiers.read(run, dossier))

        parts.runs.find(run_id)
        scope, content = f"{run_id}:dossiers", body.model_dump(mode="json")
        return await parts.once(scope, key, content, work)

    return router


def _example_of(group: Group) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    if group.example is None:
        raise UnknownThing(
            f"Nhóm {group.id} không có tờ khai mẫu: xem example.py trong docs/add-a-flow.md",
            f"the group {group.id} has no example: see example.py in docs/add-a-flow.md",
        )
    return group.example


def _missing(group: Group, declaration: dict[str, Any]) -> list[dict[str, str]]:
    try:
        validated(group, declaration)
    except InvalidDeclaration as invalid:
        return [
            {"field": each.field.removeprefix("declaration."), "vi": each.message_vi, "en": each.message_en}
            for each in invalid.errors
        ]
    return []
