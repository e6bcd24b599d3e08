"""The section of the declaration."""

from fastapi import APIRouter

from web.declaring.choosing import choosing_routes
from web.declaring.draft import Drafts
from web.declaring.routes import draft_routes, topic_routes
from web.declaring.sending import sending_routes
from web.declaring.starting import login_routes, start_routes
from web.frame import Place
from web.section import Parts, Section
from web.words import N_


def declaring_routes(parts: Parts) -> APIRouter:
    """All of them; a topic's address is the most general, so it comes last."""
    drafts = Drafts(parts.keeping, parts.catalogue, parts.clock)
    router = APIRouter(include_in_schema=False)
    for routes in (start_routes, login_routes, choosing_routes, draft_routes, sending_routes, topic_routes):
        router.include_router(routes(parts, drafts))
    return router


SECTION = Section(
    declaring_routes,
    Place(
        "/khai", N_("Tờ khai"), N_("Khai một lần cho nhiều thủ tục; phần đã có trong cơ sở dữ liệu tự điền.")
    ),
)
