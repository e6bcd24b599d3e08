"""A case as files, and as a stream."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from flow_model.errors import UnknownThing
from web.case.exports import as_csv, as_json, as_mermaid
from web.case.live import changes
from web.case.messages import messages
from web.case.showing import Code, RunName
from web.histories import told
from web.section import Parts


def file_routes(parts: Parts) -> APIRouter:
    """Routes of exports and of the stream."""
    router = APIRouter(include_in_schema=False)

    @router.get("/{run}/{dossier}/song", response_class=EventSourceResponse)
    async def live(
        request: Request,
        run: RunName,
        dossier: Code,
        last_event_id: Annotated[str, Header(max_length=12)] = "",
    ) -> AsyncIterator[ServerSentEvent]:
        seen = int(last_event_id) if last_event_id.isdigit() else None
        async for each in changes(parts.asking(request), run, dossier, seen, parts.stopping):
            yield each

    @router.get("/{run}/{dossier}/{name}.{kind}")
    async def file(request: Request, run: RunName, dossier: Code, name: str, kind: str) -> Response:
        words = parts.viewer(request).words
        found = await told(parts.asking(request), parts.catalogue, run, dossier)
        if (name, kind) == ("su-kien", "csv"):
            text, media_type = as_csv(found, words), "text/csv"
        elif (name, kind) == ("su-kien", "json"):
            text, media_type = as_json(found), "application/json"
        elif (name, kind) == ("thong-diep", "mmd"):
            text, media_type = as_mermaid(found, messages(found, words), words), "text/plain"
        elif (name, kind) == ("kich-ban", "toml"):
            saved = await parts.asking(request).get(f"/runs/{run}/dossiers/{dossier}/scenario")
            text, media_type = saved.decode(), "application/toml"
        else:
            raise UnknownThing("Không có tệp này.", "There is no such file.")
        named = {"Content-Disposition": f'attachment; filename="{dossier}-{name}.{kind}"'}
        return Response(text, media_type=f"{media_type}; charset=utf-8", headers=named)

    return router
