"""Defects in what is sent and answered: applications, bodies, batches, problems, the document."""

from dataclasses import replace

from tests.conformance.between import Between, Reply, Request
from tests.conformance.planting import APPLICATION, TERMS, Defects, as_if_taken, put

DEFECTS = Defects()
defect = DEFECTS.plant


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


@defect("anothers_procedure_is_not_taken_in")
async def anothers_procedure_is_called_a_mistake_in_the_form(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if put(request) and reply.status == 404 and request.path.endswith("tennis_lesson"):
        return reply.saying(reply.body | {"status": 422}, 422)
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


@defect("a_batch_counts_as_its_lines")
async def one_bad_line_refuses_the_whole_batch(between: Between, request: Request) -> Reply:
    reply = await between.ask(request)
    if request.path == "/applications/batch" and b'"status":422' in reply.content:
        return replace(reply, content=reply.content.replace(b'"status":201', b'"status":422'))
    return reply
