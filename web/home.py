"""The home page: the story that was told, and a way to every page."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.families import Pair, pairs
from web.section import Parts, Section


@dataclass(frozen=True)
class HomeView:
    """Families whose both ways are there to be looked at."""

    pairs: list[Pair]


def home_routes(parts: Parts) -> APIRouter:
    """The one route."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home(request: Request) -> Response:
        found = await pairs(parts.asking(request))
        return parts.frame.page(request, "home.html", HomeView(found))

    return router


SECTION = Section(home_routes)
