"""Events are history: complete, numbered, in order, and the same for whoever asks."""

from itertools import pairwise

from chassis.settings import variable_of
from chassis.signing import Signer
from town.conformance.bench import (
    ASK_MORE,
    GRANT,
    LONG,
    SECOND,
    Bench,
    Json,
    Lap,
    demand,
    expect,
    history,
    instant,
    kinds,
)
from town.conformance.contract import chapter

check = chapter("events")


async def _story(bench: Bench) -> Lap:
    """A run in which all that was sent has come to its end."""
    lap = await bench.open()
    for sent in bench.material.applications:
        await lap.send(sent)
    await lap.work(lap.now + LONG)
    return lap


@check
async def events_are_numbered_without_gap(bench: Bench) -> None:
    """Events of a run are numbered 1, 2, 3…, without a gap and without repetition.

    The gateway asks for what came after the last number it has: a gap looks like something it has lost.
    """
    lap = await _story(bench)
    answer = await lap.ask("GET", "/events")
    numbers = [each["id"] for each in history(answer)]
    demand(len(numbers) > 0, "some events", "none", answer)
    demand(numbers == list(range(1, len(numbers) + 1)), f"1…{len(numbers)}", numbers, answer)


@check
async def events_are_in_order_of_time(bench: Bench) -> None:
    """Of two events, the one with the greater number is not the earlier one.

    They are appended to a journal that only grows; history told in another order cannot be put right there.
    """
    lap = await _story(bench)
    answer = await lap.ask("GET", "/events")
    times = [instant(each["at"], f"at of event {each['id']}", answer) for each in history(answer)]
    for earlier, later in pairwise(times):
        demand(earlier <= later, f"an event not before {earlier.isoformat()}", later.isoformat(), answer)


@check
async def events_say_what_happened_to_which_application(bench: Bench) -> None:
    """Every event names an application that was sent, a kind, an instant, a round and a payload.

    An event that belongs to nothing cannot be filed.
    """
    lap = await _story(bench)
    sent = {each.id for each in bench.material.applications}
    answer = await lap.ask("GET", "/events")
    for event in history(answer):
        missing = {"id", "application_id", "kind", "at", "round", "payload"} - set(event)
        demand(not missing, "an event with all its fields", f"no {sorted(missing)} in {event}", answer)
        demand(
            event["application_id"] in sent, "an application that was sent", event["application_id"], answer
        )
    for name in sent:
        first = kinds(answer.body["events"], name)[:1]
        demand(
            first in ([], ["received"], ["fault_injected"]),
            f"received as the first event of {name}",
            first,
            answer,
        )


@check
async def events_are_told_after_a_number(bench: Bench) -> None:
    """GET /events?after=n and POST /work with after=n tell the events with greater numbers, and no others.

    The gateway reads on where it stopped. Told twice, an event would be written down twice.
    """
    lap = await _story(bench)
    whole = await lap.events()
    for after in sorted({0, 1, len(whole) // 2, len(whole) - 1, len(whole), len(whole) + 5}):
        wanted = [each for each in whole if each["id"] > after]
        answer = await lap.ask("GET", "/events", params={"after": after})
        told = history(expect(answer, 200, of="events after a number"))
        demand(told == wanted, f"{len(wanted)} events after {after}", _numbers(told), answer)
        worked = await lap.work(lap.now, after)
        told = history(worked)
        demand(told == wanted, f"{len(wanted)} events from /work after {after}", _numbers(told), worked)


@check
async def work_and_events_tell_the_same(bench: Bench) -> None:
    """POST /work and GET /events tell the same events, field by field.

    They are two doors to one history; measuring reads one, the run the other.
    """
    lap = await _story(bench)
    worked = await lap.work(lap.now)
    answer = await lap.ask("GET", "/events")
    demand(
        history(answer) == history(worked),
        f"the {len(worked.body['events'])} events that /work told",
        _numbers(answer.body["events"]),
        answer,
    )


@check
async def events_are_signed_with_the_secret_of_the_town(bench: Bench) -> None:
    """Every event carries a signature that verifies with SANDBOX_EVENT_SECRET, at both doors.

    The gateway takes in nothing that it cannot verify: it asks for the same event again, and nothing moves.
    """
    lap, service = await _story(bench), bench.material.agency
    signer = Signer(bench.agency.secret, service)
    for answer in (await lap.work(lap.now), await lap.ask("GET", "/events")):
        history(answer)
        for event in answer.body["events"]:
            content = {name: told for name, told in event.items() if name != "signature"}
            signature = event.get("signature")
            signed = isinstance(signature, str) and signer.verifies(
                {"run_id": lap.id, "service": service, **content}, signature
            )
            demand(
                signed,
                f"event {event.get('id')} of {service} signed with the key of this town's "
                f"{variable_of('event_secret')} (docs/agency-contract.md)",
                f"the signature {signature!r}" if signature else "no signature",
                answer,
            )


@check
async def sending_twice_makes_no_second_event(bench: Bench) -> None:
    """An application, a supplement and a decision that are sent again leave the history as it was.

    The effect, the memory of its name and the event that tells of it are one thing: all of it, or nothing.
    """
    sent, lap = bench.one(), await bench.human()
    at = await lap.received(sent)
    supplement = {"form": sent.body["form"], "documents": [*sent.body["documents"], "pledge"]}
    for more, body, occasion in (
        ("", sent.body, "the application"),
        ("/decision", ASK_MORE, "a request for a supplement"),
        ("/supplements/1", supplement, "a supplement"),
        ("/decision", GRANT, "a decision"),
    ):
        expect(await lap.put(sent, more, body, at), 200, of=occasion)
        before = await lap.events()
        expect(await lap.put(sent, more, body, at), 200, of=f"{occasion} sent again")
        after = await lap.events()
        demand(
            after == before, f"no further event when {occasion} is sent again", kinds(after[len(before) :])
        )
        at += SECOND
    told = kinds(await lap.events(), sent.id)
    wanted = ["received", "supplement_requested", "supplemented", "granted"]
    demand([each for each in told if each in wanted] == wanted, f"{', '.join(wanted)}, each once", told)


def _numbers(events: list[Json]) -> str:
    return f"{len(events)} events: {[each.get('id') for each in events][:12]}"
