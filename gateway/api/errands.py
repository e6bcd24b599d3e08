"""Errands: what a gateway has promised to do, whether or not the process that promised it lives."""

from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.problems import problem_responses
from flow_model.faults import Moment
from gateway.api.shapes import Key, RunName
from gateway.driver import require_may_move
from gateway.errands import Errand
from gateway.parts import Parts

ErrandName = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,120}$", examples=["e-5d41402abc4b"])]


class NewErrand(BaseModel):
    """Bring a run to an instant, to the next thing that happens, or to its end."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"to": "settled"}]})

    to: Literal["next", "settled"] | Moment = Field("settled", examples=["settled"])


class ErrandView(BaseModel):
    """An errand as it stands. A stuck one waits for its owner: POST …/retry when all is put right."""

    errand: str = Field(examples=["e-5d41402abc4b"])
    kind: str = Field(examples=["advance"])
    about: str = Field(description="the run, or the batch of plays", examples=["lop-hoc-1"])
    content: dict[str, Any]
    state: str = Field(description="queued | done | stuck", examples=["queued"])
    attempts: int
    next_try_at: str | None
    error: str | None
    owner: str | None = Field(description="who must act, when somebody must")
    made_at: str
    ended_at: str | None


def errand_routes(parts: Parts) -> APIRouter:
    """Routes of errands."""
    router = APIRouter(tags=["errands"], responses=problem_responses(400, 404, 422, 500, 503))

    @router.post(
        "/runs/{run_id}/errands",
        status_code=202,
        response_model=ErrandView,
        responses=problem_responses(409, 413, 415),
        summary="Move the run's clock without waiting for it: done even if this process dies",
    )
    async def order(run_id: RunName, body: NewErrand, key: Key = None) -> Response:
        require_may_move(parts.runs.find(run_id).terms.clock, body.to)
        name = "e-" + sha256(f"{run_id} {key}".encode()).hexdigest()[:20]
        to = body.to if isinstance(body.to, str) else body.to.isoformat()

        async def work() -> tuple[int, Any]:
            parts.errands.order([(name, "advance", run_id, {"run_id": run_id, "to": to})])
            return 202, view(parts.errands.find(name))

        return await parts.once(f"{run_id}:errands", key, body.model_dump(mode="json"), work)

    @router.get("/errands", summary="Errands, the oldest first; state=stuck is the operator's list")
    async def errands(
        state: Annotated[Literal["queued", "done", "stuck"] | None, Query()] = None,
        about: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> list[ErrandView]:
        return [view(each) for each in parts.errands.listed(state, about, limit)]

    @router.get("/errands/{errand}", summary="One errand: its state, attempts, and when it is tried again")
    async def errand(errand: ErrandName) -> ErrandView:
        return view(parts.errands.find(errand))

    @router.post(
        "/errands/{errand}/retry",
        responses=problem_responses(409, 413, 415),
        summary="What was wrong is put right: try a stuck errand again",
    )
    async def retry(errand: ErrandName) -> ErrandView:
        return view(parts.errands.put_back(errand))

    return router


def view(errand: Errand) -> ErrandView:
    """An errand as it is shown."""
    shown = {name: getattr(errand, name) for name in Errand.__dataclass_fields__}
    return ErrandView(**shown, owner=errand.owner)
