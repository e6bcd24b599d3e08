"""Addresses of the dashboard: the simulated year, its provinces, the dossiers of a run; each table as CSV."""

from collections.abc import Hashable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from web.dashboard.places_view import places_view
from web.dashboard.run_pages import GroupName, run_routes
from web.dashboard.study import Study, study
from web.dashboard.tables import sheet_of, tables_of
from web.dashboard.year_view import year_view
from web.frame import Place
from web.section import Parts, Section
from web.words import N_


def year_routes(parts: Parts) -> APIRouter:
    """The simulated year."""
    router = APIRouter(prefix="/bang", include_in_schema=False)

    @router.get("")
    async def year(request: Request, nhom: GroupName = "") -> Response:
        found = study()

        async def made() -> Response:
            view = year_view(found, nhom, parts.viewer(request).words, parts.catalogue)
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
        tables = tables_of(year_view(found, nhom, words, parts.catalogue))
        tables["provinces"] = places_view(found, nhom, "", words).table
        return sheet_of(tables, name)

    return router


def _seen(found: Study) -> Hashable:
    """What tells one study from another."""
    return found.own, found.changed


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
