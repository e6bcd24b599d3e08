"""Acting is a request: up to an instant, each act at its own, and never twice."""

from datetime import datetime

from town.conformance.bench import LONG, SECOND, Bench, Lap, demand, history, instant, kinds, value
from town.conformance.contract import chapter
from town.conformance.verdicts import Broken

check = chapter("work")


@check
async def the_counter_receives_and_says_when_it_is_due(bench: Bench) -> None:
    """Each application is received at an instant of its own, and the event gives the due time and its law.

    From here the law's clock runs; everything that is measured afterwards rests on this one instant.
    """
    lap = await bench.human()
    for sent in bench.each():
        await lap.send(sent)
    worked = await lap.work(lap.now + LONG)
    for sent in bench.each():
        own = [each for each in history(worked) if each["application_id"] == sent.id]
        demand(kinds(own)[:1] == ["received"], f"the event received of {sent.id}", kinds(own), worked)
        event, payload = own[0], own[0]["payload"]
        at = instant(event["at"], "the event's at", worked)
        demand("due_at" in payload, f"due_at in the payload of received ({sent.id})", payload, worked)
        due_at = instant(payload["due_at"], "due_at", worked)
        demand(sent.at <= at <= due_at, "sent, received, due, in this order", f"{sent.at}, {at}, {due_at}")
        view = await lap.show(sent)
        demand(view["due_at"] == payload["due_at"], f"due_at {payload['due_at']}", view["due_at"])
        demand(view["received_at"] == event["at"], f"received_at {event['at']}", view["received_at"])
        demand(view["state"] == "received", "the state received", view["state"])


@check
async def nothing_happens_before_its_time(bench: Bench) -> None:
    """Up to a second before the next act nothing is done; up to its instant it is, and at that instant.

    The agency says when it will act and is held to it: acts that come early make every duration wrong.
    """
    lap = await bench.open()
    for sent in bench.two():
        await lap.send(sent)
    for _ in range(4):
        planned = await lap.agenda()
        if planned is None:
            return
        at, before = instant(planned, "next_act_at"), await lap.events()
        early = await lap.work(at - SECOND)
        demand(history(early) == before, f"no event before {planned}", _last(early.body), early)
        demand(value(early, "next_act_at") == planned, f"next_act_at {planned}", early.body["next_act_at"])
        worked = await lap.work(at)
        happened = history(worked)[len(before) :]
        wrong = [each["at"] for each in happened if each["at"] != planned]
        demand(not wrong, f"every event of this act at {planned}", wrong, worked)
        demand(value(worked, "next_act_at") != planned, f"that the act of {planned} is done", planned, worked)


@check
async def acting_up_to_an_instant_twice_acts_once(bench: Bench) -> None:
    """POST /work with the same instant again gives the same events and changes nothing.

    The gateway asks again whenever an answer was lost; a fee taken twice is not given back so easily.
    """
    lap = await bench.open()
    for sent in bench.each():
        await lap.send(sent)
    halfway = await _halfway(lap)
    for until in (halfway, lap.now + LONG):
        first = await lap.work(until)
        books = (await lap.ask("GET", "/books")).body
        again = await lap.work(until)
        demand(history(again) == history(first), "the same events as at first", _last(again.body), again)
        told = value(again, "next_act_at")
        demand(told == first.body["next_act_at"], f"next_act_at {first.body['next_act_at']}", told, again)
        later = (await lap.ask("GET", "/books")).body
        demand(later == books, f"the same entries in the books: {books}", later)


@check
async def acting_in_steps_is_acting_at_once(bench: Bench) -> None:
    """Going from act to act gives the events, numbers and instants that one long step gives.

    Same terms and same story, same log: whether a trainer presses "next" or lets the run go to its end.
    """
    at_once, in_steps = await bench.open("a"), await bench.open("b")
    for lap in (at_once, in_steps):
        for sent in bench.each():
            await lap.send(sent)
    end = at_once.now + LONG
    whole = history(await at_once.work(end))
    for _ in range(20 * len(bench.each())):
        planned = await in_steps.agenda()
        if planned is None or instant(planned, "next_act_at") > end:
            break
        await in_steps.work(instant(planned, "next_act_at"))
    stepped = await in_steps.events()
    demand(stepped == whole, f"the same {len(whole)} events", f"{len(stepped)}: {_differ(whole, stepped)}")


@check
async def the_next_act_lies_ahead(bench: Bench) -> None:
    """After acting up to an instant, next_act_at is later than it, or null; header, agenda and answer agree.

    The gateway moves the clock to the smallest of these: one that lies behind stops the world.
    """
    lap = await bench.open()
    for sent in bench.each():
        await lap.send(sent)
    for until in (await _halfway(lap), lap.now + LONG):
        worked = await lap.work(until)
        told = value(worked, "next_act_at")
        ahead = told is None or instant(told, "next_act_at", worked) > until
        demand(ahead, f"next_act_at after {until.isoformat()}, or null", told, worked)
        agenda = await lap.agenda()
        demand(agenda == told, f"the same in GET /agenda: {told}", agenda)
        header = worked.headers.get("next-act-at")
        demand(header == (told or ""), f"the header Next-Act-At: {told or ''}", header, worked)


async def _halfway(lap: Lap) -> datetime:
    planned = await lap.agenda()
    if planned is None:
        raise Broken("a next act after an application was sent", "an empty agenda")
    return instant(planned, "next_act_at")


def _last(body: object) -> str:
    events = body.get("events", []) if isinstance(body, dict) else []
    told = [f"{each.get('id')} {each.get('kind')} at {each.get('at')}" for each in events[-3:]]
    return f"{len(events)} events, the last: {'; '.join(told)}"


def _differ(whole: list[dict[str, object]], stepped: list[dict[str, object]]) -> str:
    for one, other in zip(whole, stepped, strict=False):
        if one != other:
            names = [name for name in one if one[name] != other.get(name)]
            return f"event {one['id']} differs in {', '.join(names)}"
    return "one list ends earlier"
