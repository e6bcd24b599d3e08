"""Many plays at once: ask, look, follow, play the failed again, read the reports."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from chassis.problems import problem_responses
from flow_model.catalogue import catalogue
from flow_model.errors import FieldError, NotAllowedNow, SandboxError
from scenarios.api.plays import batch_name, followed
from scenarios.api.reports import HTML, XML, ended, html_of, xml_of
from scenarios.api.shapes import AS_THEY_ARE, MOST_PLAYS, BatchName, BatchView, How, Key, NewBatch, PlayView
from scenarios.coverage import coverage
from scenarios.ledger import PlayRecord
from scenarios.loading import Loaded, select
from scenarios.model import MOST_SEED
from scenarios.plays import Plays, Wanted


class BadBatch(SandboxError):
    """Whoever asks for plays corrects one field of the request."""

    slug = "invalid-request"

    def __init__(self, field: str, detail_vi: str, detail_en: str) -> None:
        super().__init__(
            detail_vi, detail_en, errors=[FieldError(field, "out_of_range", detail_vi, detail_en)]
        )


def batch_routes(plays: Plays) -> APIRouter:
    """Routes of batches."""
    router = APIRouter(tags=["batches"], responses=problem_responses(400, 404, 409, 413, 415, 422, 500, 503))

    @router.post("/plays", status_code=202, summary="Play many stories: of the library, or uploaded files")
    async def play(body: NewBatch, key: Key = None) -> BatchView:
        name = batch_name(key, body.model_dump_json())
        plays.order(name, _wanted(plays, body), body.keep, body.limit_seconds)
        return _view(name, plays.batch(name), 0, 100)

    @router.get("/batches/{batch}", summary="A batch: how many of each verdict, and its plays")
    async def one(
        batch: BatchName,
        after: Annotated[int, Query(ge=0, le=MOST_PLAYS)] = 0,
        limit: Annotated[int, Query(ge=0, le=1000)] = 100,
    ) -> BatchView:
        return _view(batch, plays.batch(batch), after, limit)

    @router.post("/batches/{batch}/reruns", status_code=202, summary="Play those again that did not pass")
    async def rerun(batch: BatchName, body: How = AS_THEY_ARE, key: Key = None) -> BatchView:
        failed = [each for each in plays.batch(batch) if each.played and each.played.verdict != "passed"]
        if not failed:
            raise NotAllowedNow("Không có lượt phát nào trượt", "no play has failed")
        name = batch_name(key, batch, body.model_dump_json())
        wanted = [
            Wanted(each.scenario, each.text, each.seed if body.seed is None else body.seed) for each in failed
        ]
        plays.order(name, wanted, body.keep, body.limit_seconds)
        return _view(name, plays.batch(name), 0, 100)

    async def known(batch: BatchName) -> str:
        """An unknown batch is told before the stream begins."""
        return plays.batch(batch)[0].batch

    @router.get(
        "/batches/{batch}/stream", response_class=EventSourceResponse, summary="Each play as it ends (SSE)"
    )
    async def stream(batch: Annotated[str, Depends(known)]) -> AsyncIterator[ServerSentEvent]:
        async for line in followed(plays, batch, lambda: _view(batch, plays.batch(batch), 0, 0).done):
            if line.event == "ended":
                yield line
        yield ServerSentEvent(
            event="batch", data=_view(batch, plays.batch(batch), 0, 0).model_dump(mode="json")
        )

    return router


def batch_report_routes(plays: Plays) -> APIRouter:
    """Routes of the reports of batches."""
    router = APIRouter(tags=["batches"], responses=problem_responses(400, 404, 409, 422, 500, 503))

    @router.get("/batches/{batch}/junit.xml", response_class=Response, responses=XML, summary="JUnit XML")
    async def junit(batch: BatchName) -> Response:
        return xml_of(plays.batch(batch), batch)

    @router.get("/batches/{batch}/report.html", response_class=Response, responses=HTML, summary="A report")
    async def report(batch: BatchName) -> Response:
        return html_of(plays.batch(batch), batch)

    @router.get("/batches/{batch}/coverage", summary="What the batch reached, and what none of it reached")
    async def covered(batch: BatchName) -> dict[str, Any]:
        return coverage(ended(plays.batch(batch)), catalogue()).as_json()

    return router


def _wanted(plays: Plays, body: NewBatch) -> list[Wanted]:
    chosen: list[Loaded] = list(plays.library.values()) if body.all else []
    named = [*body.scenarios, *body.tags]
    if named and not body.all:
        chosen = select(plays.library.values(), named)
    made = [Wanted(each.scenario.id) for each in chosen]
    made += [Wanted(each.name, each.text) for each in body.files]
    if len(made) * body.repeat > MOST_PLAYS:
        raise BadBatch(
            "repeat",
            f"Mỗi loạt nhiều nhất {MOST_PLAYS} lượt phát",
            f"a batch holds {MOST_PLAYS} plays at the most",
        )
    seeds = {each: plays.loaded(each).scenario.run.seed if body.seed is None else body.seed for each in made}
    if max(seeds.values(), default=0) + body.repeat - 1 > MOST_SEED:
        raise BadBatch(
            "seed",
            f"Hạt giống tăng dần theo repeat sẽ vượt {MOST_SEED}: hãy chọn seed hoặc repeat nhỏ hơn",
            f"seeds go up with repeat and would pass {MOST_SEED}: choose a smaller seed or repeat",
        )
    return [
        Wanted(each.scenario, each.text, seeds[each] + turn if turn or body.seed is not None else None)
        for turn in range(body.repeat)
        for each in made
    ]


def _view(batch: str, records: Sequence[PlayRecord], after: int, limit: int) -> BatchView:
    verdicts = Counter(record.played.verdict for record in records if record.played is not None)
    done = sum(verdicts.values())
    return BatchView(
        batch=batch,
        plays=len(records),
        ended=done,
        verdicts=dict(sorted(verdicts.items())),
        done=done == len(records),
        passed=verdicts["passed"] == len(records),
        items=[PlayView.of(record, whole=False) for record in records[after : after + limit]],
    )
