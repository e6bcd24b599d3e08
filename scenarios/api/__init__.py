"""The API of stories: what can be played, plays and batches, reports, and saving a run back as a story."""

from collections.abc import Sequence

from fastapi import APIRouter

from scenarios.api.batches import batch_report_routes, batch_routes
from scenarios.api.library import library_routes
from scenarios.api.plays import play_routes
from scenarios.door import Door
from scenarios.plays import Plays


def scenario_routes(plays: Plays, door: Door) -> Sequence[APIRouter]:
    """All routes of stories."""
    return [library_routes(plays, door), play_routes(plays), batch_routes(plays), batch_report_routes(plays)]
