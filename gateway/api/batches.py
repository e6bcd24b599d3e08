"""Declaring by the hundred: a line of JSON for each declaration, a line of answer for each dossier."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.types import Scope

from chassis.lines import Json, Line, answered, documented, read_lines, refusal
from chassis.problems import problem_responses
from gateway.api.shapes import EXAMPLE_BIRTH, Key, NewDossier, RunName
from gateway.api.views import dossier_view
from gateway.parts import Parts

# So many are declared in one transaction.
CHUNK = 100
_TOLD = documented(
    "a declaration, as POST /runs/{run_id}/dossiers takes it",
    EXAMPLE_BIRTH,
    {"line": 1, "status": 201, "dossier": {"dossier": "B-2026-000001"}},
)


def batch_routes(parts: Parts) -> APIRouter:
    """Routes for many at once."""
    router = APIRouter(
        prefix="/runs/{run_id}",
        tags=["declarations"],
        responses=problem_responses(400, 404, 413, 415, 422, 500, 502, 503),
    )

    @router.post(
        "/dossiers/batch",
        response_class=Response,
        responses=_TOLD["responses"],
        openapi_extra=_TOLD["openapi_extra"],
        summary="Submit many declarations, a line each; what is wrong with one refuses that one alone",
    )
    async def declare(run_id: RunName, request: Request, key: Key = None) -> Response:
        parts.runs.find(run_id)
        body = await request.body()
        lines, whole = read_lines(body), sha256(body).hexdigest()
        answers: list[Json] = []
        for first in range(0, max(len(lines), 1), CHUNK):
            chunk = lines[first : first + CHUNK]

            async def work(chunk: Sequence[Line] = chunk) -> tuple[int, Any]:
                return 200, await _declared(parts, run_id, chunk, request.scope)

            # Who dies between two chunks finds the first one's answer kept, and goes on from there.
            own = None if key is None else f"{key}.{first}"
            answer = await parts.once(f"{run_id}:dossiers:batch", own, {"whole": whole, "first": first}, work)
            answers += json.loads(bytes(answer.body))
        return answered(answers)

    return router


async def _declared(parts: Parts, run_id: str, lines: Sequence[Line], scope: Scope) -> list[Json]:
    """The answers to these lines; declared are those that can be read."""
    read: list[NewDossier | Exception] = []
    for line in lines:
        try:
            read.append(line.read(NewDossier))
        except Exception as error:  # one line's trouble is no other's
            read.append(error)
    bodies = [each.model_dump(mode="json") for each in read if isinstance(each, NewDossier)]
    done = iter(await parts.acts.declare_all(run_id, bodies))
    run = parts.runs.find(run_id)
    answers = []
    for line, each in zip(lines, read, strict=True):
        result = each if isinstance(each, Exception) else next(done)
        if isinstance(result, Exception):
            answers.append(refusal(line, result, scope))
        else:
            view = dossier_view(run, parts.dossiers.find(run, result)).model_dump(mode="json")
            answers.append({"line": line.number, "status": 201, "dossier": view})
    return answers
