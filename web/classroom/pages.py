"""Addresses of the classroom for trainees: open or join a class, one's own page, begin anew."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from flow_model.errors import UnknownThing
from web.classroom.board import board_act_routes, board_routes
from web.classroom.classes import CODE, Class, Classes, Trainee
from web.classroom.runs import Opening, dossiers_of, remove_run
from web.classroom.standing import standing
from web.forms import Mistake, Sent, read_form
from web.frame import Place
from web.section import Parts, Section
from web.trainees import TRAINEES
from web.viewer import cookie
from web.words import N_, Words

# A code that somebody types from the board may be in small letters.
Code = Annotated[str, Path(pattern=CODE), BeforeValidator(str.upper)]
Name = Annotated[str, Path(pattern=r"^[a-f0-9]{10}$")]
_SEED = 2026
_MOST_LETTERS = 60
_OFFICERS = {
    "simulated": N_("Máy đóng vai cán bộ, theo đúng luật"),
    "human": N_("Người đóng vai cán bộ, ở bàn cán bộ"),
}
_NO_TITLE = N_("Hãy đặt tên lớp.")
_NO_NAME = N_("Hãy ghi tên hoặc số máy của bạn.")
_TOO_LONG = N_("Tên dài quá %(n)s chữ.")
_TAKEN = N_("Trong lớp đã có người tên như vậy. Hãy thêm chữ hoặc số vào tên.")


@dataclass(frozen=True)
class Task:
    """One thing to do, for the list of tasks."""

    title: str
    href: str | None
    state: str
    kind: str
    hint: str = ""


def class_routes(parts: Parts, classes: Classes) -> APIRouter:
    """Open a class, or find one by its code."""
    router = APIRouter(include_in_schema=False)

    def shown(
        request: Request, sent: Sent | None = None, code: str = "", wrong: Sequence[Mistake] = ()
    ) -> Response:
        words = parts.viewer(request).words
        groups = [
            (each.id, words.pick(each.title_vi, each.title_en)) for each in parts.catalogue.groups.values()
        ]
        law = next(iter(parts.catalogue.groups.values())).law
        view: dict[str, Any] = {
            "classes": classes.all(),
            "groups": [*groups, ("", words.say(N_("Mỗi người tự chọn")))],
            "laws": [(each.id, words.pick(each.title_vi, each.title_en)) for each in law.profiles.values()],
            "officers": [(name, words.say(said)) for name, said in _OFFICERS.items()],
            "chosen": {name: sent.text(name) for name in ("title", "group", "law", "officers")}
            if sent
            else {"title": "", "group": groups[0][0], "law": law.default.id, "officers": "simulated"},
            "code": code,
            "mistakes": sent.mistakes if sent else wrong,
        }
        status = (404 if wrong else 422) if view["mistakes"] else 200
        return parts.frame.page(request, "classroom/classes.html", view, status=status)

    @router.get("/lop")
    async def overview(request: Request, ma: Annotated[str, Query(max_length=20)] = "") -> Response:
        if not ma:
            return shown(request)
        try:
            return parts.frame.see(f"/lop/{classes.find(ma.strip()).code}")
        except UnknownThing as unknown:  # the box for the code is there again, with what was typed
            said = parts.viewer(request).words.pick(unknown.detail_vi, unknown.detail_en)
            return shown(request, code=ma, wrong=[Mistake("ma", said, "f-ma")])

    @router.post("/lop")
    async def open_class(request: Request) -> Response:
        sent, words = await read_form(request), parts.viewer(request).words
        if not sent.text("title"):
            sent.wrong("title", words.say(_NO_TITLE))
        elif len(sent.text("title")) > _MOST_LETTERS:
            sent.wrong("title", words.say(_TOO_LONG, n=_MOST_LETTERS))
        if sent.mistakes:
            return shown(request, sent)
        group = sent.text("group") if sent.text("group") in parts.catalogue.groups else ""
        first = next(iter(parts.catalogue.groups.values()))
        law = first.law.profile(sent.text("law")).id if sent.text("law") else first.law.default.id
        officers = "human" if sent.text("officers") == "human" else "simulated"
        return parts.frame.see(classes.open(sent.text("title"), group, law, officers, _SEED).board)

    return router


def trainee_routes(parts: Parts, classes: Classes, opening: Opening) -> APIRouter:
    """Join, and one's own page."""
    router = APIRouter(prefix="/lop/{code}", include_in_schema=False)

    @router.get("")
    async def door(request: Request, code: Code) -> Response:
        one = classes.find(code)
        before = _joined_here(request, classes, one)
        view: dict[str, Any] = {"one": one, "before": before, "called": "", "mistakes": []}
        return parts.frame.page(request, "classroom/join.html", view)

    @router.post("")
    async def join(request: Request, code: Code) -> Response:
        sent, one, words = await read_form(request), classes.find(code), parts.viewer(request).words
        called = " ".join(sent.text("called").split())
        if not called:
            sent.wrong("called", words.say(_NO_NAME))
        elif len(called) > _MOST_LETTERS:
            sent.wrong("called", words.say(_TOO_LONG, n=_MOST_LETTERS))
        else:
            trainee, before = classes.join(one, called), _joined_here(request, classes, one)
            if trainee is not None:
                opening.begin(parts.asking(request), one, trainee)
                answer = parts.frame.see(trainee.address)
                answer.headers["Set-Cookie"] = cookie(TRAINEES + one.code, trainee.name)
                return answer
            if before is not None and before.called.casefold() == called.casefold():
                return parts.frame.see(before.address)
            sent.wrong("called", words.say(_TAKEN))
        view = {"one": one, "before": None, "called": called, "mistakes": sent.mistakes}
        return parts.frame.page(request, "classroom/join.html", view, status=422)

    @router.get("/{name}")
    async def own(request: Request, code: Code, name: Name) -> Response:
        one, trainee = classes.find(code), classes.trainee(code, name)
        words, asking = parts.viewer(request).words, parts.asking(request)
        dossiers = await dossiers_of(asking, trainee)
        draft = classes.drafts().get(trainee.run_id)
        stands = standing(trainee, draft, dossiers, words, parts.clock.now())
        view = {
            "one": one,
            "trainee": trainee,
            "tasks": _tasks(trainee, dossiers, draft is not None, words),
            "stands": stands,
            "human": one.officers == "human",
            "agency": parts.catalogue.agencies()[0],
        }
        return parts.frame.page(request, "classroom/trainee.html", view)

    @router.post("/{name}/lam-lai")
    async def anew(request: Request, code: Code, name: Name) -> Response:
        trainee = classes.trainee(code, name)
        opening.begin(parts.asking(request), classes.find(code), classes.anew(trainee))
        await remove_run(parts.asking(request), trainee)
        return parts.frame.see(trainee.address)

    @router.get("/{name}/khai")
    async def declare(request: Request, code: Code, name: Name) -> Response:
        one, trainee = classes.find(code), classes.trainee(code, name)
        await opening.require(parts.asking(request), one, trainee)
        # Who has begun finds the draft there.
        group = "" if trainee.run_id in classes.drafts() else one.group
        return parts.frame.see(
            f"/khai/{group}?run={trainee.run_id}" if group else f"/khai?run={trainee.run_id}"
        )

    return router


