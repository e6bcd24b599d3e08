"""The trainer's board: how to join, who is where, who is stuck; begin anew, close."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path
from fastapi.sse import EventSourceResponse, ServerSentEvent
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from chassis.clock import WallClock
from flow_model.errors import SandboxError, UnknownThing
from web.charts.qr import qr_code
from web.classroom.classes import CODE, Class, Classes
from web.classroom.runs import Opening, remove_run
from web.classroom.standing import Standing, figures, seen, standings
from web.forms import read_form
from web.guard import only_here
from web.section import Parts
from web.words import N_, Words

EVERY_SECONDS = 2.0


@dataclass(frozen=True)
class BoardView:
    """What the trainer sees."""

    one: Class
    address: str
    qr: Markup
    only_here: bool
    figures: Sequence[tuple[str, int]]
    rows: Sequence[Standing]
    group: str
    law: str
    tags: str = "lesson"


_PREFIX = "/lop/{code}/bang/{key}"
Opened = Callable[..., Awaitable[Class]]


def _opened(classes: Classes) -> Opened:
    """The class of an address that has the right key."""

    async def opened(
        code: Annotated[str, Path(pattern=CODE)], key: Annotated[str, Path(max_length=40)]
    ) -> Class:
        one = classes.find(code)
        if key != one.key:
            raise UnknownThing(
                "Không có bảng này. Hãy mở bằng địa chỉ mà bạn nhận khi mở lớp.",
                "There is no such board. Open it by the address that you got when you opened the class.",
            )
        return one

    return opened


def board_routes(parts: Parts, classes: Classes) -> APIRouter:
    """The board as it stands, and as it changes; its address has a key that trainees do not know."""
    router, opened = APIRouter(prefix=_PREFIX, include_in_schema=False), _opened(classes)

    async def found(request: Request, one: Class) -> list[Standing]:
        words = parts.viewer(request).words
        return await standings(parts.asking(request), classes, one, words, parts.clock.now())

    @router.get("")
    async def board(request: Request, one: Annotated[Class, Depends(opened)]) -> Response:
        view = _view(parts, request, one, await found(request, one))
        return parts.frame.page(request, "classroom/board.html", view)

    @router.get("/song", response_class=EventSourceResponse)
    async def live(
        request: Request,
        one: Annotated[Class, Depends(opened)],
        last_event_id: Annotated[str, Header(max_length=20)] = "",
    ) -> AsyncIterator[ServerSentEvent]:
        clock, known = WallClock(), last_event_id
        while not parts.stopping():
            try:
                now = seen(await found(request, one))
            except SandboxError:
                yield ServerSentEvent(comment="gateway away")
            else:
                if now != known:
                    yield ServerSentEvent(event="changed", id=now, data=now)
                    known = now
            await clock.pause(EVERY_SECONDS)

    return router


def board_act_routes(parts: Parts, classes: Classes, opening: Opening) -> APIRouter:
    """What the trainer does: let somebody begin anew, close the class."""
    router, opened = APIRouter(prefix=_PREFIX, include_in_schema=False), _opened(classes)

    @router.post("/lam-lai")
    async def anew(request: Request, one: Annotated[Class, Depends(opened)]) -> Response:
        sent = await read_form(request)
        names = [each.name for each in classes.trainees(one.code)]
        chosen = names if sent.text("ai") == "tat-ca" else [sent.text("ai")]
        for name in chosen:
            trainee = classes.trainee(one.code, name)
            opening.begin(parts.asking(request), one, classes.anew(trainee))
            await remove_run(parts.asking(request), trainee)
        return parts.frame.see(one.board)

    @router.get("/dong")
    async def sure(request: Request, one: Annotated[Class, Depends(opened)]) -> Response:
        count = len(classes.trainees(one.code))
        return parts.frame.page(request, "classroom/close.html", {"one": one, "count": count})

    @router.post("/dong")
    async def close(request: Request, one: Annotated[Class, Depends(opened)]) -> Response:
        for each in classes.close(one):
            await remove_run(parts.asking(request), each)
        return parts.frame.see("/lop")

    return router


def _view(parts: Parts, request: Request, one: Class, rows: Sequence[Standing]) -> BoardView:
    words: Words = parts.viewer(request).words
    address = f"{request.url.scheme}://{request.url.netloc}/lop/{one.code}"
    groups = parts.catalogue.groups
    profile = next(iter(groups.values())).law.profile(one.law)
    return BoardView(
        one=one,
        address=address,
        qr=qr_code("join-qr", address, words.say(N_("Mã QR để vào lớp"))),
        only_here=only_here(request.url.hostname or ""),
        figures=figures(rows, words),
        rows=rows,
        group=words.pick(groups[one.group].title_vi, groups[one.group].title_en) if one.group else "",
        law=words.pick(profile.title_vi, profile.title_en),
    )
