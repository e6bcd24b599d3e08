"""The last three pages: the official forms as they will be sent, the signature, the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from flow_model.group import Group
from web.agencies import name_of
from web.asking import Asking, Passed
from web.declaring.choosing import CHOICE
from web.declaring.draft import Draft, Drafts
from web.declaring.filling import now_in, passed_on, pledged, refused_at_door, topic_to_mend
from web.declaring.mistakes import Wrong, told
from web.declaring.plan import State, steps_of
from web.declaring.submitted import UntilSent, require_open
from web.forms import Mistake, Sent, read_form
from web.handouts.case_forms import official_form
from web.lineage import lineage_of
from web.section import Parts
from web.showing import fields_of
from web.words import N_, Words

Json = dict[str, Any]
_CONSENT = N_("Hãy đồng ý cho các cơ quan trao đổi dữ liệu; chưa đồng ý thì chưa gửi gì cả.")
_PLEDGE = N_("Hãy cam đoan trước khi ký.")


@dataclass(frozen=True)
class ReviewView:
    """The forms side by side, filled from the one declaration; ``mistakes`` lead to the topic to mend."""

    draft: Draft
    forms: Sequence[Json]
    mistakes: Sequence[Mistake]
    unfinished: bool
    typed: int
    pulled: int
    cells: int


@dataclass(frozen=True)
class SignView:
    """What is agreed to and pledged."""

    draft: Draft
    declarant: str
    agencies: Sequence[str]
    pledges: Sequence[tuple[str, str]]
    mistakes: Sequence[Mistake]
    ticked: Sequence[str]
    refused: bool = False


@dataclass(frozen=True)
class ReceiptView:
    """What was sent, under which number, and what happens now."""

    draft: Draft
    dossier: Mapping[str, Any]
    steps: Sequence[tuple[str, str]]
    case: str
    human: bool
    agencies: Sequence[tuple[str, str]]
    come_back: bool


def sending_routes(parts: Parts, drafts: Drafts) -> APIRouter:
    """Review, sign, receipt."""
    router = APIRouter(include_in_schema=False, route_class=UntilSent)

    @router.get("/khai/{group}/{name}/xem-lai")
    async def review(request: Request, group: str, name: str) -> Response:
        draft = drafts.read(group, name)
        require_open(draft)
        view = await _review(parts, request, draft)
        return parts.frame.page(request, "declare/review.html", view)

    @router.get("/khai/{group}/{name}/ky-nop")
    async def sign_page(request: Request, group: str, name: str) -> Response:
        draft = drafts.read(group, name)
        require_open(draft)
        left = any(step.topic.id in draft.left for step in steps_of(draft))
        if left or refused_at_door(draft, await now_in(parts.asking(request), draft)):
            return parts.frame.see(f"{draft.address}/xem-lai")
        return parts.frame.page(request, "declare/sign.html", _sign(parts.viewer(request).words, draft))

    @router.post("/khai/{group}/{name}/ky-nop")
    async def sign(request: Request, group: str, name: str) -> Response:
        draft, sent = drafts.read(group, name), await read_form(request)
        words = parts.viewer(request).words
        if draft.dossier:
            return parts.frame.see(f"{draft.address}/bien-nhan")
        if sent.text("answer") == "refuse":
            await _answered(parts.asking(request), draft, agreed=False)
            view = replace(_sign(words, draft), refused=True)
            return parts.frame.page(request, "declare/sign.html", view)
        _require_agreement(words, draft, sent)
        if sent.mistakes:
            view = replace(_sign(words, draft), mistakes=sent.mistakes, ticked=list(sent.values))
            return parts.frame.page(request, "declare/sign.html", view, status=422)
        return await _send(parts, request, drafts, draft)

    @router.get("/khai/{group}/{name}/bien-nhan")
    async def receipt(request: Request, group: str, name: str) -> Response:
        draft = drafts.read(group, name)
        if not draft.dossier:
            return parts.frame.see(draft.address)
        view = await _receipt(parts, request, draft, come_back=request.query_params.get("da-nop") == "1")
        return parts.frame.page(request, "declare/receipt.html", view)

    return router


def _require_agreement(words: Words, draft: Draft, sent: Sent) -> None:
    """Note as mistakes what is not ticked."""
    if sent.text("consent") != "yes":
        sent.wrong("consent", words.say(_CONSENT))
    for path in draft.group.pages.sign:
        if sent.text(path) != "yes":
            sent.wrong(path, words.say(_PLEDGE))


async def _send(parts: Parts, request: Request, drafts: Drafts, draft: Draft) -> Response:
    """Send it. Who clicked twice is shown the receipt; what the gateway refuses is shown at the forms."""
    try:
        code = await _answered(parts.asking(request), draft, agreed=True)
    except Passed as problem:
        newest = drafts.read(draft.group.id, draft.name)
        if newest.dossier:
            return parts.frame.see(f"{draft.address}/bien-nhan")
        view = await _review(parts, request, newest, passed_on(draft, problem))
        return parts.frame.page(request, "declare/review.html", view, status=422)
    drafts.sent(draft, code)
    return parts.frame.see(f"{draft.address}/bien-nhan")


async def _answered(asking: Asking, draft: Draft, *, agreed: bool) -> str:
    """Show the preview to whoever signs, and give their answer; the dossier's code when they agreed."""
    body = {"group": draft.group.id, "procedures": list(draft.procedures), "declaration": pledged(draft)}
    shown = await asking.post(f"/runs/{draft.run_id}/previews", body, key=f"{draft.name}-{agreed}")
    path = f"/runs/{draft.run_id}/previews/{shown['preview']}/answer"
    answer = await asking.put(path, {"agreed": agreed})
    return str(answer["dossier"]["dossier"]) if agreed else ""


