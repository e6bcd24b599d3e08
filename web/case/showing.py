"""Asks for everything that the page of a case needs, and shows it."""

from typing import Annotated, Any

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from chassis.context import RUN_ID
from web.asking import Asking
from web.case.lines import Wanted
from web.case.view import Answers, case_view
from web.forms import Sent
from web.histories import Told, told_of
from web.section import Parts

RunName = Annotated[str, Path(pattern=RUN_ID)]
Code = Annotated[str, Path(pattern=r"^[A-Z]-[0-9]{4}-[0-9]{6}$")]
# A run with more dossiers says too much to be looked through for one.
MOST_RECORDED = 50


async def show_case(
    parts: Parts, request: Request, run: str, dossier: str, wanted: Wanted, sent: Sent | None = None
) -> Response:
    asking, words = parts.asking(request), parts.viewer(request).words
    found, answers = await _all_of(asking, parts, run, dossier)
    view = case_view(words, found, answers, wanted)
    mistakes = sent.mistakes if sent else []
    form = {name: values[-1] for name, values in (sent.values if sent else {}).items()}
    status = 422 if mistakes else 200
    return parts.frame.page(request, "case.html", view, status=status, mistakes=mistakes, form=form)


async def _all_of(asking: Asking, parts: Parts, run: str, dossier: str) -> tuple[Told, Answers]:
    """Everything that the page needs, in one answer; and what was recorded."""
    said = await asking.get(f"/runs/{run}/dossiers/{dossier}/overview")
    found = told_of(parts.catalogue, said["run"], said["history"])
    recorded = await recorded_of(asking, found) if said["recorded"] else []
    return found, Answers(
        view=said["dossier"],
        due=said["due_dates"],
        told_to=said["messages"],
        moves=said["next_moves"],
        results=said["results"],
        measured=said["measurement"],
        recorded=recorded,
    )


async def recorded_of(asking: Asking, found: Told) -> list[Any]:
    """What was said between the services, where the run was recorded and is small."""
    if found.run["dossiers"] > MOST_RECORDED:
        return []
    har = await asking.get(f"/runs/{found.run['run_id']}/exchanges")
    entries: list[Any] = har["log"]["entries"]
    return entries
