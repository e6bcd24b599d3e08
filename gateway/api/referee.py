"""The law as a referee: the rules by name, and what they have against a dossier or a run."""

from collections.abc import Sequence
from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chassis.problems import problem_responses
from gateway.api.shapes import DossierCode, RunName
from gateway.parts import Parts
from measurement.referee import RULES, Violation, referee, referee_run


class RuleView(BaseModel):
    """A rule of the referee."""

    id: str = Field(examples=["decided_within_limit"])
    title_vi: str
    title_en: str
    article: str
    confidence: str = Field(description="confirmed | secondary | inferred | unverified")
    paths: list[str] = Field(description="The paths on which it holds")


class ViolationView(BaseModel):
    """A rule that was not kept. ``article`` is that of the dated limit, where one is the measure."""

    rule: str = Field(examples=["decided_within_limit"])
    article: str
    confidence: str = Field(description="confirmed | secondary | inferred | unverified")
    dossier: str = Field(examples=["B-2026-000001"])
    procedure: str | None
    sequence: int = Field(description="The event's number in the dossier's history")
    expected_vi: str
    expected_en: str
    found_vi: str
    found_en: str


class RefereeView(BaseModel):
    """What the law has against a dossier or a run, by dossier and event."""

    violations: list[ViolationView]
    rules_checked: int


def referee_routes(parts: Parts) -> APIRouter:
    """Routes of the referee."""
    router = APIRouter(tags=["referee"], responses=problem_responses(400, 404, 422, 500))

    @router.get("/rules", summary="The rules of the referee, each with its article")
    async def rules() -> list[RuleView]:
        return [RuleView(**rule.as_json()) for rule in RULES]

    @router.get("/runs/{run_id}/dossiers/{dossier}/referee", summary="One dossier before the referee")
    async def of_dossier(run_id: RunName, dossier: DossierCode) -> RefereeView:
        run = parts.runs.find(run_id)
        found = parts.dossiers.read(run, dossier)
        return _view(referee(found.case, found.history, run.genesis))

    @router.get("/runs/{run_id}/referee", summary="All dossiers of a run before the referee, and together")
    async def of_run(run_id: RunName) -> RefereeView:
        run = parts.runs.find(run_id)
        records = [(found.case, found.history) for found in parts.dossiers.read_all(run)]
        return _view(referee_run(records, run.genesis))

    return router


def _view(violations: Sequence[Violation]) -> RefereeView:
    return RefereeView(
        violations=[ViolationView(**asdict(each)) for each in violations], rules_checked=len(RULES)
    )
