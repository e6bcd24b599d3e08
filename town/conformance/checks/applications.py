"""An application is sent under a name that the sender chose: it may be sent again, and counts once."""

from chassis.client import ServiceUnreachable
from town.conformance.bench import GRANT, LONG, SECOND, Bench, demand, expect, instant, said, value
from town.conformance.contract import chapter
from town.conformance.verdicts import Broken

check = chapter("applications")
_TOLD = ("application_id", "procedure", "path", "dossier", "state", "round", "form", "documents")


@check
async def an_application_sent_twice_counts_once(bench: Bench) -> None:
    """PUT of an application answers 201, the same again 200 with the same answer, for every procedure.

    Answers get lost. The gateway sends again, and must not have applied twice.
    """
    lap = await bench.open()
    for sent in bench.each():
        first = await lap.send(sent)
        again = await lap.put(sent, "", sent.body, sent.at)
        expect(again, 200, of=f"{sent.id} sent again with the same content")
        demand(again.body == first.body, f"the same answer as at first for {sent.id}", again.body, again)
        shown = await lap.ask("GET", f"/applications/{sent.id}", at=sent.at)
        demand(shown.body == first.body, "GET shows what PUT answered", shown.body, shown)


@check
async def other_content_under_the_same_name_is_a_conflict(bench: Bench) -> None:
    """PUT with other content under a name that is taken is 409, and the first content stays.

    A sender that reuses a name has lost count; silently taking either content would hide it.
    """
    lap = await bench.open()
    for sent in bench.each():
        first = await lap.send(sent)
        changed = sent.body | {"documents": [*sent.body["documents"], "another_paper"]}
        answer = await lap.put(sent, "", changed, sent.at)
        expect(answer, 409, of=f"other documents under the name {sent.id}")
        shown = await lap.ask("GET", f"/applications/{sent.id}", at=sent.at)
        demand(shown.body == first.body, "the application as it was sent first", shown.body, shown)


@check
async def what_was_sent_is_shown(bench: Bench) -> None:
    """The answer shows the application as it was sent, in the state arrived, with the instant of arrival.

    The gateway shows citizens and officers what the agency has, not what it believes to have sent.
    """
    lap = await bench.open()
    for sent in bench.each():
        answer = await lap.send(sent)
        for name in _TOLD:
            value(answer, name)
        view = answer.body
        demand(view["application_id"] == sent.id, sent.id, view["application_id"])
        demand(view["state"] == "arrived", "the state arrived", view["state"])
        demand(view["round"] == 0, "no supplement asked for: round 0", view["round"])
        for name in ("procedure", "path", "dossier"):
            demand(view[name] == sent.body[name], f"{name} {sent.body[name]}", view[name])
        missing = set(sent.body["documents"]) ^ set(view["documents"])
        demand(not missing, f"the documents {sent.body['documents']}", view["documents"])
        wrong = {each for each, typed in sent.body["form"].items() if view["form"].get(each) != typed}
        demand(not wrong, "the form's cells as they were sent", f"other values in {sorted(wrong)}")
        arrived = instant(view.get("arrived_at"), "arrived_at", answer)
        demand(arrived == sent.at, f"arrived_at {sent.at.isoformat()}", view["arrived_at"])


@check
async def an_unknown_application_is_not_found(bench: Bench) -> None:
    """Whatever is asked about an application that was never sent is 404.

    Otherwise a wrong id looks like an application in which nothing happens.
    """
    sent, lap = bench.one(), await bench.human()
    supplement = {"form": sent.body["form"], "documents": []}
    for method, more, body in (
        ("GET", "", None),
        ("GET", "/findings", None),
        ("PUT", "/decision", GRANT),
        ("PUT", "/consents/householder", {"given_at": sent.at.isoformat()}),
        ("PUT", "/supplements/1", supplement),
    ):
        answer = await lap.ask(method, f"/applications/{sent.id}{more}", body, at=sent.at)
        expect(answer, 404, of=f"{method} /applications/{{id}}{more} about an unknown application")


