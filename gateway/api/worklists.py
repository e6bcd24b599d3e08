"""The officers' worklists, and a human officer's decision."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from chassis.problems import problem_responses
from flow_model.case import Case
from flow_model.errors import UnknownThing
from flow_model.stuck import GATEWAY, Stuck
from gateway.api.act_shapes import OfficerDecision
from gateway.api.shapes import RunName, ServiceName
from gateway.dossiers import Dossier
from gateway.intake import OF_CONSENTS
from gateway.parts import Parts

ApplicationId = Annotated[
    str,
    Path(pattern=r"^[A-Z]-[0-9]{4}-[0-9]{6}\.[a-z_]{1,60}$", examples=["B-2026-000001.permanent_residence"]),
]
State = Literal[
    "arrived",
    "received",
    "taken_up",
    "supplement_requested",
    "returned_to_issuer",
    "granted",
    "rejected",
    "withdrawn",
    "stuck",
]
Json = dict[str, Any]


def worklist_routes(parts: Parts) -> APIRouter:
    """Routes of the officers' desks."""
    router = APIRouter(
        prefix="/runs/{run_id}/worklists/{agency}",
        tags=["worklists"],
        responses=problem_responses(400, 404, 413, 415, 422, 500, 502, 503),
    )

    @router.get("", summary="What is stuck, then the applications on an agency's desk, by due time")
    async def worklist(
        run_id: RunName,
        agency: ServiceName,
        state: State | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Any:
        run = parts.runs.find(run_id)
        dossiers = parts.dossiers.all(run)
        held = _stuck(dossiers, _desk(parts, agency)) if state in (None, "stuck") else []
        if agency in parts.catalogue.agencies():
            wanted: dict[str, str | int] = {"stuck": "true"} if state == "stuck" else {"state": state or ""}
            params = {"limit": limit, **{name: value for name, value in wanted.items() if value}}
            answer = await parts.neighbours.call(run, agency, "GET", "/applications", params=params)
            listed = answer.body["applications"]
            held += [each for each in listed if state != "stuck" or each.get("stuck")]
        listed_in = {each["dossier"] for each in held[:limit]}
        about = {
            each.case.dossier: each.declared["subject"] for each in dossiers if each.case.dossier in listed_in
        }
        return [each | {"subject": about.get(each["dossier"], "")} for each in held[:limit]]

    @router.put(
        "/{application_id}/decision", responses=problem_responses(409), summary="A human officer decides"
    )
    async def decide(
        run_id: RunName, agency: ServiceName, application_id: ApplicationId, body: OfficerDecision
    ) -> Any:
        about = {"agency": _agency(parts, agency), "application_id": application_id}
        return await parts.acts.do(run_id, "decide", **about, **body.model_dump(mode="json"))

    return router


def _desk(parts: Parts, name: str) -> str:
    """Where something may be stuck: an agency, a registry, or the gateway itself."""
    return name if name in (GATEWAY, *parts.neighbours.services) else _agency(parts, name)


def _stuck(dossiers: Iterable[Dossier], owner: str) -> list[Json]:
    """What the gateway could not do and this owner must see to, the oldest first."""
    found = [
        (each, dossier.case)
        for dossier in dossiers
        for each in dossier.progress.stuck.values()
        if each.owner == owner and each.kept_by in (GATEWAY, OF_CONSENTS)
    ]
    return [_entry(each, case) for each, case in sorted(found, key=lambda pair: pair[0].since)]


def _entry(stuck: Stuck, case: Case) -> Json:
    """In the manner of an application: the agency may never have had one."""
    application_id = f"{case.dossier}.{stuck.about}"
    procedure = case.group.procedure(stuck.about) if stuck.about in case.procedures else None
    why = {"act": stuck.move, "since": stuck.since.isoformat()}
    return {
        "application_id": application_id,
        "group": case.group.id,
        "procedure": None if procedure is None else procedure.id,
        "title_vi": case.group.title_vi if procedure is None else procedure.title_vi,
        "title_en": case.group.title_en if procedure is None else procedure.title_en,
        "path": case.path,
        "dossier": case.dossier,
        "state": "stuck",
        "round": stuck.round,
        "due_at": None,
        "stuck": [
            {"application_id": application_id, **why, "attempts": stuck.attempts, "reason": stuck.reason}
        ],
    }


def _agency(parts: Parts, agency: str) -> str:
    if agency not in parts.catalogue.agencies():
        known = ", ".join(parts.catalogue.agencies())
        raise UnknownThing(
            f"Không có cơ quan “{agency}”; có: {known}", f"no agency {agency!r}; there are: {known}"
        )
    return agency
