"""The acts of a service that are stuck, over HTTP: the list, and putting one back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from chassis.context import Run
from chassis.problems import problem_responses
from services import stuck
from services.counter import AgendaView, Service, mutating
from services.performing import put_back
from services.stuck import StuckActView
from services.terms import terms_of

ActId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$", examples=["B-2026-000001.birth_registration"])
]
ActKind = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", examples=["take_up"])]


class StuckActs(BaseModel):
    """What is stuck in a run, the oldest first."""

    acts: list[StuckActView]


def stuck_routes(service: Service) -> APIRouter:
    """What is stuck, and putting it back."""
    router = APIRouter(prefix="/agenda", tags=["agenda"])

    @router.get("/stuck", summary="Việc bị kẹt, chờ người xử lý", responses=problem_responses(404))
    async def listed(run: Run, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> StuckActs:
        with service.store.session() as session:
            terms_of(session, run.run_id)
            return StuckActs(acts=[stuck.shown(act) for act in stuck.listed(session, run.run_id)[:limit]])

    @router.post(
        "/{application_id}/{act}/retry",
        summary="Đã sửa xong: làm lại một việc bị kẹt",
        responses=mutating(404, 409),
    )
    async def retry(run: Run, application_id: ActId, act: ActKind, response: Response) -> AgendaView:
        with service.store.session() as session:
            terms_of(session, run.run_id)
            put_back(session, run.run_id, application_id, act, run.simulated_at)
            return AgendaView(next_act_at=service.told_next(session, run.run_id, response))

    return router
