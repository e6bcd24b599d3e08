"""The race over HTTP: every frame has an address, and needs no script."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from flow_model.errors import UnknownThing
from web.families import Pair, Way, pairs, runs_of
from web.forms import Sent, read_form
from web.frame import Place
from web.histories import told
from web.memory import seen_of
from web.race.again import race_again
from web.race.baseline import undisturbed
from web.race.faults import fault_of
from web.race.view import Asked, race_view
from web.section import Parts, Section
from web.words import N_

REFERENCE = r"^[a-z0-9][a-z0-9-]{0,63}/[A-Z]-[0-9]{4}-[0-9]{6}$"
Reference = Annotated[str | None, Query(pattern=REFERENCE)]


def race_routes(parts: Parts) -> APIRouter:
    """The race, and the race with a fault."""
    router = APIRouter(include_in_schema=False)

    async def answer(
        request: Request, asked: Asked, runs: Sequence[Mapping[str, Any]], sent: Sent | None = None
    ) -> Response:
        asking = parts.asking(request)
        found = await pairs(asking, runs)
        chosen = _chosen(asked, found)
        if chosen is None:
            return parts.frame.page(request, "race_empty.html", None)
        old = await told(asking, parts.catalogue, chosen.separate.run_id, chosen.separate.dossier)
        new = await told(asking, parts.catalogue, chosen.interlinked.run_id, chosen.interlinked.dossier)
        measured = await asking.get(
            "/comparison", separate=chosen.separate.name, interlinked=chosen.interlinked.name
        )
        calm = await undisturbed(asking, found, runs, (old, new))
        words = parts.viewer(request).words
        view = race_view(words, parts.catalogue, asked, chosen, found, (old, new), measured, sent, calm)
        return parts.frame.page(request, "race.html", view, status=422 if sent and sent.mistakes else 200)

    @router.get("/dua")
    async def race(
        request: Request,
        cu: Reference = None,
        moi: Reference = None,
        phut: Annotated[float | None, Query(ge=0, le=10_000_000)] = None,
        doan: bool = False,
        so: Annotated[str, Query(max_length=20)] = "",
        hai: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        if "~" in hai:  # the list of families sends both names in one
            cu, _, moi = hai.partition("~")
        asked, runs = Asked(cu, moi, phut, doan, so), await runs_of(parts.asking(request))
        return await parts.memory.page(request, seen_of(*runs), lambda: answer(request, asked, runs))

    @router.post("/dua/su-co")
    async def trouble(request: Request) -> Response:
        sent = await read_form(request)
        asked = Asked(sent.text("cu"), sent.text("moi"), None, False, "")
        asking = parts.asking(request)
        pair = _chosen(asked, [])
        if pair is None:
            raise UnknownThing("Hãy chọn một gia đình đã đi cả hai đường.", "Choose a family of both paths.")
        old = await told(asking, parts.catalogue, pair.separate.run_id, pair.separate.dossier)
        new = await told(asking, parts.catalogue, pair.interlinked.run_id, pair.interlinked.dossier)
        fault = fault_of(sent, old, parts.viewer(request).words)
        if fault is None:
            return await answer(request, asked, await runs_of(asking), sent)
        separate, interlinked = await race_again(asking, (old, new), fault)
        return parts.frame.see(f"/dua?cu={separate}&moi={interlinked}")

    return router


def _chosen(asked: Asked, found: list[Pair]) -> Pair | None:
    if asked.separate and asked.interlinked:
        known = next(
            (
                pair
                for pair in found
                if (pair.separate.name, pair.interlinked.name) == (asked.separate, asked.interlinked)
            ),
            None,
        )
        old, new = (Way(*name.split("/")) for name in (asked.separate, asked.interlinked))
        return known or Pair("", "", "", 0, old, new)
    return found[0] if found else None


SECTION = Section(
    race_routes,
    Place(
        "/dua",
        N_("Đường đua"),
        N_("Cùng một gia đình trên hai con đường, cùng một đồng hồ: xem ngày trôi đi đâu."),
    ),
)
