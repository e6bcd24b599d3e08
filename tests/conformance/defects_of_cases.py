"""Defects in what becomes of a case: consents, supplements, decisions, returns."""

from dataclasses import replace
from typing import Any

from tests.conformance.between import Between, Reply, Request
from tests.conformance.planting import APPLICATION, Defects, as_if_taken, put, shown, with_events

DEFECTS = Defects()
defect = DEFECTS.plant


@defect(
    "the_clock_starts_when_the_last_consent_arrives", "a_window_that_closes_lets_it_in_without_the_consent"
)
async def consents_are_not_waited_for(between: Between, request: Request) -> Reply:
    if put(request) and isinstance(request.body, dict) and "consents_needed" in request.body:
        request = request.saying(request.body | {"consents_needed": []})
    return await between.ask(request)


@defect("a_consent_again_is_the_same_and_another_is_a_conflict")
async def a_consent_may_be_given_again_otherwise(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if put(request, "/consents/[^/]+") and reply.status == 409:
        return await as_if_taken(between, request, reply)
    return reply


@defect("only_the_round_that_was_asked_for_is_taken")
async def any_round_is_taken(between: Between, request: Request) -> Reply:
    if put(request, "/supplements/2"):
        view = (await between.ask(shown(request))).body
        if view["state"] == "supplement_requested":
            path = request.path.rpartition("/")[0]
            request = replace(request, path=f"{path}/{view['round']}")
    return await between.ask(request)


@defect("a_supplement_that_nobody_asked_for_is_refused")
async def supplements_are_taken_at_any_time(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if put(request, "/supplements/1") and reply.status == 409:
        view = (await between.ask(shown(request))).body
        if view["round"] == 0:
            return await as_if_taken(between, request, reply)
    return reply


@defect("a_supplement_again_is_the_same_and_another_is_a_conflict")
async def a_round_may_be_sent_again_otherwise(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if put(request, "/supplements/1") and reply.status == 409 and reply.body["type"].endswith("content"):
        return await as_if_taken(between, request, reply)
    return reply


@defect("a_supplement_is_taken_within_its_term")
async def no_supplement_is_too_late(between: Between, request: Request) -> Reply:
    if put(request, "/supplements/1"):
        view = (await between.ask(shown(request))).body
        last = view.get("answer_by")
        if last and request.headers["simulated-at"] > last:
            request = replace(request, headers=request.headers | {"simulated-at": last})
    return await between.ask(request)


@defect("the_clock_stands_still_while_the_citizen_is_asked")
async def the_pause_counts(between: Between, request: Request) -> Reply:
    def unmoved(event: Any) -> Any:
        early = {"payload": {"due_at": "2026-10-05T17:00:00+07:00"}}
        return event | (early if event["kind"] == "supplemented" else {})

    return await with_events(between, request, unmoved)


@defect("a_decision_again_is_the_same_and_another_is_a_conflict")
async def a_decision_can_be_changed(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if put(request, "/decision") and reply.status == 409 and reply.body["type"].endswith("content"):
        return await as_if_taken(between, request, reply)
    return reply


@defect("nobody_decides_before_it_is_received")
async def it_is_decided_before_it_is_received(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if put(request, "/decision") and reply.status == 409 and reply.body["type"].endswith("now"):
        return await as_if_taken(between, request, reply)
    return reply


@defect("an_officer_grants")
async def a_result_is_missing(between: Between, request: Request) -> Reply:
    def shorter(event: Any) -> Any:
        results = dict(list(event["payload"].get("results", {}).items())[1:])
        return event | ({"payload": event["payload"] | {"results": results}} if results else {})

    return await with_events(between, request, shorter)


@defect("an_officer_rejects_with_a_reason")
async def a_rejection_gives_no_reason(between: Between, request: Request) -> Reply:
    def silent(event: Any) -> Any:
        return event | ({"payload": {"reason": ""}} if event["kind"] == "rejected" else {})

    return await with_events(between, request, silent)


@defect("what_is_returned_comes_again")
async def what_was_not_returned_comes_again(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if put(request, "/resubmissions/1") and reply.status == 409:
        return await as_if_taken(between, request, reply)
    return reply


@defect("a_first_hand_procedure_is_returned_to_nobody", agency="civil_status")
async def a_first_hand_case_is_returned(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if put(request, "/decision") and reply.status == 409 and request.body["decision"] == "return_to_issuer":
        return await as_if_taken(between, request, reply)
    return reply


@defect("simulated_officers_bring_every_application_to_an_end")
async def what_is_granted_brings_nothing(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.method == "GET" and APPLICATION.fullmatch(request.path) and reply.status == 200:
        return reply.saying(reply.body | {"results": {}})
    return reply


@defect("a_supplement_with_a_wrong_cell_is_refused")
async def a_supplement_may_hold_anything(between: Between, request: Request) -> Reply:
    body = request.body
    if put(request, "/supplements/1") and isinstance(body, dict) and "form" in body:
        form = {name: typed for name, typed in body["form"].items() if name != "stray_cell"}
        request = request.saying(body | {"form": form})
    return await between.ask(request)


@defect("an_officer_asks_for_a_supplement")
async def nobody_says_until_when_to_answer(between: Between, request: Request) -> Reply:
    def silent(event: Any) -> Any:
        payload = {name: told for name, told in event["payload"].items() if name != "answer_by"}
        return event | ({"payload": payload} if event["kind"] == "supplement_requested" else {})

    return await with_events(between, request, silent)


@defect("the_findings_are_shown_and_change_nothing")
async def looking_at_the_findings_leaves_a_trace(between: Between, request: Request) -> Reply:
    looked_at: set[tuple[str, str]] = between.memory.setdefault("looked at", set())
    reply = await between.ask(request)
    if request.path.endswith("/findings"):
        looked_at.add((request.run, shown(request).path))
    if (request.run, request.path) in looked_at and reply.status == 200:
        return reply.saying(reply.body | {"reason": "đã xem"})
    return reply


@defect("an_error_that_is_reported_is_corrected_once")
async def a_correction_says_nothing(between: Between, request: Request) -> Reply:
    def silent(event: Any) -> Any:
        return event | ({"payload": {}} if event["kind"] == "corrected" else {})

    return await with_events(between, request, silent)
