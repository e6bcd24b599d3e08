"""Defects in what belongs to a run, and in its books."""

from dataclasses import replace

from tests.conformance.between import Between, Reply, Request
from tests.conformance.planting import TERMS, Defects

DEFECTS = Defects()
defect = DEFECTS.plant


@defect("a_run_with_other_terms_is_a_conflict")
async def other_terms_are_accepted(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if reply.status == 409 and TERMS.fullmatch(request.path):
        said = {"run_id": request.path.rpartition("/")[2], "service": "residence", "terms": request.body}
        return Reply(200, {"content-type": "application/json", "next-act-at": ""}, b"").saying(said)
    return reply


@defect("a_run_under_an_unknown_law_is_refused")
async def any_law_will_do(between: Between, request: Request) -> Reply:
    body = request.body
    if request.method == "PUT" and TERMS.fullmatch(request.path) and body["law"] == "hammurabi":
        request = request.saying(body | {"law": "claim-2023"})
    return await between.ask(request)


@defect("runs_do_not_see_each_other")
async def the_worklist_shows_other_runs(between: Between, request: Request) -> Reply:
    runs: set[str] = between.memory.setdefault("runs", set())
    if TERMS.fullmatch(request.path):
        name = request.path.rpartition("/")[2]
        runs = runs | {name} if request.method == "PUT" else runs - {name}
        between.memory["runs"] = runs
    reply = await between.ask(request)
    if request.path != "/applications" or reply.status != 200:
        return reply
    whole = list(reply.body["applications"])
    for run in sorted(runs - {request.run}):
        other = await between.ask(replace(request, headers=request.headers | {"run-id": run}))
        whole += other.body["applications"] if other.status == 200 else []
    return reply.saying({"applications": whole})


@defect("removing_a_run_twice_is_no_error", "every_answer_is_as_documented")
async def removing_what_is_gone_is_not_found(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.method == "DELETE":
        if request.path in between.memory:
            return await between.ask(request.get("/nothing"))
        between.memory[request.path] = True
    return reply


@defect("removing_a_run_leaves_no_trace")
async def books_are_kept_when_a_run_is_removed(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    removed: set[str] = between.memory.setdefault("removed", set())
    if request.method == "DELETE":
        removed.add(request.path.rpartition("/")[2])
    if request.path == "/books" and request.run in removed:
        return reply.saying({"books": {name: count + 1 for name, count in reply.body["books"].items()}})
    return reply


@defect("a_run_is_opened_once", "a_run_with_other_terms_is_a_conflict")
async def a_run_is_opened_again(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    opened = request.method == "PUT" and TERMS.fullmatch(request.path) and reply.status == 200
    return replace(reply, status=201) if opened else reply


@defect("an_unknown_run_is_not_found", "removing_a_run_leaves_no_trace")
async def an_unknown_run_has_no_events(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path == "/events" and reply.status == 404:
        return replace(reply, headers={"content-type": "application/json"}).saying({"events": []}, 200)
    return reply


@defect("a_book_that_is_not_kept_is_not_found")
async def every_book_is_kept(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path.startswith("/lookups/") and reply.status == 404:
        return replace(reply, headers={"content-type": "application/json"}).saying(
            {"found": False, "record": None}, 200
        )
    return reply


@defect("it_says_that_it_is_well", "every_answer_is_as_documented")
async def nobody_says_that_it_is_well(between: Between, request: Request) -> Reply:
    return await between.ask(replace(request, path="/nothing") if request.path == "/health" else request)


@defect("what_is_not_in_the_book_is_not_found")
async def everything_is_in_the_book(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path.startswith("/lookups/") and reply.status == 200:
        return reply.saying({"found": True, "record": None})
    return reply
