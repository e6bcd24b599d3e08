"""Groups and laws: what may be declared, on which forms, within which limits."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from chassis.problems import problem_responses
from flow_model.limits import PATHS, Limit
from gateway.api.shapes import GroupName, LawName
from gateway.api.views import group_view
from gateway.parts import Parts
from measurement.legal import legal_length
from measurement.reuse import form_fields

LawQuery = Annotated[
    str | None, Query(pattern=r"^[a-z0-9-]{1,40}$", description="Law profile; the default without")
]


def group_routes(parts: Parts) -> APIRouter:
    """Routes of the declared groups."""
    router = APIRouter(tags=["groups"], responses=problem_responses(400, 404, 422, 500))

    @router.get("/groups", summary="The interlinked groups of this installation")
    async def groups() -> list[dict[str, Any]]:
        return [group_view(group, group.law.default.id) for group in parts.catalogue.groups.values()]

    @router.get("/groups/{group_id}", summary="One group: procedures, choices, fields")
    async def group(group_id: GroupName, law: LawQuery = None) -> dict[str, Any]:
        found = parts.catalogue.group(group_id)
        return group_view(found, found.law.profile(law or found.law.default.id).id)

    @router.get(
        "/groups/{group_id}/lineage", summary="Where each cell of each form comes from, and what that saves"
    )
    async def lineage(group_id: GroupName, law: LawQuery = None) -> dict[str, Any]:
        found = parts.catalogue.group(group_id)
        chosen = found.choices(law or found.law.default.id, "interlinked")[0].procedures
        return {
            "procedures": list(chosen),
            "counts": form_fields(found, chosen).as_json(),
            "cells": [line.as_json() for line in found.lineage(chosen)],
        }

    @router.get("/laws", summary="The law profiles")
    async def laws() -> list[dict[str, Any]]:
        return [_law(parts, law) for law in next(iter(parts.catalogue.groups.values())).law.profiles]

    @router.get("/laws/{law}", summary="The limits in force under a profile, with article and confidence")
    async def one_law(law: LawName) -> dict[str, Any]:
        return _law(parts, law) | {
            "groups": {group_id: _limits(parts, group_id, law) for group_id in parts.catalogue.groups}
        }

    return router


def _law(parts: Parts, law: str) -> dict[str, Any]:
    profiles = {group.id: group.law.profile(law) for group in parts.catalogue.groups.values()}
    first = next(iter(profiles.values()))
    return {
        "id": first.id,
        "title_vi": first.title_vi,
        "title_en": first.title_en,
        "default": first.default,
        "as_of": {path: day.isoformat() for path, day in first.as_of.items()},
        "notes": {group_id: {"vi": each.note_vi, "en": each.note_en} for group_id, each in profiles.items()},
    }


def _limits(parts: Parts, group_id: str, law: str) -> dict[str, Any]:
    group = parts.catalogue.group(group_id)
    paths: dict[str, Any] = {}
    for path in PATHS:
        paths[path] = {
            "procedures": {
                each.id: _limit(group.law.limit(each.id, path, law)) for each in group.in_force(law, path)
            },
            "terms": {
                name: _limit(group.law.term(name, path, law)) for name in group.law.terms_in_force(path, law)
            },
            "choices": [
                {
                    "procedures": list(choice.procedures),
                    "legal": legal_length(group, law, path, choice.procedures, frozenset()).as_json(),
                    "when": {
                        condition: legal_length(group, law, path, choice.procedures, {condition}).as_json()
                        for condition in group.law.conditions(path, choice.procedures)
                    },
                }
                for choice in group.choices(law, path)
            ],
        }
    return paths


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "value": limit.value,
        "unit": limit.unit,
        "since": limit.since.isoformat(),
        "article": limit.article,
        "confidence": limit.confidence,
        "note": limit.note,
    }
