"""Addresses of the dashboard: the simulated year, its provinces, the dossiers of a run; each table as CSV."""

import os
from collections.abc import Hashable, Mapping
from dataclasses import fields
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.context import RUN_ID
from chassis.settings import Settings
from flow_model.errors import UnknownThing
from web.dashboard.places_view import places_view
from web.dashboard.run_figures import run_figures, twin_of
from web.dashboard.run_view import RunsView, run_view
from web.dashboard.study import Study, study
from web.dashboard.tables import Table, as_csv
from web.dashboard.year_view import year_view
from web.families import runs_of
from web.frame import Place
from web.memory import seen_of
from web.section import Parts, Section
from web.words import N_, Words

GroupName = Annotated[str, Query(pattern=r"^[a-z_]{0,40}$")]
RunAsked = Annotated[str, Query(pattern=f"{RUN_ID}|^$")]


def year_routes(parts: Parts) -> APIRouter:
    """The simulated year."""
    router = APIRouter(prefix="/bang", include_in_schema=False)

    @router.get("")
    async def year(request: Request, nhom: GroupName = "") -> Response:
        found = study()

        async def made() -> Response:
            view = year_view(found, nhom, parts.viewer(request).words)
            return parts.frame.page(request, "dashboard/year.html", view)

        return await parts.memory.page(request, _seen(found), made)

    @router.get("/tinh")
    async def provinces(
        request: Request, nhom: GroupName = "", chi_so: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        found = study()

        async def made() -> Response:
            view = places_view(found, nhom, chi_so, parts.viewer(request).words)
            return parts.frame.page(request, "dashboard/provinces.html", view)

        return await parts.memory.page(request, _seen(found), made)

    @router.get("/nam/{name}.csv")
    async def sheet(request: Request, name: str, nhom: GroupName = "") -> Response:
        words, found = parts.viewer(request).words, study()
        tables = _tables(year_view(found, nhom, words))
        tables["provinces"] = places_view(found, nhom, "", words).table
        return _sheet(tables, name)

    return router


def _seen(found: Study) -> Hashable:
    """What tells one study from another."""
    return found.own, found.changed


def run_routes(parts: Parts) -> APIRouter:
    """The dossiers of a run."""
    router = APIRouter(prefix="/bang/luot", include_in_schema=False)

    async def view_of(request: Request, luot: str, nhom: str, words: Words) -> RunsView | None:
        asking = parts.asking(request)
        known = await runs_of(asking)
        runs = [each["run_id"] for each in known if each["dossiers"]]
        runs.sort(key=lambda each: not each.startswith("demo-"))
        chosen = luot or next(iter(runs), "")
        if not chosen:
            return None
        titles = {
            each.id: words.pick(each.title_vi, each.title_en) for each in parts.catalogue.groups.values()
        }
        found = await run_figures(asking, chosen, twin_of(known, chosen), nhom)
        settings = Settings.from_environment(os.environ)
        gateway = f"http://{settings.host}:{settings.base_port}"
        return run_view(found, runs, titles, words, gateway)

    @router.get("")
    async def run(request: Request, luot: RunAsked = "", nhom: GroupName = "") -> Response:
        words = parts.viewer(request).words

        async def made() -> Response:
            view = await view_of(request, luot, nhom, words)
            return parts.frame.page(request, "dashboard/run.html", view)

        return await parts.memory.page(request, seen_of(*await runs_of(parts.asking(request))), made)

    @router.get("/{name}.csv")
    async def sheet(request: Request, name: str, luot: RunAsked = "", nhom: GroupName = "") -> Response:
        view = await view_of(request, luot, nhom, parts.viewer(request).words)
        return _sheet(_tables(view), name)

    return router


def _tables(view: object) -> dict[str, Table]:
    """The tables of a view, by name."""
    if view is None:
        return {}
    held = [getattr(view, each.name) for each in fields(view)]  # type: ignore[arg-type]  # a dataclass
    return {each.id: each for each in held if isinstance(each, Table)}


def _sheet(tables: Mapping[str, Table], name: str) -> Response:
    if name not in tables:
        raise UnknownThing("Không có bảng này.", "There is no such table.")
    named = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(as_csv(tables[name]), media_type="text/csv; charset=utf-8", headers=named)


def _routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.include_router(year_routes(parts))
    router.include_router(run_routes(parts))
    return router


SECTION = Section(
    _routes,
    Place(
        "/bang",
        N_("Bảng điều hành"),
        N_("Cả nước trong một năm, hai con đường: nhanh hơn bao nhiêu, ngày đi đâu, nút thắt nào tốn nhất."),
    ),
)
