"""A section: a part of the site with its entry in the navigation and its routes. web/app.py lists them."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request

from chassis.client import ServiceClient
from chassis.clock import Clock
from flow_model.catalogue import Catalogue
from web.asking import Asking
from web.flights import Flights
from web.frame import Frame, Place
from web.keeping import Keeping
from web.memory import Memory
from web.viewer import Viewer, viewer_of


@dataclass(frozen=True)
class Parts:
    """What the routes of a section are given."""

    frame: Frame
    client: ServiceClient
    catalogue: Catalogue
    keeping: Keeping
    clock: Clock
    memory: Memory
    stopping: Callable[[], bool]
    flights: Flights

    def asking(self, request: Request) -> Asking:
        """The visitor's way to the town."""
        return Asking(self.client, viewer_of(request.scope).language, self.flights)

    @staticmethod
    def viewer(request: Request) -> Viewer:
        """Who looks."""
        return viewer_of(request.scope)


@dataclass(frozen=True)
class Section:
    """``place`` None: reached from other pages only."""

    routes: Callable[[Parts], APIRouter]
    place: Place | None = None
