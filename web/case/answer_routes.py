"""Where a citizen answers an agency that asks for a supplement."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from flow_model.declared_fields import DeclaredField
from flow_model.errors import UnknownThing
from web.asking import Passed
from web.case.answer_view import answer_view
from web.case.answering import (
    Standing,
    answer_sent,
    fields_taken,
    note_refused,
    papers_offered,
    standing,
)
from web.case.asked import ASKED, Asked, last_asked
from web.case.showing import Code, RunName
from web.forms import Sent, read_form
from web.histories import Told, told
from web.section import Parts

Procedure = Annotated[str, Path(pattern=r"^[a-z_]{1,60}$")]


@dataclass(frozen=True)
class _Request:
    """A request for a supplement, with what may be sent in answer to it."""

    told: Told
    asked: Asked
    stated: Standing
    fields: list[DeclaredField]
    papers: list[str]


def answer_routes(parts: Parts) -> APIRouter:
    """The page, and sending it."""
    router = APIRouter(include_in_schema=False)
    address = "/{run}/{dossier}/bo-sung/{procedure}"

    @router.get(address)
    async def ask(request: Request, run: RunName, dossier: Code, procedure: Procedure) -> Response:
        found = await _found(parts, request, run, dossier, procedure)
        view = await parts.asking(request).get(f"/runs/{run}/dossiers/{dossier}")
        if not any(each["procedure"] == procedure and each["state"] == ASKED for each in view["steps"]):
            return parts.frame.see(f"/ho-so/{run}/{dossier}")  # it was answered, or the day has passed
        return _page(parts, request, found)

    @router.post(address)
    async def answer(request: Request, run: RunName, dossier: Code, procedure: Procedure) -> Response:
        sent, words = await read_form(request), parts.viewer(request).words
        found = await _found(parts, request, run, dossier, procedure)
        if sent.text("list"):  # without script this is how the communes of a province come
            return _page(parts, request, found, sent)
        body = answer_sent(words, found.stated, found.fields, found.papers, sent)
        if sent.mistakes:
            return _page(parts, request, found, sent, status=422)
        try:
            await parts.asking(request).put(f"/runs/{run}/dossiers/{dossier}/supplements/{procedure}", body)
        except Passed as problem:
            status = note_refused(words, found.stated, found.fields, sent, problem)
            return _page(parts, request, found, sent, status=status)
        return parts.frame.see(f"/ho-so/{run}/{dossier}")

    return router


async def _found(parts: Parts, request: Request, run: str, dossier: str, procedure: str) -> _Request:
    words = parts.viewer(request).words
    history = await told(parts.asking(request), parts.catalogue, run, dossier)
    asked = last_asked(words, history, procedure)
    if asked is None:
        raise UnknownThing(
            "Chưa cơ quan nào yêu cầu bổ sung cho thủ tục này.",
            "No agency has asked for a supplement to this procedure.",
        )
    group = history.case.group
    return _Request(
        told=history,
        asked=asked,
        stated=standing(history, procedure),
        fields=fields_taken(words, group, procedure),
        papers=papers_offered(group, asked.remedies),
    )


def _page(
    parts: Parts, request: Request, found: _Request, sent: Sent | None = None, status: int = 200
) -> Response:
    words = parts.viewer(request).words
    view = answer_view(words, found.told, found.asked, found.stated, found.fields, found.papers, sent)
    return parts.frame.page(request, "answer.html", view, status=status)
