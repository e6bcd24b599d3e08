"""Choosing anew which procedures are asked for, with everything that was typed kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from flow_model.errors import UnknownThing
from flow_model.group import Group
from web.declaring.draft import Draft, Drafts
from web.declaring.filling import filled
from web.declaring.submitted import UntilSent, require_open
from web.forms import read_form
from web.section import Parts
from web.words import Words

CHOICE = "thu-tuc"


@dataclass(frozen=True)
class ChoiceView:
    """What the page shows."""

    draft: Draft
    choices: Sequence[tuple[str, str]]
    chosen: str


def choosing_routes(parts: Parts, drafts: Drafts) -> APIRouter:
    """The choice of a draft that is not sent yet."""
    router = APIRouter(include_in_schema=False, route_class=UntilSent)

    @router.get(f"/khai/{{group}}/{{name}}/{CHOICE}")
    async def choice(request: Request, group: str, name: str) -> Response:
        draft = _open(drafts, group, name)
        offered = choices_of(parts.viewer(request).words, draft.group, draft.law)
        view = ChoiceView(draft, offered, "+".join(draft.procedures))
        return parts.frame.page(request, "declare/choice.html", view)

    @router.post(f"/khai/{{group}}/{{name}}/{CHOICE}")
    async def choose(request: Request, group: str, name: str) -> Response:
        draft, sent = _open(drafts, group, name), await read_form(request)
        asked = tuple(sent.text("procedures").split("+"))
        procedures = draft.group.choose(asked, draft.law, "interlinked")
        # What the registries know depends on what is asked for.
        chosen = await filled(parts.asking(request), replace(draft, procedures=procedures), parts.clock)
        drafts.save(chosen)
        return parts.frame.see(draft.address)

    return router


def choices_of(words: Words, group: Group, law: str) -> list[tuple[str, str]]:
    """What may be asked for together under a law: the value of the radio button, and its words."""
    return [
        ("+".join(each.procedures), words.pick(each.title_vi, each.title_en))
        for each in group.choices(law, "interlinked")
    ]


def _open(drafts: Drafts, group: str, name: str) -> Draft:
    draft = drafts.read(group, name)
    require_open(draft)
    if not draft.logged_in:
        raise UnknownThing("Tờ khai này chưa có người khai", "nobody declares here yet")
    return draft
