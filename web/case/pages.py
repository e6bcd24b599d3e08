"""The case over HTTP: the list, the page, one event."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from flow_model.errors import UnknownThing
from web.case.acts import act_routes
from web.case.answer_routes import answer_routes
from web.case.event_view import event_view
from web.case.files import file_routes
from web.case.lenses import LENSES
from web.case.lines import Wanted
from web.case.listing import list_view
from web.case.names import FILTERS
from web.case.showing import Code, RunName, recorded_of, show_case
from web.families import runs_of
from web.frame import Place
from web.histories import told
from web.memory import seen_of
from web.section import Parts, Section
from web.words import N_


def case_routes(parts: Parts) -> APIRouter:
    """Routes of cases."""
    router = APIRouter(prefix="/ho-so", include_in_schema=False)
    frame = parts.frame

    @router.get("")
    async def listed(
        request: Request,
        luot: Annotated[str, Query(max_length=64)] = "",
        tinh_trang: Annotated[str, Query(max_length=40)] = "",
        nhom: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        asking, words = parts.asking(request), parts.viewer(request).words
        runs = await runs_of(asking)

        async def made() -> Response:
            view = await list_view(asking, words, parts.catalogue, runs, luot, tinh_trang, nhom)
            return frame.page(request, "cases.html", view)

        return await parts.memory.page(request, seen_of(*runs), made)

    @router.get("/{run}/{dossier}")
    async def case(
        request: Request,
        run: RunName,
        dossier: Code,
        mat: str = "can-bo",
        loc: str = "",
        thu_tuc: Annotated[str, Query(pattern=r"^[a-z_]{0,60}$")] = "",
        trang: Annotated[int, Query(ge=1, le=1000)] = 1,
    ) -> Response:
        wanted = Wanted(mat if mat in LENSES else "can-bo", loc if loc in FILTERS else "", thu_tuc, trang)
        seen = seen_of(await parts.asking(request).get(f"/runs/{run}"))
        return await parts.memory.page(request, seen, lambda: show_case(parts, request, run, dossier, wanted))

    @router.get("/{run}/{dossier}/su-kien/{number}")
    async def event(request: Request, run: RunName, dossier: Code, number: int) -> Response:
        asking = parts.asking(request)
        found = await told(asking, parts.catalogue, run, dossier)
        if not 1 <= number <= len(found.events):
            raise UnknownThing("Hồ sơ này không có sự kiện đó.", "This dossier has no such event.")
        told_to = await asking.get(f"/runs/{run}/dossiers/{dossier}/messages")
        recorded = await recorded_of(asking, found)
        words = parts.viewer(request).words
        return frame.page(request, "event.html", event_view(words, found, number, told_to, recorded))

    router.include_router(act_routes(parts))
    router.include_router(answer_routes(parts))
    router.include_router(file_routes(parts))
    return router


SECTION = Section(
    case_routes,
    Place(
        "/ho-so",
        N_("Hồ sơ"),
        N_("Xem một hồ sơ: tiến trình, thời hạn, thông điệp, lịch sử, và thử quyết định khác."),
    ),
)
