"""Agencies that break exactly one thing each, and the checks that must say so."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.conformance.between import Act, Between, Reply, Request

APPLICATION = re.compile(r"/applications/[^/]+")
TERMS = re.compile(r"/runs/[^/]+")
NO_EVENT = re.compile(r"/(?:work|events)")


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong, and every check that must find it (in the chapters of these checks)."""

    act: Act
    found_by: frozenset[str]
    agency: str

    @property
    def name(self) -> str:
        return self.act.__name__


DEFECTS: list[Defect] = []


def defect(*found_by: str, agency: str = "residence") -> Callable[[Act], Act]:
    def planted(act: Act) -> Act:
        DEFECTS.append(Defect(act, frozenset(found_by), agency))
        return act

    return planted


def put(request: Request, more: str = "") -> bool:
    return request.method == "PUT" and bool(re.fullmatch(rf"/applications/[^/]+{more}", request.path))


def shown(request: Request) -> Request:
    """The question how the application of a request stands."""
    found = APPLICATION.match(request.path)
    assert found is not None
    return request.get(found[0])


async def as_if_taken(between: Between, request: Request, reply: Reply) -> Reply:
    """The application as it stands, as if what was refused had been accepted."""
    view = await between.ask(shown(request))
    return replace(view, headers=view.headers | {"next-act-at": view.body["next_act_at"] or ""})


async def with_events(between: Between, request: Request, change: Callable[[Any], Any]) -> Reply:
    reply = await between.ask(request)
    if NO_EVENT.fullmatch(request.path) and reply.status == 200:
        return reply.saying(reply.body | {"events": [change(each) for each in reply.body["events"]]})
    return reply


@defect("an_application_sent_twice_counts_once", "sending_twice_makes_no_second_event")
async def the_second_put_answers_201(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    return replace(reply, status=201) if put(request) and reply.status == 200 else reply


@defect("other_content_under_the_same_name_is_a_conflict")
async def other_content_is_accepted(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    return await as_if_taken(between, request, reply) if put(request) and reply.status == 409 else reply


@defect("what_was_sent_is_shown")
async def papers_get_lost(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if APPLICATION.fullmatch(request.path) and reply.status < 300:
        return reply.saying(reply.body | {"documents": ["something_else"]})
    return reply


@defect("an_unknown_application_is_not_found", "no_answer_is_a_fault_of_the_agency")
async def an_unknown_application_is_a_fault_of_the_program(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path.endswith("/findings") and reply.status == 404:
        return reply.saying(reply.body | {"status": 500}, 500)
    return reply


@defect("every_error_is_a_problem", "every_answer_is_as_documented")
async def problems_are_plain_json(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if reply.status == 409:
        return replace(reply, headers=reply.headers | {"content-type": "application/json"})
    return reply


@defect("every_error_is_a_problem", "every_answer_is_as_documented")
async def problems_do_not_say_where(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if reply.status < 400:
        return reply
    return reply.saying({name: told for name, told in reply.body.items() if name != "instance"})


@defect("every_answer_is_as_documented")
async def a_status_is_not_documented(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if reply.status == 400 and put(request):
        return reply.saying(reply.body | {"status": 418}, 418)
    return reply


@defect("every_answer_is_as_documented")
async def an_answer_is_of_another_shape(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if reply.status == 200 and request.path == "/books":
        return reply.saying({"books": {name: str(count) for name, count in reply.body["books"].items()}})
    return reply


@defect("the_document_holds_the_contract")
async def the_document_leaves_an_operation_out(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path != "/openapi.json":
        return reply
    paths = {path: each for path, each in reply.body["paths"].items() if path != "/books"}
    return reply.saying(reply.body | {"paths": paths})


@defect("every_changing_answer_tells_the_next_act")
async def decisions_do_not_tell_the_next_act(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    headers = {name: value for name, value in reply.headers.items() if name != "next-act-at"}
    return replace(reply, headers=headers) if put(request, "/decision") else reply


@defect("an_unknown_field_is_refused")
async def unknown_fields_are_swallowed(between: Between, request: Request) -> Reply:
    body = request.body
    if put(request) and isinstance(body, dict):
        request = request.saying({name: said for name, said in body.items() if name != "stray_field"})
    return await between.ask(request)


@defect("a_wrong_cell_is_named")
async def unknown_cells_are_swallowed(between: Between, request: Request) -> Reply:
    body = request.body
    if put(request) and isinstance(body, dict) and "form" in body:
        form = {name: typed for name, typed in body["form"].items() if name != "stray_cell"}
        request = request.saying(body | {"form": form})
    return await between.ask(request)


@defect("an_unknown_field_is_refused", "a_wrong_cell_is_named", "a_missing_part_is_named")
async def what_is_wrong_is_not_named(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    return reply.saying(reply.body | {"errors": []}) if reply.status == 422 else reply


@defect("names_and_instants_have_one_shape")
async def an_instant_without_offset_is_taken(between: Between, request: Request) -> Reply:
    body = request.body
    if request.path == "/work" and isinstance(body, dict) and len(body["until"]) == 19:
        request = request.saying(body | {"until": body["until"] + "+07:00"})
    return await between.ask(request)


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


@defect("the_worklist_shows_what_is_in_a_state")
async def the_worklist_shows_every_state(between: Between, request: Request) -> Reply:
    if request.path == "/applications" and request.query.get("state") != "asleep":
        request = replace(request, query={})
    return await between.ask(request)


@defect("while_an_outage_of_the_run_holds_nothing_is_taken_in")
async def outages_are_ignored(between: Between, request: Request) -> Reply:
    if request.method == "PUT" and TERMS.fullmatch(request.path) and request.body.get("faults"):
        request = request.saying(request.body | {"faults": []})
    return await between.ask(request)


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
        last = reply.body["events"][5] | {"payload": {}}
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


@defect("anothers_procedure_is_not_taken_in")
async def anothers_procedure_is_called_a_mistake_in_the_form(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if put(request) and reply.status == 404 and request.path.endswith("tennis_lesson"):
        return reply.saying(reply.body | {"status": 422}, 422)
    return reply


@defect("simulated_officers_bring_every_application_to_an_end")
async def what_is_granted_brings_nothing(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.method == "GET" and APPLICATION.fullmatch(request.path) and reply.status == 200:
        return reply.saying(reply.body | {"results": {}})
    return reply


@defect("a_request_says_in_which_run_and_when")
async def the_agency_guesses_what_time_it_is(between: Between, request: Request) -> Reply:
    guessed = {"simulated-at": "2026-10-05T08:00:00+07:00"}
    return await between.ask(replace(request, headers=guessed | request.headers))


@defect("what_is_no_json_is_refused", "no_answer_is_a_fault_of_the_agency")
async def what_is_no_json_is_a_fault_of_the_program(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.content and request.body is None and reply.status == 400:
        return reply.saying(reply.body | {"status": 500}, 500)
    return reply


@defect("acting_in_steps_is_acting_at_once")
async def steps_tell_another_story(between: Between, request: Request) -> Reply:
    if not request.run.endswith("-b"):
        return await between.ask(request)
    return await with_events(between, request, lambda each: each | {"payload": {}})


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


@defect("what_is_not_in_the_book_is_not_found")
async def everything_is_in_the_book(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path.startswith("/lookups/") and reply.status == 200:
        return reply.saying({"found": True, "record": None})
    return reply


@defect("a_batch_counts_as_its_lines")
async def one_bad_line_refuses_the_whole_batch(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path == "/applications/batch" and b'"status":422' in reply.content:
        return replace(reply, content=reply.content.replace(b'"status":201', b'"status":422'))
    return reply