def _joined_here(request: Request, classes: Classes, one: Class) -> Trainee | None:
    """Who joined this class in this browser the last time."""
    with suppress(UnknownThing):
        return classes.trainee(one.code, request.cookies.get(TRAINEES + one.code, ""))
    return None


def _tasks(trainee: Trainee, dossiers: Any, begun: bool, words: Words) -> list[Task]:
    declare = f"{trainee.address}/khai"
    sent = dossiers[-1] if dossiers else None
    case = f"/ho-so/{trainee.run_id}/{sent['dossier']}" if sent else None
    done = sent is not None and sent["state"] in ("finished", "withdrawn")
    to_do, doing, over = words.say(N_("Chưa làm")), words.say(N_("Đang làm")), words.say(N_("Đã làm"))

    def state(is_over: bool, is_on: bool) -> tuple[str, str]:
        return (over, "good") if is_over else (doing, "doing") if is_on else (to_do, "plain")

    return [
        Task(words.say(N_("Khai một lần cho cả nhóm thủ tục")), declare if sent is None else case,
             *state(sent is not None, begun), words.say(N_("Bấm tiếp tục nếu đã khai dở."))),
        Task(words.say(N_("Xem hồ sơ đi đâu, cho thời gian trôi")), case, *state(done, sent is not None),
             words.say(N_("Nút “Cho xảy ra việc kế tiếp” ở trang hồ sơ."))),
        Task(words.say(N_("Xem bảng số của lượt chạy của bạn")),
             f"/bang/luot?luot={trainee.run_id}" if done else None, *state(False, done)),
    ]  # fmt: skip


def _routes(parts: Parts) -> APIRouter:
    classes, opening = Classes(parts.keeping, parts.clock), Opening()
    router = APIRouter(include_in_schema=False)
    router.include_router(class_routes(parts, classes))
    router.include_router(trainee_routes(parts, classes, opening))
    router.include_router(board_routes(parts, classes))
    router.include_router(board_act_routes(parts, classes, opening))
    return router


SECTION = Section(
    _routes,
    Place("/lop", N_("Lớp học"), N_("Mở một lớp: học viên vào bằng mã QR, mỗi người một lượt chạy riêng.")),
)
