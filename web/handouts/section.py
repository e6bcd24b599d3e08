"""The hand-outs: an overview, and each of them as a page that prints well and as a PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from web.asking import Asking
from web.families import Pair, pairs
from web.forms import Mistake
from web.frame import Place
from web.guard import only_here
from web.handouts.cards import scenario_cards
from web.handouts.case_forms import case_forms
from web.handouts.common import Json
from web.handouts.poster import lineage_poster
from web.handouts.race import race_sheet
from web.handouts.results import result_sheet
from web.handouts.typesetting import typeset
from web.lineage_page import chosen_procedures, titles_of
from web.section import Parts, Section
from web.tester.names import tag_name
from web.words import N_, Words

PDF = ".pdf"
_MOST_CARDS = 40
_NOTHING = N_("Hãy chọn ít nhất một thẻ.")


@dataclass(frozen=True)
class HandoutsView:
    """Everything that can be printed."""

    pairs: Sequence[Pair]
    groups: Sequence[tuple[str, str]]
    stories: Sequence[tuple[str, str]]
    tag: str
    tags: Sequence[tuple[str, str]]
    mistakes: Sequence[Mistake]


def handout_routes(parts: Parts) -> APIRouter:
    """The overview, and what belongs to no case."""
    router = APIRouter(prefix="/in", include_in_schema=False)

    @router.get("")
    async def overview(request: Request) -> Response:
        words, asking = parts.viewer(request).words, parts.asking(request)
        tag = request.query_params.get("the", "lesson")
        told = await asking.get("/scenarios")
        tagged = [each for each in told if tag in each["tags"]]
        view = HandoutsView(
            pairs=await pairs(asking),
            groups=titles_of(parts.catalogue, words),
            stories=[(each["id"], words.of(each, "title")) for each in tagged[:_MOST_CARDS]],
            tag=tag,
            mistakes=[Mistake("id", words.say(_NOTHING), "f-id")]
            if request.query_params.get("chua-chon") == "1"
            else [],
            tags=_tags(told, words),
        )
        return parts.frame.page(request, "handouts/overview.html", view)

    @router.get("/dong-du-lieu/{group}.pdf")
    async def poster(request: Request, group: str) -> Response:
        found, words = parts.catalogue.group(group), parts.viewer(request).words
        procedures = chosen_procedures(found, request.query_params.get("thu-tuc", ""))
        return await _pdf("lineage", lineage_poster(words, found, procedures), f"dong-du-lieu-{group}")

    @router.get("/the-kich-ban")
    @router.get("/the-kich-ban.pdf")
    async def cards(request: Request) -> Response:
        asking = parts.asking(request)
        names = request.query_params.getlist("id")[:_MOST_CARDS]
        if not names:
            return parts.frame.see("/in?chua-chon=1")
        told = [await asking.get(f"/scenarios/{name}") for name in names]
        words = parts.viewer(request).words
        data = scenario_cards(words, parts.catalogue, told, await _families(asking, words))
        return await _shown(parts, request, "cards", data, _kind(request), "the-kich-ban")

    @router.get("/cuoc-dua/{old_run}/{old}/{new_run}/{new}")
    async def race(request: Request, old_run: str, old: str, new_run: str, new: str) -> Response:
        new, _, kind = new.partition(".")
        asking = parts.asking(request)
        ways = {"separate": f"{old_run}/{old}", "interlinked": f"{new_run}/{new}"}
        compared = await asking.get("/comparison", **ways)
        dossier = await asking.get(f"/runs/{new_run}/dossiers/{new}")
        group = parts.catalogue.group(dossier["group"])
        data = race_sheet(parts.viewer(request).words, group, dossier["subject"], compared)
        return await _shown(parts, request, "race", data, kind and PDF, f"cuoc-dua-{new}")

    return router


def case_routes(parts: Parts) -> APIRouter:
    """What is printed of one case."""
    router = APIRouter(prefix="/in", include_in_schema=False)

    @router.get("/to-khai/{run_id}/{code}")
    async def forms(request: Request, run_id: str, code: str) -> Response:
        code, _, kind = code.partition(".")
        asking = parts.asking(request)
        dossier, results = await _case(asking, run_id, code)
        history = await asking.get(f"/runs/{run_id}/dossiers/{code}/events")
        declared = history["events"][0]["payload"]
        values = {name: each["values"] for name, each in results.items()}
        group = parts.catalogue.group(dossier["group"])
        data = case_forms(parts.viewer(request).words, group, dossier, declared, values)
        return await _shown(parts, request, "forms", data, kind and PDF, f"to-khai-{code}")

    @router.get("/ket-qua/{run_id}/{code}")
    async def results_page(request: Request, run_id: str, code: str) -> Response:
        code, _, kind = code.partition(".")
        dossier, results = await _case(parts.asking(request), run_id, code)
        group, words = parts.catalogue.group(dossier["group"]), parts.viewer(request).words
        address = f"{request.url.scheme}://{request.url.netloc}/ho-so/{run_id}/{code}"
        here = only_here(request.url.hostname or "")
        data = result_sheet(words, group, dossier, results, address, only_here=here)
        return await _shown(parts, request, "results", data, kind and PDF, f"ket-qua-{code}")

    return router


def _tags(told: Sequence[Mapping[str, Any]], words: Words) -> list[tuple[str, str]]:
    """Every tag of these stories, by its name."""
    named = {(tag, tag_name(tag, words)) for each in told for tag in each["tags"]}
    return sorted(named, key=lambda one: one[1].casefold())


async def _families(asking: Asking, words: Words) -> dict[str, str]:
    """The titles of the kinds of families; none while there is no run to ask in."""
    runs = await asking.get("/runs", limit=1)
    told = await asking.get(f"/runs/{runs[0]['run_id']}/situations") if runs else []
    return {each["id"]: words.of(each, "title") for each in told}


def _kind(request: Request) -> str:
    return PDF if request.url.path.endswith(PDF) else ""


async def _case(asking: Asking, run_id: str, code: str) -> tuple[Json, Json]:
    path = f"/runs/{run_id}/dossiers/{code}"
    return await asking.get(path), await asking.get(f"{path}/results")


async def _shown(
    parts: Parts, request: Request, template: str, data: Mapping[str, Any], kind: str, name: str
) -> Response:
    """As a PDF, or as a page with a link to it."""
    if kind == PDF:
        return await _pdf(template, data, name)
    query = f"?{request.url.query}" if request.url.query else ""
    view = {"data": data, "pdf": f"{request.url.path}{PDF}{query}", "qr": Markup(data.get("qr", ""))}
    return parts.frame.page(request, f"handouts/{template}.html", view)


async def _pdf(template: str, data: Mapping[str, Any], name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(await typeset(template, data), media_type="application/pdf", headers=headers)


def _routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.include_router(handout_routes(parts))
    router.include_router(case_routes(parts))
    return router


SECTION = Section(
    _routes,
    Place("/in", N_("Bản in"), N_("Tờ khai có dấu nguồn, áp phích, cuộc đua, thẻ kịch bản; bản in và PDF.")),
)
