"""Many at once: applications handed in, and look-ups, a line each; one transaction, one answer.

An optional part of the contract: each line has the effect, and the idempotence, of the request that it stands
for, and a line that is refused hinders no other.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from chassis.context import Run
from chassis.lines import Json, answered, documented, read_lines, refusal
from chassis.problems import problem_responses
from flow_model.errors import UnknownThing
from services.bodies import APPLICATION_ID, Submission
from services.counter import NEXT_ACT_HEADER, Service
from services.desk import Desk
from services.terms import Closed, require_up, terms_of

_ERRORS = problem_responses(404, 409, 413, 415, 422, 503)


class SubmissionLine(Submission):
    """An application and its name."""

    application_id: str = Field(pattern=APPLICATION_ID, max_length=100)

    def submission(self) -> Submission:
        """The application without its name, as it is sent alone."""
        return Submission.model_construct(**{name: getattr(self, name) for name in Submission.model_fields})


class LookUpLine(Closed):
    """A kind of record, and the key it stands under."""

    kind: str = Field(max_length=60)
    key: str = Field(max_length=400)


_EXAMPLE: Json = {
    "application_id": "B-2026-000001.health_insurance_card",
    **Submission.model_config["json_schema_extra"]["examples"][0],  # type: ignore[index,dict-item]
}
_SUBMITTED = documented(
    "application_id, and what PUT /applications/{application_id} takes",
    _EXAMPLE,
    {"line": 1, "status": 201, "application_id": _EXAMPLE["application_id"], "state": "arrived"},
)
_LOOKED_UP = documented(
    "kind and key",
    {"kind": "person", "key": "979199321120"},
    {"line": 1, "status": 200, "found": False, "record": None},
)


def batch_routes(service: Service, desk: Desk) -> APIRouter:
    """Applications by the hundred."""
    router = APIRouter(prefix="/applications", tags=["applications"])

    @router.post(
        "/batch",
        summary="Nộp nhiều hồ sơ một lần",
        response_class=Response,
        responses=_responses(_SUBMITTED, NEXT_ACT_HEADER),
        openapi_extra=_SUBMITTED["openapi_extra"],
    )
    async def submit_many(run: Run, request: Request) -> Response:
        answers = []
        for line in read_lines(await request.body()):
            try:
                sent = line.read(SubmissionLine)
                view, is_new = desk.submit(run, sent.application_id, sent.submission())
                told = {"application_id": view.application_id, "state": view.state}
                answers.append({"line": line.number, "status": 201 if is_new else 200, **told})
            except Exception as error:  # one line's trouble is no other's
                answers.append(refusal(line, error, request.scope))
        answer = answered(answers)
        with service.store.session() as session:
            service.told_next(session, run.run_id, answer)
        return answer

    return router


def look_up_routes(service: Service) -> APIRouter:
    """Look-ups by the hundred."""
    router = APIRouter(prefix="/lookups", tags=["lookups"])

    @router.post(
        "/batch",
        summary="Tra cứu nhiều mục một lần",
        response_class=Response,
        responses=_responses(_LOOKED_UP, {}),
        openapi_extra=_LOOKED_UP["openapi_extra"],
    )
    async def look_up_many(run: Run, request: Request) -> Response:
        answers = []
        lines = read_lines(await request.body())
        with service.store.session() as session:
            require_up(terms_of(session, run.run_id), service.name, run.simulated_at)
            for line in lines:
                try:
                    asked = line.read(LookUpLine)
                    function = service.registry.look_ups.get(asked.kind)
                    if function is None:
                        raise UnknownThing(
                            f"Không có loại tra cứu “{asked.kind}”", f"no look-up {asked.kind!r}"
                        )
                    record = function(session, run.run_id, asked.key)
                    answers.append(
                        {"line": line.number, "status": 200, "found": record is not None, "record": record}
                    )
                except Exception as error:
                    answers.append(refusal(line, error, request.scope))
        return answered(answers)

    return router


def _responses(told: Json, headers: Json) -> dict[int | str, dict[str, Any]]:
    return {**_ERRORS, 200: {**told["responses"][200], **({"headers": headers} if headers else {})}}
