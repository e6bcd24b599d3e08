"""The trainer's eyes, on and off."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.forms import own_address, read_form
from web.section import Parts, Section
from web.viewer import TRAINER, cookie


def preference_routes(parts: Parts) -> APIRouter:
    """The one route: a form, so that no link of another page can switch it."""
    router = APIRouter(include_in_schema=False)

    @router.post("/che-do")
    async def switch(request: Request) -> Response:
        sent = await read_form(request)
        answer = parts.frame.see(own_address(sent.text("back")))
        answer.headers["Set-Cookie"] = cookie(TRAINER, "1" if sent.text("trainer") == "1" else "")
        return answer

    return router


SECTION = Section(preference_routes)
