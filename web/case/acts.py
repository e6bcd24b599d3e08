"""What a visitor does to a case: let its run go on, or fork its past."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from chassis.context import RUN_ID
from web.case.forks import fork_of, fork_view
from web.case.lines import Wanted
from web.case.showing import Code, RunName, show_case
from web.forms import read_form
from web.histories import told
from web.section import Parts


def act_routes(parts: Parts) -> APIRouter:
    """Routes of clock and forks."""
    router = APIRouter(include_in_schema=False)
    frame = parts.frame

    @router.post("/{run}/{dossier}/dong-ho")
    async def clock(request: Request, run: RunName, dossier: Code) -> Response:
        sent = await read_form(request)
        asking = parts.asking(request)
        to, moved = "settled" if sent.text("to") == "settled" else "next", {"settled": False}
        before = (await asking.get(f"/runs/{run}"))["now"]
        while not moved["settled"]:
            moved = await asking.post(f"/runs/{run}/clock", {"to": to, "stop_at": []}, key=before)
            if to == "next":
                break
        return frame.see(f"/ho-so/{run}/{dossier}")

    @router.post("/{run}/{dossier}/re-nhanh")
    async def fork(request: Request, run: RunName, dossier: Code) -> Response:
        sent = await read_form(request)
        body = fork_of(sent, parts.viewer(request).words)
        if body is None:
            return await show_case(parts, request, run, dossier, Wanted("can-bo", "", "", 1), sent)
        made = await parts.asking(request).post(f"/runs/{run}/dossiers/{dossier}/forks", body)
        return frame.see(f"/ho-so/{run}/{dossier}/nhanh/{made['run_id']}")

    @router.get("/{run}/{dossier}/nhanh/{branch}")
    async def branch(
        request: Request, run: RunName, dossier: Code, branch: Annotated[str, Path(pattern=RUN_ID)]
    ) -> Response:
        asking = parts.asking(request)
        found = await told(asking, parts.catalogue, run, dossier)
        compared = await asking.get(f"/runs/{run}/dossiers/{dossier}/forks/{branch}")
        return frame.page(request, "fork.html", fork_view(parts.viewer(request).words, found, compared))

    return router
