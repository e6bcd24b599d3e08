"""What can be played: the library, each story as a lesson, the schema; and a run saved back as a story."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import PlainTextResponse

from chassis.context import RUN_ID
from chassis.problems import problem_responses
from flow_model.faults import compiled, simulated
from scenarios.api.shapes import Lesson, ScenarioId, ScenarioView
from scenarios.door import Door
from scenarios.loading import Loaded
from scenarios.plays import Plays
from scenarios.saving import saved
from scenarios.schema import schema

TOML: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/toml": {"schema": {"type": "string"}}}}
}


class TomlResponse(PlainTextResponse):
    """A scenario file."""

    media_type = "application/toml; charset=utf-8"


def library_routes(plays: Plays, door: Door) -> APIRouter:
    """Routes of the library."""
    router = APIRouter(tags=["scenarios"], responses=problem_responses(400, 404, 422, 500))

    @router.get("/scenarios", summary="The stories that can be played")
    async def listed(
        tag: Annotated[str | None, Query(max_length=80, examples=["birth"])] = None,
    ) -> list[ScenarioView]:
        found = plays.library.values()
        return [ScenarioView(**_about(each)) for each in found if tag is None or _has(each, tag)]

    @router.get("/scenarios/schema.json", summary="The JSON Schema of a scenario file")
    async def published() -> dict[str, Any]:
        return schema()

    @router.get("/scenarios/{scenario}", summary="One story, as a lesson")
    async def lesson(scenario: ScenarioId) -> Lesson:
        found = plays.find(scenario)
        told = found.scenario.narration
        return Lesson(
            **_about(found),
            narration_vi=told.vi,
            narration_en=told.en,
            tells=[each.model_dump(mode="json") for each in found.scenario.tell],
            text=found.text,
        )

    @router.get("/scenarios/{scenario}/simulation", summary="What the simulator makes of a story")
    async def simulation(scenario: ScenarioId) -> dict[str, Any]:
        found = plays.find(scenario).scenario
        return {
            "run": found.run.model_dump(mode="json", exclude_none=True),
            "dossiers": [
                each.model_dump(mode="json", include={"name", "group", "situation", "path", "procedures"})
                for each in found.declare
            ],
            **simulated(compiled(found.fault)).as_json(),
        }

    @router.get(
        "/runs/{run_id}/dossiers/{dossier}/scenario",
        response_class=TomlResponse,
        responses={**TOML, **problem_responses(409, 502, 503)},
        summary="A run saved back as a story that gives an equal event log",
    )
    async def save(
        run_id: Annotated[str, Path(pattern=RUN_ID, examples=["lop-hoc-1"])],
        dossier: Annotated[str, Path(pattern=r"^[A-Z]-[0-9]{4}-[0-9]{6}$", examples=["B-2026-000001"])],
        name: Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")] = None,
    ) -> TomlResponse:
        called = name or f"saved-{run_id[:40].rstrip('-')}-{dossier.lower()}"
        # The file must be called as the story is, or it cannot be played from there.
        named = {"Content-Disposition": f'attachment; filename="{called}.toml"'}
        return TomlResponse(await saved(door, run_id, dossier, called), headers=named)

    return router


def _has(loaded: Loaded, tag: str) -> bool:
    return tag in loaded.scenario.tags or tag in loaded.scenario.reported


def _about(loaded: Loaded) -> dict[str, Any]:
    scenario = loaded.scenario
    return {
        "id": scenario.id,
        "title_vi": scenario.title_vi,
        "title_en": scenario.title_en,
        "tags": list(scenario.tags),
        "reported": list(scenario.reported),
        "cites": list(scenario.cites),
        "file": loaded.file,
    }