async def _review(
    parts: Parts, request: Request, draft: Draft, wrong: Sequence[Wrong] | None = None
) -> ReviewView:
    words = parts.viewer(request).words
    if wrong is None:
        wrong = refused_at_door(draft, await now_in(parts.asking(request), draft))
    unfinished = any(step.state is not State.DONE for step in steps_of(draft))
    forms = [] if unfinished or not _whole(draft) else _forms(words, draft.group, draft)
    pulled = sum(draft.pulled(path) for path in draft.sources)
    return ReviewView(
        draft=draft,
        forms=forms,
        mistakes=[_mistake(words, draft, each) for each in wrong],
        unfinished=unfinished,
        typed=len(draft.sources) - pulled,
        pulled=pulled,
        cells=lineage_of(draft.group, draft.procedures, words).counts.blanks,
    )


def _whole(draft: Draft) -> bool:
    try:
        draft.group.declaration.model_validate(pledged(draft))
    except ValueError:
        return False
    return True


def _forms(words: Words, group: Group, draft: Draft) -> list[Json]:
    """Each cell leads back to the question that filled it."""
    declaration = group.declaration.model_validate(pledged(draft))
    forms = []
    for each in map(group.procedure, draft.procedures):
        form = official_form(words, group, each, declaration, draft.sources, {})
        for cell in (*form["cells"], *form["printed"]):
            cell["href"] = _question(draft, cell["roots"])
        forms.append(form)
    return forms


def _question(draft: Draft, roots: Sequence[str]) -> str | None:
    """The page of the first typed field among the roots; a pulled one is mended there as well."""
    for root in roots:
        topic = draft.group.pages.topic_of(root) if root in fields_of(draft.group) else None
        if topic is not None:
            return f"{draft.address}/{topic}#f-{root}"
    return None


def _mistake(words: Words, draft: Draft, wrong: Wrong) -> Mistake:
    topic = topic_to_mend(draft, wrong)
    href = f"{draft.address}/{topic}#f-{wrong.path}" if topic else draft.address
    if wrong.path == "procedures":
        href = f"{draft.address}/{CHOICE}"
    return Mistake(wrong.path, told(words, draft.group, wrong), href)


def _sign(words: Words, draft: Draft) -> SignView:
    known = fields_of(draft.group)
    agencies = dict.fromkeys(draft.group.procedure(each).agency for each in draft.procedures)
    return SignView(
        draft=draft,
        declarant=str(draft.value("declarant.full_name") or ""),
        agencies=[name_of(each, words) for each in agencies],
        pledges=[
            (path, words.pick(known[path].title_vi, known[path].title_en)) for path in draft.group.pages.sign
        ],
        mistakes=(),
        ticked=(),
    )


async def _receipt(parts: Parts, request: Request, draft: Draft, *, come_back: bool) -> ReceiptView:
    words, asking = parts.viewer(request).words, parts.asking(request)
    dossier = await asking.get(f"/runs/{draft.run_id}/dossiers/{draft.dossier}")
    terms = (await asking.get(f"/runs/{draft.run_id}"))["terms"]
    agencies = dict.fromkeys(each["agency"] for each in dossier["steps"])
    return ReceiptView(
        draft=draft,
        dossier=dossier,
        steps=[(words.of(each, "title"), name_of(each["agency"], words)) for each in dossier["steps"]],
        case=f"/ho-so/{draft.run_id}/{draft.dossier}",
        human=terms["officers"] == "human",
        agencies=[(each, name_of(each, words)) for each in agencies],
        come_back=come_back,
    )
