"""A run is a universe: opened once, seen by nobody else, removed without a trace."""

from chassis.request_headers import run_headers
from town.conformance.bench import GRANT, LONG, Bench, Lap, demand, expect, history, value
from town.conformance.contract import chapter

check = chapter("runs")


@check
async def a_run_is_opened_once(bench: Bench) -> None:
    """Opening a run answers 201, and with the same terms again 200 and the same answer.

    The gateway repeats a request whose answer was lost; it must not open a second universe.
    """
    lap = await bench.open()
    again = await bench.agency.ask("PUT", f"/runs/{lap.id}", lap.terms)
    expect(again, 200, of="opening a run again with the same terms")
    demand(value(again, "run_id") == lap.id, f"the run_id {lap.id}", again.body["run_id"], again)
    kept = value(again, "terms")
    for name in ("seed", "law", "families", "officers"):
        demand(kept.get(name) == lap.terms[name], f"terms.{name} {lap.terms[name]}", kept.get(name), again)


@check
async def a_run_with_other_terms_is_a_conflict(bench: Bench) -> None:
    """Opening a run that is open with other terms is 409, and the first terms stay.

    Terms fix everything that happens; changed on the way, one seed would mean two stories.
    """
    lap = await bench.open()
    for other in ({"seed": lap.terms["seed"] + 1}, {"officers": "human"}):
        answer = await bench.agency.ask("PUT", f"/runs/{lap.id}", lap.terms | other)
        expect(answer, 409, of=f"opening an open run with another {next(iter(other))}")
    again = await bench.agency.ask("PUT", f"/runs/{lap.id}", lap.terms)
    expect(again, 200, of="the first terms, after others were refused")


@check
async def a_run_under_an_unknown_law_is_refused(bench: Bench) -> None:
    """A law profile that the agency does not know is 404, and no run is opened.

    Limits and due dates follow from the law: under an unknown one nothing could be counted.
    """
    lap = await bench.open()
    stray = f"{lap.id}-law"
    bench.opened.append(stray)
    answer = await bench.agency.ask("PUT", f"/runs/{stray}", lap.terms | {"law": "hammurabi"})
    expect(answer, 404, of="an unknown law profile")
    headers = run_headers(stray, lap.now)
    expect(await bench.agency.ask("GET", "/agenda", headers=headers), 404, of="a run that was refused")


@check
async def an_unknown_run_is_not_found(bench: Bench) -> None:
    """Whatever is asked in a run that was never opened is 404, and nothing is kept.

    An agency that opens runs by itself hides the mistake of a caller who forgot to.
    """
    sent, known = bench.one(), await bench.open()
    stray = Lap(bench.agency, f"{known.id}-none", known.terms, known.now)
    work = {"until": sent.at.isoformat()}
    for method, path, body in (
        ("PUT", f"/applications/{sent.id}", sent.body),
        ("GET", f"/applications/{sent.id}", None),
        ("GET", "/applications", None),
        ("GET", "/agenda", None),
        ("GET", "/events", None),
        ("POST", "/work", work),
    ):
        answer = await stray.ask(method, path, body, at=sent.at)
        expect(answer, 404, of=f"{method} {path} in a run that was never opened")


@check
async def runs_do_not_see_each_other(bench: Bench) -> None:
    """One application id in two runs is two applications, each with its own state, events and agenda.

    Two classes of trainees work at the same time; neither may see what the other does.
    """
    sent = bench.one()
    first, second = await bench.human("a"), await bench.human("b")
    await first.received(sent)
    hidden = await second.ask("GET", f"/applications/{sent.id}", at=sent.at)
    expect(hidden, 404, of="an application that another run holds")
    listed = await second.ask("GET", "/applications", at=sent.at)
    demand(value(listed, "applications") == [], "an empty worklist in the other run", listed.body, listed)
    demand(await second.events() == [], "no event in the other run", await second.events())
    demand(await second.agenda() is None, "an empty agenda in the other run", await second.agenda())
    await second.send(sent)
    view = await second.show(sent)
    demand(view["state"] == "arrived", "the state arrived in the second run", view["state"])
    await bench.agency.ask("DELETE", f"/runs/{second.id}")
    view = await first.show(sent)
    demand(view["state"] == "received", "the first run as it was, the second being removed", view["state"])


@check
async def removing_a_run_twice_is_no_error(bench: Bench) -> None:
    """DELETE answers 204, also for a run that is not (or no longer) there.

    Who clears up does not know how far an earlier attempt came.
    """
    lap = await bench.open()
    for occasion in ("a run that is open", "a run that is gone"):
        answer = await bench.agency.ask("DELETE", f"/runs/{lap.id}")
        expect(answer, 204, of=f"removing {occasion}")


@check
async def removing_a_run_leaves_no_trace(bench: Bench) -> None:
    """After DELETE the run is unknown, and opened again it is as new, with these terms or others.

    A lesson is repeated under the same name; what is left of the first time would falsify the second.
    """
    sent, lap = bench.one(), await bench.human()
    books = (await lap.ask("GET", "/books")).body
    at = await lap.received(sent)
    await lap.put(sent, "/decision", GRANT, at)
    expect(await bench.agency.ask("DELETE", f"/runs/{lap.id}"), 204, of="removing a run")
    for path in ("/agenda", "/events", f"/applications/{sent.id}"):
        expect(await lap.ask("GET", path), 404, of=f"GET {path} in a run that was removed")
    reopened = await bench.agency.ask("PUT", f"/runs/{lap.id}", lap.terms | {"officers": "simulated"})
    expect(reopened, 201, of="opening a removed run with other terms")
    expect(await lap.ask("GET", f"/applications/{sent.id}"), 404, of="an application of the removed run")
    listed = await lap.ask("GET", "/applications")
    demand(value(listed, "applications") == [], "an empty worklist", listed.body, listed)
    events = await lap.ask("GET", "/events")
    demand(history(events) == [], "no events", events.body, events)
    demand(await lap.agenda() is None, "an empty agenda", await lap.agenda())
    left = await lap.ask("GET", "/books")
    demand(left.body == books, f"the books as at the first opening: {books}", left.body, left)
    worked = await lap.work(lap.now + LONG)
    demand(history(worked) == [], "that nothing happens in an empty run", worked.body, worked)
    await lap.put(sent, "", sent.body, sent.at)
