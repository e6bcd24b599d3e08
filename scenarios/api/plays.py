"""One play: ask for it, look at it, follow it, end it, read its report."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from chassis.idempotency import require_key
from chassis.problems import problem_responses
from scenarios.api.reports import HTML, XML, html_of, xml_of
from scenarios.api.shapes import AS_IT_IS, Key, OnePlay, PlayName, PlayView, ScenarioId
from scenarios.plays import Plays, Wanted


def play_routes(plays: Plays) -> APIRouter:
    """Routes of single plays."""
    router = APIRouter(tags=["plays"], responses=problem_responses(400, 404, 409, 413, 415, 422, 500, 503))

    @router.post(
        "/scenarios/{scenario}/plays",
        status_code=202,
        summary="Play one story; the answer says where to look",
    )
    async def play(scenario: ScenarioId, body: OnePlay = AS_IT_IS, key: Key = None) -> PlayView:
        name = batch_name(key, scenario, body.model_dump_json())
        wanted = [Wanted(scenario, seed=body.seed)]
        names = plays.order(name, wanted, body.keep, body.limit_seconds)
        return PlayView.of(plays.play(names[0]))

    @router.get("/plays/{play}", summary="A play: its state, its verdict, the first difference")
    async def one(play: PlayName) -> PlayView:
        return PlayView.of(plays.play(play))

    @router.post("/plays/{play}/cancel", summary="End a play that waits or goes on")
    async def cancel(play: PlayName) -> PlayView:
        return PlayView.of(plays.cancel(play))

    @router.get("/plays/{play}/junit.xml", response_class=Response, responses=XML, summary="JUnit XML")
    async def junit(play: PlayName) -> Response:
        return xml_of([plays.play(play)], play)

    @router.get("/plays/{play}/report.html", response_class=Response, responses=HTML, summary="A report")
    async def report(play: PlayName) -> Response:
        return html_of([plays.play(play)], play)

    async def known(play: PlayName) -> str:
        """An unknown play is told before the stream begins."""
        return plays.play(play).play

    @router.get(
        "/plays/{play}/stream", response_class=EventSourceResponse, summary="Each event as it happens (SSE)"
    )
    async def stream(play: Annotated[str, Depends(known)]) -> AsyncIterator[ServerSentEvent]:
        async for line in followed(plays, play, lambda: plays.play(play).state == "ended"):
            yield line
        yield ServerSentEvent(event="play", data=PlayView.of(plays.play(play)).model_dump(mode="json"))

    return router


async def followed(plays: Plays, about: str, ended: Any) -> AsyncIterator[ServerSentEvent]:
    """What is told of a play or a batch, as server-sent events."""
    async for line in plays.listen(about, ended):
        told = dict(line)
        yield ServerSentEvent(event=told.pop("event"), data=told)


def batch_name(key: str | None, *content: str) -> str:
    """The name of what was asked for under a key; raises MissingKey without one.

    The content is part of it: the same key with other content is another batch.
    """
    key = require_key(key)
    return "b-" + sha256("\x00".join([key, *content]).encode()).hexdigest()[:12]
