"""Declaring: an example of a family, prefill, preview of the official forms, submission."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from chassis.idempotency import once
from chassis.problems import problem_responses
from flow_model.errors import FieldError, InvalidDeclaration
from flow_model.group import Group
from flow_model.mapping import fill, lineage
from gateway.api.shapes import DossierView, Draft, GroupName, Key, NewDossier, PrefilledView, RunName
from gateway.api.views import cell_view, dossier_view
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
        params: dict[str, str | int] = {"situation": situation, "limit": nth + 1}
        answer = await parts.neighbours.call(run, "population", "GET", "/families", params=params)
        families = answer.body["families"]
        if len(families) <= nth:
            raise InvalidDeclaration(
                f"Không có gia đình thứ {nth + 1} kiểu “{situation}”; các kiểu: docs/operations.md",
                f"no family number {nth + 1} of the kind {situation!r}; kinds: docs/operations.md",
            )
        family = families[nth]
        filled = await prefill(run, group, group.example(family), parts.neighbours)
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
        )

    @router.post("/preview", summary="The official forms, filled from the one declaration; nothing is sent")
    async def preview(run_id: RunName, body: Draft) -> list[dict[str, Any]]:
        run, group = parts.runs.find(run_id), parts.catalogue.group(body.group)
        default = group.choices(run.terms.law, "interlinked")[0].procedures
        chosen = group.choose(tuple(body.procedures) or default, run.terms.law, "interlinked")
        declaration = validated(group, body.declaration)
        forms = []
        for procedure in map(group.procedure, chosen):
            cells = fill(procedure.mapping, declaration, {})
            lines = lineage(procedure.id, procedure.mapping, group.declaration)
            forms.append(
                {
                    "procedure": procedure.id,
                    "form": procedure.mapping.form_code,
                    "title_vi": procedure.title_vi,
                    "title_en": procedure.title_en,
                    "cells": [cell_view(line) | {"value": cells[line.cell]} for line in lines],
                }
            )
        return forms

    @router.post(
        "/dossiers", status_code=201, response_model=DossierView, summary="Submit a declaration: one dossier"
    )
    async def declare(run_id: RunName, body: NewDossier, key: Key = None) -> Response:
        async def work() -> tuple[int, Any]:
            group = parts.catalogue.group(body.group)
            if body.path == "interlinked" and not body.consent:
                raise InvalidDeclaration(
                    "Chưa đồng ý cho các cơ quan trao đổi dữ liệu: chưa gửi gì cả",
                    "no consent to the exchange of data: nothing was sent",
                    errors=[FieldError("consent", "missing", "Cần đồng ý", "consent is needed")],
                )
            async with parts.driver.lock(run_id):
                run = parts.runs.find(run_id)
                event = await parts.declaring.declare(
                    run, group, body.path, tuple(body.procedures), body.declaration
                )
                return 201, dossier_view(run, parts.dossiers.find(run, event.dossier))

        parts.runs.find(run_id)
        scope, content = f"{run_id}:dossiers", body.model_dump(mode="json")
        return await once(parts.store, scope, key, content, work, epoch=parts.epoch())

    return router


def _missing(group: Group, declaration: dict[str, Any]) -> list[dict[str, str]]:
    try:
        validated(group, declaration)
    except InvalidDeclaration as invalid:
        return [
            {"field": each.field.removeprefix("declaration."), "vi": each.message_vi, "en": each.message_en}
            for each in invalid.errors
        ]
    return []
