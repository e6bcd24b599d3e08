"""An agency's contract, over HTTP: a route translates, asks the desk once, and translates back.

The OpenAPI document that follows from this file is what another implementation must keep to.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from chassis.context import Run, RunContext
from chassis.problems import problem_responses
from services.applications import STATES, ApplicationView, Worklist
from services.bodies import (
    APPLICATION_ID,
    ConsentGiven,
    CorrectionAsked,
    Decision,
    Resubmission,
    Submission,
    Supplement,
    Withdrawal,
)
from services.counter import NEXT_ACT_HEADER, Service, mutating
from services.desk import Desk

ApplicationId = Annotated[
    str, Path(pattern=APPLICATION_ID, max_length=100, examples=["B-2026-000001.birth_registration"])
]
Number = Annotated[int, Path(ge=1, le=1000, examples=[1])]
State = Literal[
    "arrived",
    "received",
    "taken_up",
    "supplement_requested",
    "returned_to_issuer",
    "granted",
    "rejected",
    "withdrawn",
]


class FindingsView(BaseModel):
    """What an officer would find now."""

    findings: list[dict[str, Any]]


def application_routes(service: Service, desk: Desk) -> APIRouter:
    """Sending an application in, looking at it, and deciding."""
    router = APIRouter(prefix="/applications", tags=["applications"])
    answer = _answering(service)

    @router.put(
        "/{application_id}",
        summary="Nộp hồ sơ",
        responses={201: {"model": ApplicationView, "headers": NEXT_ACT_HEADER}, **mutating(404, 409, 503)},
    )
    async def submit(
        run: Run, application_id: ApplicationId, sent: Submission, response: Response
    ) -> ApplicationView:
        view, is_new = desk.submit(run, application_id, sent)
        response.status_code = 201 if is_new else 200
        return answer(run, response, view)

    @router.get("/{application_id}", summary="Xem hồ sơ", responses=problem_responses(404))
    async def show(run: Run, application_id: ApplicationId) -> ApplicationView:
        return desk.show(run, application_id)

    @router.get("", summary="Danh sách việc của cán bộ", responses=problem_responses(404))
    async def worklist(
        run: Run,
        state: Annotated[State | None, Query(description=" | ".join(STATES))] = None,
        stuck: Annotated[bool, Query(description="only those with an act that is stuck")] = False,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Worklist:
        return desk.worklist(run, state, limit, stuck_only=stuck)

    @router.get(
        "/{application_id}/findings",
        summary="Cán bộ sẽ thấy gì nếu xem bây giờ",
        responses=problem_responses(404, 503),
    )
    async def findings(run: Run, application_id: ApplicationId) -> FindingsView:
        found = await desk.findings(run, application_id)
        return FindingsView(findings=[each.as_json() for each in found])

    @router.put("/{application_id}/decision", summary="Cán bộ quyết định", responses=mutating(404, 409, 503))
    async def decide(
        run: Run, application_id: ApplicationId, sent: Decision, response: Response
    ) -> ApplicationView:
        return answer(run, response, await desk.decide(run, application_id, sent))

    return router


def follow_up_routes(service: Service, desk: Desk) -> APIRouter:
    """What comes after an application: consents, supplements, corrections, the corrected form."""
    router = APIRouter(prefix="/applications", tags=["applications"])
    answer = _answering(service)

    @router.put(
        "/{application_id}/consents/{party}", summary="Báo có sự đồng ý", responses=mutating(404, 409, 503)
    )
    async def give_consent(
        run: Run,
        application_id: ApplicationId,
        party: Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", examples=["householder"])],
        sent: ConsentGiven,
        response: Response,
    ) -> ApplicationView:
        return answer(run, response, desk.give_consent(run, application_id, party, sent))

    @router.put(
        "/{application_id}/supplements/{round}", summary="Bổ sung hồ sơ", responses=mutating(404, 409, 503)
    )
    async def supplement(
        run: Run,
        application_id: ApplicationId,
        round_: Annotated[int, Path(alias="round", ge=1, le=1000, examples=[1])],
        sent: Supplement,
        response: Response,
    ) -> ApplicationView:
        return answer(run, response, desk.supplement(run, application_id, round_, sent))

    @router.put(
        "/{application_id}/corrections/{number}",
        summary="Đề nghị cơ quan cấp sửa sai",
        responses=mutating(404, 409, 503),
    )
    async def ask_correction(
        run: Run, application_id: ApplicationId, number: Number, sent: CorrectionAsked, response: Response
    ) -> ApplicationView:
        return answer(run, response, desk.ask_correction(run, application_id, number, sent))

    @router.put(
        "/{application_id}/withdrawal", summary="Người dân rút hồ sơ", responses=mutating(404, 409, 503)
    )
    async def withdraw(
        run: Run, application_id: ApplicationId, sent: Withdrawal, response: Response
    ) -> ApplicationView:
        return answer(run, response, desk.withdraw(run, application_id, sent))

    @router.put(
        "/{application_id}/resubmissions/{number}",
        summary="Nộp lại sau khi cơ quan cấp đã sửa",
        responses=mutating(404, 409, 503),
    )
    async def resubmit(
        run: Run, application_id: ApplicationId, number: Number, sent: Resubmission, response: Response
    ) -> ApplicationView:
        return answer(run, response, desk.resubmit(run, application_id, number, sent))

    return router


Answering = Callable[[RunContext, Response, ApplicationView], ApplicationView]


def _answering(service: Service) -> Answering:
    def answer(run: RunContext, response: Response, view: ApplicationView) -> ApplicationView:
        with service.store.session() as session:
            service.told_next(session, run.run_id, response)
        return view

    return answer
