"""Addresses of what is played: a batch, a play, their streams and their reports."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Path
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from flow_model.errors import UnknownThing
from web.asking import Passed
from web.forms import read_form
from web.section import Parts
from web.tester.library import Library
from web.tester.live import told_of_changes
from web.tester.play_view import batch_page, play_page

PlayName = Annotated[str, Path(pattern=r"^b-[a-z0-9]{12}-\d{5}$")]
BatchName = Annotated[str, Path(pattern=r"^b-[a-z0-9]{12}$")]
AnyName = Annotated[str, Path(pattern=r"^b-[a-z0-9]{12}(-\d{5})?$")]
Seen = Annotated[str, Header(alias="last-event-id", max_length=40)]
MOST_ROWS = 200
REPORTS = {"junit.xml": "application/xml", "report.html": "text/html; charset=utf-8"}


def batch_routes(parts: Parts, library: Library) -> APIRouter:
    """Routes of batches; the address of one may be given to others."""
    router = APIRouter(prefix="/kich-ban", include_in_schema=False)

    @router.get("/loat/{batch}")
    async def one_batch(request: Request, batch: BatchName) -> Response:
        words, asking = parts.viewer(request).words, parts.asking(request)
        told = await asking.get(f"/batches/{batch}", limit=MOST_ROWS)
        titles = {each["id"]: words.of(each, "title") for each in await library.told(asking)}
        return parts.frame.page(request, "tester/batch.html", batch_page(told, titles, words))

    @router.post("/loat/{batch}/phat-lai")
    async def again(request: Request, batch: BatchName) -> Response:
        sent = await read_form(request)
        key = sent.text("once")
        made = await parts.asking(request).post(f"/batches/{batch}/reruns", {"keep": "failed"}, key=key)
        return parts.frame.see(f"/kich-ban/loat/{made['batch']}")

    @router.get("/loat/{batch}/song", response_class=EventSourceResponse)
    async def batch_stream(
        request: Request, batch: BatchName, last_event_id: Seen = ""
    ) -> AsyncIterator[ServerSentEvent]:
        asking = parts.asking(request)

        async def standing() -> tuple[str, bool]:
            told = await asking.get(f"/batches/{batch}", limit=0)
            return str(told["ended"]), told["done"]

        async for each in told_of_changes(standing, last_event_id, parts.stopping):
            yield each

    return router


def play_routes(parts: Parts) -> APIRouter:
    """Routes of single plays."""
    router = APIRouter(prefix="/kich-ban", include_in_schema=False)

    @router.get("/luot/{play}")
    async def one_play(request: Request, play: PlayName) -> Response:
        words = parts.viewer(request).words
        view = await play_page(parts.asking(request), parts.catalogue, words, play)
        return parts.frame.page(request, "tester/play.html", view)

    @router.post("/luot/{play}/dung")
    async def cancel(request: Request, play: PlayName) -> Response:
        try:
            await parts.asking(request).post(f"/plays/{play}/cancel", {})
        except Passed as ended:
            if ended.slug != "not-allowed-now":  # it ended meanwhile: there is nothing to stop
                raise
        return parts.frame.see(f"/kich-ban/luot/{play}")

    @router.get("/luot/{play}/song", response_class=EventSourceResponse)
    async def play_stream(
        request: Request, play: PlayName, last_event_id: Seen = ""
    ) -> AsyncIterator[ServerSentEvent]:
        asking = parts.asking(request)

        async def standing() -> tuple[str, bool]:
            told = await asking.get(f"/plays/{play}")
            try:
                version = (await asking.get(f"/runs/{play}"))["version"]
            except Passed:  # not open yet, or not kept
                version = 0
            return f"{told['state']}-{version}", told["state"] == "ended"

        async for each in told_of_changes(standing, last_event_id, parts.stopping):
            yield each

    return router


def report_routes(parts: Parts) -> APIRouter:
    """The reports of what was played."""
    router = APIRouter(prefix="/kich-ban", include_in_schema=False)

    @router.get("/{kind}/{name}/{report}")
    async def report_file(request: Request, kind: str, name: AnyName, report: str) -> Response:
        """A file to keep: the page of the report has styles of its own, which ours may not have."""
        source = {"loat": "batches", "luot": "plays"}.get(kind)
        if source is None or report not in REPORTS:
            raise UnknownThing("Không có tệp này.", "There is no such file.")
        content = await parts.asking(request).get(f"/{source}/{name}/{report}")
        named = {
            "Content-Disposition": f'attachment; filename="{name}-{report}"',
            "Cache-Control": "no-store",
        }
        return Response(content, media_type=REPORTS[report], headers=named)

    return router
