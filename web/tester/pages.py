"""Addresses of the tester: the library, a story, a batch, a play, and agencies of a run in trouble."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.context import RUN_ID
from scenarios.door import whole_log
from web.asking import Passed
from web.forms import Mistake, Sent, read_form
from web.frame import Place
from web.section import Parts, Section
from web.tester.chips import asked_for, chips, fault_of, states_of, with_trouble
from web.tester.library import Library, Sought, library_view, matching
from web.tester.names import tag_name
from web.tester.plays import batch_routes, play_routes, report_routes
from web.words import N_

Story = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
RunName = Annotated[str, Path(pattern=RUN_ID)]
_MOST_RUNS = 200
_REFUSED = N_("Kịch bản với các cơ quan như thế không phát được: %(reason)s")


def library_routes(parts: Parts, library: Library) -> APIRouter:
    """The library, and playing what is chosen in it."""
    router = APIRouter(prefix="/kich-ban", include_in_schema=False)

    async def shown(request: Request, sought: Sought, *, nothing_chosen: bool = False) -> Response:
        told = await library.told(parts.asking(request))
        view = library_view(told, sought, parts.viewer(request).words, parts.clock.now().isoformat())
        status = 422 if nothing_chosen else 200
        return parts.frame.page(request, "tester/library.html", view, status=status, wrong=nothing_chosen)

    @router.get("")
    async def listed(
        request: Request,
        tim: Annotated[str, Query(max_length=100)] = "",
        the: Annotated[str, Query(max_length=80)] = "",
        trang: Annotated[int, Query(ge=1, le=1000)] = 1,
    ) -> Response:
        return await shown(request, Sought(tim, the, trang))

    @router.post("")
    async def play(request: Request) -> Response:
        sent = await read_form(request)
        sought = Sought(sent.text("tim"), sent.text("the"))
        wanted = sent.texts("chon")
        if sent.text("viec") == "tat-ca":
            told = await library.told(parts.asking(request))
            wanted = [each["id"] for each in matching(told, sought)]
        if not wanted:
            return await shown(request, sought, nothing_chosen=True)
        body = {"scenarios": wanted, "keep": "failed"}
        made = await parts.asking(request).post("/plays", body, key=sent.text("once"))
        return parts.frame.see(f"/kich-ban/loat/{made['batch']}")

    return router


def story_routes(parts: Parts) -> APIRouter:
    """One story: read it, set the agencies, play it."""
    router = APIRouter(prefix="/kich-ban/chuyen/{story}", include_in_schema=False)

    async def shown(request: Request, story: str, sent: Sent | None = None) -> Response:
        words = parts.viewer(request).words
        told = await parts.asking(request).get(f"/scenarios/{story}")
        wanted = asked_for(sent, parts.catalogue.agencies()) if sent else {}
        state = {service: (each, None) for service, each in wanted.items()}
        view = {
            "story": told,
            "title": words.of(told, "title"),
            "narration": words.of(told, "narration"),
            "tags": [(each, tag_name(each, words)) for each in [*told["tags"], *told["reported"]]],
            "chips": chips(parts.catalogue.agencies(), words, state),
            "once": parts.clock.now().isoformat(),
            "mistakes": sent.mistakes if sent else [],
        }
        return parts.frame.page(request, "tester/story.html", view, status=422 if view["mistakes"] else 200)

    @router.get("")
    async def story_page(request: Request, story: Story) -> Response:
        return await shown(request, story)

    @router.post("")
    async def play(request: Request, story: Story) -> Response:
        sent, asking = await read_form(request), parts.asking(request)
        wanted = asked_for(sent, parts.catalogue.agencies())
        try:
            if wanted:
                told = await asking.get(f"/scenarios/{story}")
                file = {"name": story, "text": with_trouble(told["text"], wanted)}
                made = await asking.post("/plays", {"files": [file], "keep": "all"}, key=sent.text("once"))
                return parts.frame.see(f"/kich-ban/luot/{made['batch']}-00001")
            made = await asking.post(f"/scenarios/{story}/plays", {"keep": "all"}, key=sent.text("once"))
        except Passed as refused:
            words = parts.viewer(request).words
            reason = words.pick(refused.detail_vi, refused.detail_en)
            sent.mistakes.append(Mistake("chips", words.say(_REFUSED, reason=reason), "chips"))
            return await shown(request, story, sent)
        return parts.frame.see(f"/kich-ban/luot/{made['play']}")

    return router


def agency_routes(parts: Parts) -> APIRouter:
    """The agencies of a run that goes on."""
    router = APIRouter(prefix="/kich-ban/co-quan", include_in_schema=False)

    @router.get("")
    async def agencies(
        request: Request, luot: Annotated[str, Query(pattern=f"{RUN_ID}|^$")] = ""
    ) -> Response:
        asking, words = parts.asking(request), parts.viewer(request).words
        runs: list[dict[str, Any]] = await asking.get("/runs", limit=_MOST_RUNS)
        chosen = luot or next((each["run_id"] for each in runs), "")
        view: dict[str, Any] = {"runs": [(each["run_id"], each["run_id"]) for each in runs], "run": None}
        if chosen:
            run = await asking.get(f"/runs/{chosen}")
            now = states_of(await whole_log(asking.get, chosen), run["now"])
            view |= {"run": run, "chips": chips(parts.catalogue.agencies(), words, now, for_good=True)}
        return parts.frame.page(request, "tester/agencies.html", view)

    @router.post("/{run_id}")
    async def set_state(request: Request, run_id: RunName) -> Response:
        sent, asking = await read_form(request), parts.asking(request)
        run = await asking.get(f"/runs/{run_id}")
        before = states_of(await whole_log(asking.get, run_id), run["now"])
        for service, state in asked_for(sent, parts.catalogue.agencies()).items():
            if before.get(service, ("", None))[0] == state:
                continue
            name = f"chip-{service.replace('_', '-')}-{state}-v{run['version']}"
            body = {"faults": [fault_of(service, state, run["now"])]}
            await asking.post(f"/runs/{run_id}/faults/{name}", body)
        return parts.frame.see(f"/kich-ban/co-quan?luot={run_id}")

    return router


def _routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    library = Library(parts.clock)
    router.include_router(library_routes(parts, library))
    router.include_router(batch_routes(parts, library))
    for each in (story_routes, agency_routes, play_routes, report_routes):
        router.include_router(each(parts))
    return router


SECTION = Section(
    _routes,
    Place("/kich-ban", N_("Kịch bản"), N_("Chọn câu chuyện, phát nó ngay, xem chỗ nào khác với mong đợi.")),
)
