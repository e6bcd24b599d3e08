"""The page of the lineage: source, field, form as a picture and as a table, with the counts that follow."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from flow_model.catalogue import Catalogue
from flow_model.group import Group
from web.charts.lineage import draw
from web.handouts.common import Json
from web.handouts.poster import counters, lineage_poster
from web.lineage import lineage_of
from web.section import Parts, Section
from web.words import N_, Words

_TITLE = N_("Dòng dữ liệu: nguồn, ô của tờ khai, tờ khai chính thức")
_DESC = N_(
    "Sơ đồ ba cột. Bảng bên dưới nói cùng nội dung: mỗi ô, nguồn của nó, các tờ khai nó chảy vào, căn cứ."
)


@dataclass(frozen=True)
class LineageView:
    """What the page shows."""

    group: str
    title: str
    choices: Sequence[tuple[str, str]]
    chosen: str
    counters: Sequence[Json]
    declared: int
    picture: Markup
    rows: Sequence[Json]
    reused: float | None
    groups: Sequence[tuple[str, str]]


def lineage_routes(parts: Parts) -> APIRouter:
    """The one route."""
    router = APIRouter(include_in_schema=False)

    @router.get("/dong-du-lieu/{group}")
    async def lineage(request: Request, group: str) -> Response:
        found, words = parts.catalogue.group(group), parts.viewer(request).words
        procedures = chosen_procedures(found, request.query_params.get("thu-tuc", ""))
        shown = lineage_of(found, procedures, words)
        view = LineageView(
            group=found.id,
            title=words.pick(found.title_vi, found.title_en),
            choices=choices_of(found, words),
            chosen="+".join(procedures),
            counters=counters(shown, words),
            declared=shown.counts.typed_once,
            picture=draw(shown, words, words.say(_TITLE), words.say(_DESC)),
            rows=lineage_poster(words, found, procedures)["rows"],
            reused=shown.counts.reused_share,
            groups=titles_of(parts.catalogue, words),
        )
        return parts.frame.page(request, "lineage.html", view)

    return router


def titles_of(catalogue: Catalogue, words: Words) -> list[tuple[str, str]]:
    """The groups by id, as they are called."""
    return [(each.id, words.pick(each.title_vi, each.title_en)) for each in catalogue.groups.values()]


def choices_of(group: Group, words: Words) -> list[tuple[str, str]]:
    """The bundles under any law, by the procedures they join."""
    return [("+".join(each.procedures), words.pick(each.title_vi, each.title_en)) for each in group.bundles]


def chosen_procedures(group: Group, asked: str) -> tuple[str, ...]:
    """The bundle that is asked for; the first one for anything else."""
    for each in group.bundles:
        if "+".join(each.procedures) == asked.replace(" ", "+"):
            return each.procedures
    return group.bundles[0].procedures


SECTION = Section(lineage_routes)
