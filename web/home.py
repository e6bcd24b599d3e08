"""The home page: the story that was told, measured, and a way to every page."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from web.charts.versus import versus
from web.families import STORY, Pair, pairs, runs_of
from web.formats import filters_for
from web.measured import days_note
from web.memory import seen_of
from web.race.names import SHORT
from web.section import Parts, Section
from web.words import N_, Words

MOST_STORIES = 2
_MEASURES = {
    "elapsed_calendar_days": N_("Ngày theo lịch"),
    "visits": N_("Lần đi lại"),
    "documents": N_("Giấy tờ"),
    "fields_typed": N_("Ô phải điền"),
}


@dataclass(frozen=True)
class Story:
    """One family on both paths, in figures."""

    subject: str
    group_title: str
    race: str
    cases: Sequence[tuple[str, str]]
    drawing: Markup
    heads: Sequence[str]
    rows: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class HomeView:
    """The stories of the runs that are there."""

    stories: Sequence[Story]
    days_note: str


def home_routes(parts: Parts) -> APIRouter:
    """The one route."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home(request: Request) -> Response:
        every = await runs_of(parts.asking(request))
        # The story of the demo, where there is one: what a class does meanwhile changes nothing here.
        runs = [run for run in every if run["run_id"].startswith(STORY)] or every
        return await parts.memory.page(request, seen_of(*runs), lambda: made(request, runs))

    async def made(request: Request, runs: Sequence[Mapping[str, Any]]) -> Response:
        asking, words = parts.asking(request), parts.viewer(request).words
        # The story of the demo comes first; one of each group is enough to begin with.
        found = {pair.group: pair for pair in reversed(await pairs(asking, runs))}
        chosen = [found[group] for group in parts.catalogue.groups if group in found][:MOST_STORIES]
        measured = await asyncio.gather(
            *(
                asking.get("/comparison", separate=pair.separate.name, interlinked=pair.interlinked.name)
                for pair in chosen
            )
        )
        stories = [
            _story(words, parts, pair, each["paths"]) for pair, each in zip(chosen, measured, strict=True)
        ]
        return parts.frame.page(request, "home.html", HomeView(stories, days_note(words)))

    return router


def _story(words: Words, parts: Parts, pair: Pair, measured: Mapping[str, Any]) -> Story:
    number, group = filters_for(words.language)["number"], parts.catalogue.group(pair.group)
    old, new = measured["separate"], measured["interlinked"]
    short = {path: words.say(title) for path, title in SHORT.items()}
    return Story(
        subject=pair.subject,
        group_title=words.pick(group.title_vi, group.title_en),
        race=f"/dua?cu={pair.separate.name}&moi={pair.interlinked.name}",
        cases=[
            (f"/ho-so/{pair.separate.name}", short["separate"]),
            (f"/ho-so/{pair.interlinked.name}", short["interlinked"]),
        ],
        drawing=versus(
            f"versus-{pair.group}",
            (short["separate"], old["elapsed_working_days"]),
            (short["interlinked"], new["elapsed_working_days"]),
            words.say("Ngày làm việc, đo từ nhật ký: %(subject)s", subject=pair.subject),
            number,
        ),
        heads=list(short.values()),
        rows=[(words.say(title), number(old[name]), number(new[name])) for name, title in _MEASURES.items()],
    )


SECTION = Section(home_routes)
