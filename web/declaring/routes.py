"""Addresses of the declaration: task list, one topic a page, discard."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from flow_model.declaration_pages import Topic
from flow_model.errors import UnknownThing
from web.declaring.conflict import conflict_view
from web.declaring.draft import Draft, Drafts
from web.declaring.leaving import LATER, leave, touched, way_out
from web.declaring.looking_up import new_keys, something_to_see
from web.declaring.plan import boxes_on, next_after, topic_named
from web.declaring.saving import OtherPage, Read, mistakes_after, read_topic, require_newest, save_topic
from web.declaring.submitted import UntilSent, require_open
from web.declaring.tasks_view import tasks_view
from web.declaring.topic_view import topic_view
from web.forms import read_form
from web.section import Parts

REVIEW = "xem-lai"


def draft_routes(parts: Parts, drafts: Drafts) -> APIRouter:
    """A draft as a whole: its task list, going on with it, discarding it."""
    router = APIRouter(include_in_schema=False, route_class=UntilSent)

    @router.get("/khai/{group}/{name}")
    async def tasks(request: Request, group: str, name: str) -> Response:
        draft = drafts.read(group, name)
        if draft.dossier:
            return parts.frame.see(f"{draft.address}/bien-nhan")
        if not draft.logged_in:
            return parts.frame.see(f"{draft.address}/dang-nhap")
        view = tasks_view(parts.viewer(request).words, draft)
        return parts.frame.page(request, "declare/tasks.html", view)

    @router.get("/khai/{group}/{name}/tiep-tuc")
    async def resume(group: str, name: str) -> Response:
        """Resumed at the first unfinished task."""
        draft = drafts.read(group, name)
        require_open(draft)
        following = next_after(draft, "") if draft.logged_in else None
        return parts.frame.see(f"{draft.address}/{following.id}" if following else draft.address)

    @router.get("/khai/{group}/{name}/xoa-nhap")
    async def ask_discard(request: Request, group: str, name: str) -> Response:
        draft = drafts.read(group, name)
        require_open(draft)
        return parts.frame.page(request, "declare/discard.html", draft)

    @router.post("/khai/{group}/{name}/xoa-nhap")
    async def discard(request: Request, group: str, name: str) -> Response:
        draft = drafts.read(group, name)
        require_open(draft)
        drafts.discard(draft)
        if draft.own_run:
            await parts.asking(request).ask("DELETE", f"/runs/{draft.run_id}")
        return parts.frame.see("/khai?da-xoa=1")

    return router


def topic_routes(parts: Parts, drafts: Drafts) -> APIRouter:
    """One topic a page; after every other address below a draft."""
    router = APIRouter(include_in_schema=False, route_class=UntilSent)

    @router.get("/khai/{group}/{name}/{topic}")
    async def topic_page(request: Request, group: str, name: str, topic: str) -> Response:
        draft, found = _topic(drafts, group, name, topic)
        asked = request.query_params
        view = topic_view(
            parts.viewer(request).words,
            draft,
            found,
            mending=[path for path in asked.getlist("sua") if path in found.fields],
            by_hand=asked.get("dien") == "1",
            looked_up=asked.get("da-tra") == "1",
        )
        return parts.frame.page(request, "declare/topic.html", view)

    @router.post("/khai/{group}/{name}/{topic}")
    async def save(request: Request, group: str, name: str, topic: str) -> Response:
        draft, found = _topic(drafts, group, name, topic)
        words, sent = parts.viewer(request).words, await read_form(request)
        read = read_topic(words, draft, found, sent)
        listed = sent.text("list")
        if listed:  # without script this is how the communes of a province come; nothing is kept yet
            view = topic_view(words, draft, found, sent=read.boxes, mending=read.mending, listed=listed)
            return parts.frame.page(request, "declare/topic.html", view)
        way = way_out(draft, found, read, sent.text("after"))
        idle = not touched(draft, found, read)
        if way is not None and idle and sent.text("after") != LATER:
            return parts.frame.see(way)
        mistakes = mistakes_after(words, draft, read, sent)
        if mistakes and way is None:
            view = topic_view(words, draft, found, sent=read.boxes, mistakes=mistakes, mending=read.mending)
            return parts.frame.page(request, "declare/topic.html", view, status=422)
        try:
            if mistakes and way is not None:
                if not idle:
                    leave(drafts, draft, found, read, sent)
                return parts.frame.see(way)
            require_newest(draft, found, sent, read)
            saved = await save_topic(parts, parts.asking(request), drafts, draft, found, read, sent)
        except OtherPage as other:
            both = conflict_view(words, other, found, read)
            return parts.frame.page(request, "declare/conflict.html", both, status=409)
        return parts.frame.see(way or _following(saved, found, read, new_keys(draft, read.values)))

    return router


def _topic(drafts: Drafts, group: str, name: str, topic: str) -> tuple[Draft, Topic]:
    draft = drafts.read(group, name)
    require_open(draft)
    found = topic_named(draft, topic) if draft.logged_in else None
    if found is None:
        raise UnknownThing("Tờ khai này không có phần đó", "this declaration has no such part")
    return draft, found


def _following(saved: Draft, topic: Topic, read: Read, keys: set[str]) -> str:
    """Where to go on: here when a look-up left something to see, else the next topic, then all of it."""
    new_boxes = {each.path for each in boxes_on(saved, topic)} - set(read.boxes)
    if new_boxes or something_to_see(saved, topic, keys):
        return f"{saved.address}/{topic.id}?da-tra=1"
    following = next_after(saved, topic.id)
    return f"{saved.address}/{following.id}" if following else f"{saved.address}/{REVIEW}"
