"""Defects in what is told: events, their numbers and times, and acts."""

from dataclasses import replace
from typing import Any

from chassis.signing import Signer
from tests.conformance.between import Between, Reply, Request
from tests.conformance.planting import Defects, content_of, signed_again, with_events

DEFECTS = Defects()
defect = DEFECTS.plant


@defect("events_are_numbered_without_gap", "events_are_told_after_a_number")
async def a_number_is_left_out(between: Between, request: Request) -> Reply:
    return await with_events(between, request, lambda each: each | {"id": each["id"] + (each["id"] > 2)})


@defect("events_are_in_order_of_time")
async def the_sixth_event_is_the_earliest(between: Between, request: Request) -> Reply:
    early = {"at": "2026-10-05T08:00:00+07:00"}
    return await with_events(between, request, lambda each: each | (early if each["id"] == 6 else {}))


@defect("events_say_what_happened_to_which_application")
async def events_belong_to_nobody(between: Between, request: Request) -> Reply:
    stray = {"application_id": "B-2026-999999.nothing"}
    return await with_events(between, request, lambda each: each | (stray if each["id"] == 6 else {}))


@defect("events_are_told_after_a_number")
async def events_are_always_told_from_the_first(between: Between, request: Request) -> Reply:
    return await between.ask(replace(request, query={}) if request.path == "/events" else request)


@defect("events_are_told_after_a_number")
async def work_tells_from_the_first(between: Between, request: Request) -> Reply:
    body = request.body
    if request.path == "/work" and isinstance(body, dict) and set(body) == {"until", "after"}:
        request = request.saying(body | {"after": 0})
    return await between.ask(request)


@defect("work_and_events_tell_the_same", "events_are_told_after_a_number")
async def work_tells_less_of_each_event(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path == "/work" and reply.status == 200 and len(reply.body["events"]) == 6:
        sixth = reply.body["events"][5]
        last = signed_again(request.run, sixth, sixth | {"payload": {}})
        return reply.saying(reply.body | {"events": [*reply.body["events"][:5], last]})
    return reply


@defect("the_counter_receives_and_says_when_it_is_due")
async def received_does_not_say_when_it_is_due(between: Between, request: Request) -> Reply:
    def silent(event: Any) -> Any:
        payload = {name: told for name, told in event["payload"].items() if name != "due_at"}
        return event | ({"payload": payload} if event["kind"] == "received" else {})

    return await with_events(between, request, silent)


@defect("the_next_act_lies_ahead")
async def the_next_act_lies_behind(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path == "/work" and reply.status == 200 and reply.body["next_act_at"] is None:
        return reply.saying(reply.body | {"next_act_at": request.body["until"]})
    return reply


@defect("acting_in_steps_is_acting_at_once")
async def steps_tell_another_story(between: Between, request: Request) -> Reply:
    if not request.run.endswith("-b"):
        return await between.ask(request)
    return await with_events(between, request, lambda each: each | {"payload": {}})


@defect("events_are_signed_with_the_secret_of_the_town")
async def events_are_signed_with_another_secret(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if "events" not in (reply.body or {}) or reply.status != 200:
        return reply
    signer, town = Signer("another secret, long enough", "residence"), {"run_id": request.run}
    told = [
        each | {"signature": signer.sign({**town, "service": "residence", **content_of(each)})}
        for each in reply.body["events"]
    ]
    return reply.saying(reply.body | {"events": told})


@defect("events_are_signed_with_the_secret_of_the_town")
async def one_door_forgets_a_signature(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path == "/events" and reply.status == 200 and reply.body["events"]:
        *others, last = reply.body["events"]
        return reply.saying(reply.body | {"events": [*others, last | {"signature": ""}]})
    return reply