@check
async def anothers_procedure_is_not_taken_in(bench: Bench) -> None:
    """A procedure that another agency decides, or nobody, is 404, and nothing is kept.

    What is sent to the wrong office must come back at once, not lie there.
    """
    sent, lap = bench.one(), await bench.open()
    own = set(bench.groups.procedures_of(bench.material.agency))
    others = [
        (group.id, each.id)
        for group in bench.groups.groups.values()
        for each in group.procedures
        if (group.id, each.id) not in own
    ]
    for group_id, procedure in [*others[:1], ("tennis", "tennis_lesson")]:
        name = f"{sent.body['dossier']}.{procedure}"
        body = sent.body | {"group": group_id, "procedure": procedure}
        answer = await lap.ask("PUT", f"/applications/{name}", body, at=sent.at)
        expect(answer, 404, of=f"the procedure {procedure}, which is not this agency's")
        answer = await lap.ask("GET", f"/applications/{name}", at=sent.at)
        expect(answer, 404, of="an application that was refused")


@check
async def the_worklist_shows_what_is_in_a_state(bench: Bench) -> None:
    """GET /applications lists all by due date, with ?state= only those in it; an unknown state is 422.

    It is what an officer works from: one too many is worked on twice, one too few never.
    """
    first, second = bench.two()
    lap = await bench.human()
    await lap.received(first)
    await lap.send(second)
    for state, wanted in (("received", [first.id]), ("arrived", [second.id]), ("granted", [])):
        answer = expect(
            await lap.ask("GET", "/applications", params={"state": state}), 200, of="the worklist"
        )
        listed = [each["application_id"] for each in value(answer, "applications")]
        demand(listed == wanted, f"{wanted} in the state {state}", listed, answer)
    answer = await lap.ask("GET", "/applications")
    listed = [each["application_id"] for each in value(answer, "applications")]
    demand(listed == [first.id, second.id], "both, the one with a due date first", listed, answer)
    answer = await lap.ask("GET", "/applications", params={"limit": 1})
    demand(len(value(answer, "applications")) == 1, "one with limit=1", answer.body, answer)
    answer = await lap.ask("GET", "/applications", params={"state": "asleep"})
    expect(answer, 422, of="a state that does not exist")


@check
async def simulated_officers_bring_every_application_to_an_end(bench: Bench) -> None:
    """With simulated officers each application is decided, or comes back with a reason.

    A run must settle: an application in which nothing happens any more and nobody is asked is lost.
    """
    lap = await bench.open()
    for sent in bench.each():
        await lap.send(sent)
    await lap.work(lap.now + LONG)
    demand(await lap.agenda() is None, "nothing left to do after a third of a year", await lap.agenda())
    for sent in bench.each():
        view = await lap.show(sent)
        ends = ("granted", "rejected", "supplement_requested", "returned_to_issuer")
        demand(view["state"] in ends, f"{sent.id} in one of {', '.join(ends)}", view["state"])
        if view["state"] == "granted":
            missing = [name for name in sent.procedure.results if name not in view["results"]]
            demand(not missing, f"the results {', '.join(sent.procedure.results)}", f"no {missing}")


@check
async def while_an_outage_of_the_run_holds_nothing_is_taken_in(bench: Bench) -> None:
    """With an outage among the run's faults, PUT is 503 with Retry-After until it ends, and then 201.

    That an office is down is part of the story: the gateway tells it from a process that has died.
    """
    sent = bench.one()
    ends = sent.at + 3600 * SECOND
    outage = {
        "kind": "outage",
        "service": bench.material.agency,
        "from": sent.at.isoformat(),
        "until": ends.isoformat(),
    }
    lap = await bench.open(faults=[outage])
    try:
        answer = await lap.put(sent, "", sent.body, sent.at)
    except ServiceUnreachable as down:
        left = down.retry_after_seconds
        demand(left == 3600, "Retry-After 3600, the seconds that are left", f"Retry-After {left}")
    else:
        raise Broken("503 with Retry-After during the outage", said(answer), answer)
    answer = await lap.put(sent, "", sent.body, ends)
    expect(answer, 201, of="the same application when the outage is over")
