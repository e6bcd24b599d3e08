"""The start: which life event, which procedures, under which law, and who logs in by VNeID (simulated)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.clock import Clock
from flow_model.documents import changed, value_at
from flow_model.form_parts import Source
from flow_model.group import Group
from web.asking import Asking
from web.declaring.choosing import choices_of
from web.declaring.draft import Draft, Drafts
from web.declaring.filling import filled
from web.declaring.own import begun_here, remember
from web.declaring.submitted import UntilSent, require_open
from web.forms import Mistake, Sent, read_form
from web.section import Parts
from web.showing import fields_of
from web.trainees import TRAINEES
from web.words import N_, Words

Item = tuple[str, str]
_SEED = 2026
# A group that names no kinds of families is declared by nobody in particular.
NO_FAMILY = "-"
_NOBODY = N_("Hãy chọn một gia đình để đăng nhập.")
_NO_CHOICE = N_("Hãy chọn các thủ tục muốn làm.")
_CASES = {
    "simulated": N_("Máy đóng vai cán bộ, theo đúng luật"),
    "human": N_("Người đóng vai cán bộ, ở bàn cán bộ"),
}


@dataclass(frozen=True)
class GroupsView:
    """The life events, and drafts that wait to be continued."""

    groups: Sequence[tuple[str, str, Sequence[str]]]
    drafts: Sequence[tuple[Draft, str]]
    discarded: bool
    run: str


@dataclass(frozen=True)
class StartView:
    """The start page of one life event."""

    group: str
    title: str
    need: Sequence[str]
    topics: Sequence[str]
    choices: Sequence[Item]
    laws: Sequence[Item]
    officers: Sequence[Item]
    chosen: Mapping[str, str]
    run: str
    mistakes: Sequence[Mistake]


@dataclass(frozen=True)
class LoginView:
    """The simulated login: kinds of invented families."""

    draft: Draft
    families: Sequence[Item]
    chosen: str
    mistakes: Sequence[Mistake]


def start_routes(parts: Parts, drafts: Drafts) -> APIRouter:
    """The start page: which declaration, which procedures, under which law."""
    router = APIRouter(include_in_schema=False, route_class=UntilSent)

    @router.get("/khai")
    async def groups(request: Request) -> Response:
        words, run = parts.viewer(request).words, request.query_params.get("run", "")
        trainee = run.startswith(TRAINEES)
        mine = drafts.unfinished_in(run) if trainee else drafts.unfinished(begun_here(request))
        view = GroupsView(
            groups=[_group(words, each) for each in parts.catalogue.groups.values()],
            drafts=[(each, words.pick(each.group.title_vi, each.group.title_en)) for each in mine],
            discarded=request.query_params.get("da-xoa") == "1",
            run=run,
        )
        return parts.frame.page(request, "declare/groups.html", view)

    @router.get("/khai/{group}")
    async def start(request: Request, group: str) -> Response:
        asked = request.query_params
        run, law = asked.get("run", ""), asked.get("luat", "")
        found = parts.catalogue.group(group)
        chosen = {"law": found.law.profile(law).id} if law else {}
        view = await _start_view(parts, request, found, run, chosen)
        return parts.frame.page(request, "declare/start.html", view)

    @router.post("/khai/{group}")
    async def begin(request: Request, group: str) -> Response:
        sent, found = await read_form(request), parts.catalogue.group(group)
        chosen, words = sent.text("procedures"), parts.viewer(request).words
        if sent.text("show") == "law":
            chosen_law = found.law.profile(sent.text("law")).id  # an unknown one is told
            view = await _start_view(
                parts, request, found, sent.text("run"), _chosen(sent) | {"law": chosen_law}
            )
            return parts.frame.page(request, "declare/start.html", view)
        if not chosen:
            sent.wrong("procedures", words.say(_NO_CHOICE))
            view = await _start_view(parts, request, found, sent.text("run"), _chosen(sent), sent.mistakes)
            return parts.frame.page(request, "declare/start.html", view, status=422)
        draft = await _begin(parts.asking(request), drafts, found, sent, parts.clock)
        answer = parts.frame.see(draft.address)
        remember(request, answer, draft.name)
        return answer

    return router


def login_routes(parts: Parts, drafts: Drafts) -> APIRouter:
    """The simulated login: who declares."""
    router = APIRouter(include_in_schema=False, route_class=UntilSent)

    @router.get("/khai/{group}/{name}/dang-nhap")
    async def login(request: Request, group: str, name: str) -> Response:
        draft = drafts.read(group, name)
        require_open(draft)
        if draft.begun:  # somebody is in already, and has filled something in: nobody else logs in over it
            return parts.frame.see(draft.address)
        view = await _login_view(parts, request, draft)
        return parts.frame.page(request, "declare/login.html", view)

    @router.post("/khai/{group}/{name}/dang-nhap")
    async def log_in(request: Request, group: str, name: str) -> Response:
        draft, sent = drafts.read(group, name), await read_form(request)
        require_open(draft)
        if draft.begun:
            return parts.frame.see(draft.address)
        if sent.text("family") not in draft.group.pages.situations:
            sent.wrong("family", parts.viewer(request).words.say(_NOBODY))
            view = await _login_view(parts, request, draft, sent.mistakes)
            return parts.frame.page(request, "declare/login.html", view, status=422)
        return parts.frame.see((await _logged_in(parts, request, drafts, draft, sent.text("family"))).address)

    return router


def _group(words: Words, group: Group) -> tuple[str, str, Sequence[str]]:
    procedures = [
        words.pick(each.title_vi, each.title_en)
        for each in group.in_force(group.law.default.id, "interlinked")
    ]
    return group.id, words.pick(group.title_vi, group.title_en), procedures


async def _start_view(
    parts: Parts,
    request: Request,
    group: Group,
    run: str,
    chosen: Mapping[str, str],
    mistakes: Sequence[Mistake] = (),
) -> StartView:
    words, asking = parts.viewer(request).words, parts.asking(request)
    terms = (await asking.get(f"/runs/{run}"))["terms"] if run else {}
    law = terms.get("law") or chosen.get("law") or group.law.default.id
    choices = choices_of(words, group, law)
    if chosen.get("procedures") and chosen["procedures"] not in dict(
        choices
    ):  # there is no such choice under this law
        chosen = {name: said for name, said in chosen.items() if name != "procedures"}
    return StartView(
        group=group.id,
        title=words.pick(group.title_vi, group.title_en),
        need=[each.said(words.language) for each in group.pages.need],
        topics=[each.title.said(words.language) for each in group.pages.topics],
        choices=choices,
        laws=[(each.id, words.pick(each.title_vi, each.title_en)) for each in group.law.profiles.values()],
        officers=[(name, words.say(said)) for name, said in _CASES.items()],
        chosen={"procedures": choices[0][0], "law": law, "officers": "simulated", **chosen},
        run=run,
        mistakes=mistakes,
    )


def _chosen(sent: Sent) -> dict[str, str]:
    return {name: sent.text(name) for name in ("procedures", "law", "officers")}


async def _begin(asking: Asking, drafts: Drafts, group: Group, sent: Sent, clock: Clock) -> Draft:
    """A draft in the run of the class, or in a run of its own: then nobody else is in its clock."""
    name = drafts.new_name(group.id, _chosen(sent))
    run = sent.text("run")
    law = (
        (await asking.get(f"/runs/{run}"))["terms"]["law"]
        if run
        else sent.text("law") or group.law.default.id
    )
    procedures = group.choose(tuple(sent.text("procedures").split("+")), law, "interlinked")
    if not run:
        run = f"khai-{name}"
        officers = "human" if sent.text("officers") == "human" else "simulated"
        terms = {"seed": _SEED, "law": law, "officers": officers}
        await asking.post("/runs", {"run_id": run, "terms": terms})
    draft = drafts.add(name, group, run, law, procedures, not sent.text("run"))
    if group.pages.situations:
        return draft
    return drafts.save(await filled(asking, replace(draft, family=NO_FAMILY), clock))


async def _login_view(
    parts: Parts, request: Request, draft: Draft, mistakes: Sequence[Mistake] = ()
) -> LoginView:
    words = parts.viewer(request).words
    told = await parts.asking(request).get(f"/runs/{draft.run_id}/situations")
    titles = {each["id"]: words.of(each, "title") for each in told}
    families = [(each, titles[each]) for each in draft.group.pages.situations if each in titles]
    return LoginView(draft, families, draft.family or (families[0][0] if families else ""), mistakes)


async def _logged_in(parts: Parts, request: Request, drafts: Drafts, draft: Draft, situation: str) -> Draft:
    """The draft once it is known who declares; what they have in hand is kept beside it."""
    asking = parts.asking(request)
    example = await asking.get(f"/runs/{draft.run_id}/examples/{draft.group.id}", situation=situation)
    hand: dict[str, Any] = {}
    for path, source in example["sources"].items():
        if source == Source.TYPED.value:
            hand = changed(hand, {path: value_at(example["declaration"], path)})
    known = fields_of(draft.group)
    keys = [
        each.look_up.key for each in draft.group.prefills if known[each.look_up.key].source is Source.VNEID
    ]
    login = changed({}, {key: value_at(example["declaration"], key) for key in keys})
    begun = replace(draft, typed=login, topics={}, wrong=(), hand=hand, family=situation)
    return drafts.save(await filled(asking, begun, parts.clock))
