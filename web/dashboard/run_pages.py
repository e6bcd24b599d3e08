"""Addresses of the dashboard of a run: its dossiers, measured; each table as CSV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.context import RUN_ID
from web.asking import GATEWAY
from web.dashboard.run_figures import RunFigures, run_figures, twin_of
from web.dashboard.run_view import RunsView, run_view
from web.dashboard.tables import sheet_of, tables_of
from web.families import STORY, runs_of
from web.later import Later
from web.memory import seen_of
from web.section import Parts

Json = Mapping[str, Any]
GroupName = Annotated[str, Query(pattern=r"^[a-z_]{0,40}$")]
RunAsked = Annotated[str, Query(pattern=f"{RUN_ID}|^$")]
# A visitor waits for a few dossiers to be measured; for more, the page says so and comes again.
FEW, MOMENT_SECONDS, AGAIN_SECONDS = 50, 0.02, 2
_MEASURING = 202


@dataclass(frozen=True)
class Asked:
    """A run with its twin, as they are now, and the names of all that have dossiers."""

    names: Sequence[str]
    runs: Sequence[Json]

    @property
    def dossiers(self) -> int:
        """How many there are to measure."""
        return sum(each["dossiers"] for each in self.runs)

    @property
    def twin(self) -> str:
        """The other run, if there is one."""
        return str(self.runs[1]["run_id"]) if len(self.runs) > 1 else ""


@dataclass(frozen=True)
class MeasuringView:
    """What is being measured, and where it will be."""

    run: str
    dossiers: int
    address: str


def run_routes(parts: Parts) -> APIRouter:
    """The dossiers of a run."""
    router, later = APIRouter(prefix="/bang/luot", include_in_schema=False), Later[RunFigures]()

    async def view_of(
        request: Request, asked: Asked, group: str, seconds: float | None = None
    ) -> RunsView | None:
        """The view; None while it is being measured."""
        asking, words = parts.asking(request), parts.viewer(request).words
        chosen = asked.runs[0]["run_id"]
        found = await later.get(
            (seen_of(*asked.runs), group, words.language),
            lambda: run_figures(asking, chosen, asked.twin, group),
            seconds,
        )
        if found is None:
            return None
        return run_view(found, asked.names, parts.catalogue, words, _gateway(parts, request))

    @router.get("")
    async def run(request: Request, luot: RunAsked = "", nhom: GroupName = "") -> Response:
        asked = _asked(await runs_of(parts.asking(request)), luot)

        async def made() -> Response:
            if asked is None:
                return parts.frame.page(request, "dashboard/run.html", None)
            patience = None if asked.dossiers <= FEW else MOMENT_SECONDS
            view = await view_of(request, asked, nhom, patience)
            if view is not None:
                return parts.frame.page(request, "dashboard/run.html", view)
            chosen = asked.runs[0]["run_id"]
            address = f"/bang/luot?luot={chosen}&nhom={nhom}"
            waiting = MeasuringView(chosen, asked.dossiers, address)
            page = parts.frame.page(request, "dashboard/measuring.html", waiting, status=_MEASURING)
            page.headers["Refresh"] = f"{AGAIN_SECONDS}; url={address}"
            return page

        # What to type names the machine, as the visitor calls it.
        seen = (asked.names, seen_of(*asked.runs), request.url.hostname) if asked else ()
        return await parts.memory.page(request, seen, made)

    @router.get("/{name}.csv")
    async def sheet(request: Request, name: str, luot: RunAsked = "", nhom: GroupName = "") -> Response:
        asked = _asked(await runs_of(parts.asking(request)), luot)
        return sheet_of(tables_of(await view_of(request, asked, nhom) if asked else None), name)

    return router


def _gateway(parts: Parts, request: Request) -> str:
    """Where the visitor may ask the same: on the machine that shows this page, at the port of the gateway."""
    called, host = urlsplit(parts.client.url_of(GATEWAY)), request.url.hostname or ""
    if called.scheme == "https":
        return called.geturl()
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{called.port}" if called.port else f"http://{host}"


def _asked(known: Sequence[Json], run_id: str) -> Asked | None:
    """The run of this name and its twin; the first that has dossiers, if none is named."""
    names = [each["run_id"] for each in known if each["dossiers"]]
    names.sort(key=lambda each: not each.startswith(STORY))
    chosen = run_id or next(iter(names), "")
    if not chosen:
        return None
    twin = twin_of(known, chosen)
    own = [each for each in known if each["run_id"] == chosen] or [
        {"run_id": chosen, "dossiers": 0, "version": 0, "now": ""}  # nobody knows it: the gateway will say so
    ]
    return Asked(tuple(names), [*own, *(each for each in known if twin and each["run_id"] == twin)])
