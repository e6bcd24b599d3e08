"""Addresses of the desks: which run, which agency, one application, a decision, the clock."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from chassis.context import RUN_ID
from flow_model.errors import ConflictingContent, NotAllowedNow, ServiceDown
from web.agencies import name_of
from web.asking import Asking, Passed
from web.case.names import DECISIONS
from web.desk.application import application_page, find_application, what_is_found
from web.desk.opening import DesksView, laws_of, move_clock, open_with_people, runs_with_desks
from web.desk.worklist import MOST, WorklistView, applications, rows_of
from web.forms import Mistake, Sent, read_form
from web.frame import Place
from web.handouts.common import Json
from web.section import Parts, Section
from web.words import N_, Words

RunName = Annotated[str, Path(pattern=RUN_ID)]
Agency = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]
ApplicationId = Annotated[str, Path(pattern=r"^[A-Z]-[0-9]{4}-[0-9]{6}\.[a-z_]{1,60}$")]
_REASON = N_("Hãy ghi lý do: người dân và cơ quan khác sẽ đọc.")
_DECISION = N_("Hãy chọn một quyết định.")
_TAKEN = N_("Người khác đã quyết định trước bạn: xem tình trạng.")
_NOT_NOW = N_("Lúc này chưa quyết định được: xem tình trạng.")
_DOWN = N_("Cơ quan này đang ngừng (sự cố của lượt chạy). Cho đồng hồ chạy qua lúc đó rồi ghi lại.")
_NOBODY = N_("Hãy ghi tên cán bộ.")


def desks_routes(parts: Parts) -> APIRouter:
    """The overview of desks, and opening a run with human officers."""
    router = APIRouter(include_in_schema=False)

    @router.get("/can-bo")
    async def desks(request: Request) -> Response:
        words = parts.viewer(request).words
        laws = laws_of(parts.catalogue, words)
        view = DesksView(
            runs=await runs_with_desks(parts.asking(request)),
            agencies=[(each, name_of(each, words)) for each in parts.catalogue.agencies()],
            laws=laws,
            law=next(iter(parts.catalogue.groups.values())).law.default.id,
        )
        return parts.frame.page(request, "desk/desks.html", view)

    @router.post("/can-bo")
    async def open_run(request: Request) -> Response:
        sent = await read_form(request)
        stamp = parts.clock.now().strftime("%y%m%d-%H%M%S-%f")
        run = await open_with_people(
            parts.asking(request), parts.catalogue, f"can-bo-{stamp}", sent.text("law")
        )
        return parts.frame.see(f"/can-bo/{run}/{parts.catalogue.agencies()[0]}")

    @router.post("/can-bo/{run_id}/{agency}/dong-ho")
    async def clock(request: Request, run_id: RunName, agency: Agency) -> Response:
        sent = await read_form(request)
        await move_clock(parts.asking(request), run_id, sent.text("to"))
        return parts.frame.see(f"/can-bo/{run_id}/{agency}")

    return router


def desk_routes(parts: Parts) -> APIRouter:
    """One agency's worklist, and one application."""
    router = APIRouter(prefix="/can-bo/{run_id}/{agency}", include_in_schema=False)

    @router.get("")
    async def worklist(request: Request, run_id: RunName, agency: Agency) -> Response:
        asked = request.query_params
        every, done = asked.get("tat-ca") == "1", asked.get("xong", "")
        view = await _worklist(parts, request, run_id, agency, every, done)
        return parts.frame.page(request, "desk/worklist.html", view)

    @router.get("/{application_id}")
    async def application(
        request: Request, run_id: RunName, agency: Agency, application_id: ApplicationId
    ) -> Response:
        return await _application(parts, request, run_id, agency, application_id)

    @router.post("/{application_id}")
    async def decide(
        request: Request, run_id: RunName, agency: Agency, application_id: ApplicationId
    ) -> Response:
        sent = await read_form(request)
        words = parts.viewer(request).words
        decision = sent.text("decision")
        if decision not in DECISIONS:
            sent.wrong("decision", words.say(_DECISION))
        elif decision != "grant" and not sent.text("reason"):
            sent.wrong("reason", words.say(_REASON))
        if not sent.text("officer"):
            sent.wrong("officer", words.say(_NOBODY))
        if not sent.mistakes:
            body = {name: sent.text(name) for name in ("decision", "reason", "officer")}
            path = f"/runs/{run_id}/worklists/{agency}/{application_id}/decision"
            try:
                await parts.asking(request).put(path, body)
            except Passed as refused:
                sent.wrong("decision", _why_not(words, refused), "state")
                return await _application(parts, request, run_id, agency, application_id, sent, status=409)
            except ServiceDown:
                sent.wrong("decision", words.say(_DOWN), "state")
                return await _application(parts, request, run_id, agency, application_id, sent, status=503)
            return parts.frame.see(f"/can-bo/{run_id}/{agency}?xong={application_id}")
        return await _application(parts, request, run_id, agency, application_id, sent, status=422)

    return router


def _why_not(words: Words, refused: Passed) -> str:
    """What the officer can see for themselves, where another was faster or the turn is somebody else's."""
    said = {ConflictingContent.slug: _TAKEN, NotAllowedNow.slug: _NOT_NOW}.get(refused.slug)
    return words.say(said) if said else words.pick(refused.detail_vi, refused.detail_en)


async def _worklist(
    parts: Parts, request: Request, run_id: str, agency: str, every: bool, done: str
) -> WorklistView:
    words, asking = parts.viewer(request).words, parts.asking(request)
    run, told = await asyncio.gather(
        asking.get(f"/runs/{run_id}"), applications(asking, run_id, agency, every=every)
    )
    return WorklistView(
        run=run,
        agency=agency,
        name=name_of(agency, words),
        agencies=[(each, name_of(each, words)) for each in parts.catalogue.agencies()],
        rows=rows_of(words, run, agency, told[:MOST]),
        all=every,
        more=len(told) > MOST,
        human=run["terms"]["officers"] == "human",
        done=done,
    )


async def _application(
    parts: Parts,
    request: Request,
    run_id: str,
    agency: str,
    name: str,
    sent: Sent | None = None,
    status: int = 200,
) -> Response:
    words, asking = parts.viewer(request).words, parts.asking(request)
    run = await asking.get(f"/runs/{run_id}")
    told = await find_application(asking, run, agency, name)
    history, found = await asyncio.gather(
        _history(asking, run_id, told["dossier"]), what_is_found(asking, run, agency, told)
    )
    typed = {each: sent.text(each) for each in ("decision", "reason", "officer")} if sent else {}
    mistakes: Sequence[Mistake] = sent.mistakes if sent else ()
    group = parts.catalogue.group(told["group"])
    view = application_page(words, group, run, agency, told, history, found, typed, mistakes)
    return parts.frame.page(request, "desk/application.html", view, status=status)


async def _history(asking: Asking, run_id: str, dossier: str) -> list[Json]:
    history = await asking.get(f"/runs/{run_id}/dossiers/{dossier}/events")
    return list(history["events"])


def _routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.include_router(desks_routes(parts))
    router.include_router(desk_routes(parts))
    return router


SECTION = Section(
    _routes,
    Place("/can-bo", N_("Bàn cán bộ"), N_("Đóng vai cán bộ: xem đơn và căn cứ, rồi quyết định.")),
)
