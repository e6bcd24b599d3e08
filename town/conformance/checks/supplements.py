"""What was missing is sent in rounds: only the one that was asked for, within its term."""

from datetime import datetime

from town.conformance.bench import ASK_MORE, LONG, SECOND, Bench, Json, Lap, demand, expect, instant, kinds
from town.conformance.contract import chapter
from town.conformance.material import Application

check = chapter("supplements")


async def _asked(bench: Bench) -> tuple[Lap, Application, datetime, Json]:
    """An application for which an officer has asked for more; the instant, and what to send."""
    sent, lap = bench.one(), await bench.human()
    at = await lap.received(sent)
    expect(await lap.put(sent, "/decision", ASK_MORE, at), 200, of="asking for a supplement")
    body = {"form": sent.body["form"], "documents": [*sent.body["documents"], "pledge"]}
    return lap, sent, at + SECOND, body


@check
async def a_supplement_that_nobody_asked_for_is_refused(bench: Bench) -> None:
    """A supplement to an application that waits for none is 409, before and after it is received.

    Papers that change under the officer's eyes make the findings those of another application.
    """
    sent, lap = bench.one(), await bench.human()
    body = {"form": sent.body["form"], "documents": ["pledge"]}
    await lap.send(sent)
    answer = await lap.put(sent, "/supplements/1", body, sent.at)
    expect(answer, 409, of="a supplement before the application is received")
    await lap.work(lap.now + LONG)
    answer = await lap.put(sent, "/supplements/1", body)
    expect(answer, 409, of="a supplement that no officer asked for")
    kept = (await lap.show(sent))["documents"]
    demand(sorted(kept) == sorted(set(sent.body["documents"])), "the documents as they were", kept)


@check
async def only_the_round_that_was_asked_for_is_taken(bench: Bench) -> None:
    """Asked for round 1, round 2 is 409 and round 1 is taken; asked again, it is round 2.

    The round is the name under which it is sent; a round ahead answers a question nobody put yet.
    """
    lap, sent, at, body = await _asked(bench)
    view = await lap.show(sent)
    demand(view["round"] == 1, "round 1 after the first request", view["round"])
    expect(await lap.put(sent, "/supplements/2", body, at), 409, of="round 2 when round 1 was asked for")
    answer = expect(await lap.put(sent, "/supplements/1", body, at), 200, of="the round that was asked for")
    demand(answer.body["state"] == "received", "the state received again", answer.body["state"], answer)
    missing = set(body["documents"]) - set(answer.body["documents"])
    demand(not missing, f"the papers {body['documents']}", answer.body["documents"], answer)
    answer = expect(await lap.put(sent, "/decision", ASK_MORE, at), 200, of="asking a second time")
    demand(answer.body["round"] == 2, "round 2 after the second request", answer.body["round"], answer)
    expect(await lap.put(sent, "/supplements/2", body, at), 200, of="the second round")
    told = kinds(await lap.events())
    wanted = ["supplement_requested", "supplemented"] * 2
    demand([each for each in told if each in wanted] == wanted, "both rounds in the events", told)


@check
async def a_supplement_again_is_the_same_and_another_is_a_conflict(bench: Bench) -> None:
    """The same supplement again is 200 with the same answer; with other content the round is 409.

    What the officer has begun to read must stay what was sent.
    """
    lap, sent, at, body = await _asked(bench)
    first = expect(await lap.put(sent, "/supplements/1", body, at), 200, of="a supplement")
    again = expect(await lap.put(sent, "/supplements/1", body, at), 200, of="the same supplement again")
    demand(again.body == first.body, "the same answer as at first", again.body, again)
    answer = await lap.put(sent, "/supplements/1", body | {"documents": ["another_paper"]}, at)
    expect(answer, 409, of="other content in the same round")
    kept = (await lap.show(sent))["documents"]
    demand("another_paper" not in kept, "the papers of the first content", kept)


@check
async def a_supplement_with_a_wrong_cell_is_refused(bench: Bench) -> None:
    """A supplement whose form has a wrong cell is 422 and uses up no round; put right, it is taken.

    The citizen corrects the cell and sends again, under the same name.
    """
    lap, sent, at, body = await _asked(bench)
    wrong = body | {"form": body["form"] | {"stray_cell": 1}}
    expect(await lap.put(sent, "/supplements/1", wrong, at), 422, of="a supplement with a wrong cell")
    state = (await lap.show(sent))["state"]
    demand(state == "supplement_requested", "that it still waits for the supplement", state)
    expect(await lap.put(sent, "/supplements/1", body, at), 200, of="the supplement put right")


@check
async def a_supplement_is_taken_within_its_term(bench: Bench) -> None:
    """The request says until when; later the supplement is 409, and the application ends as rejected.

    The term is the law's: an agency that waits longer for one citizen than for another breaks it.
    """
    lap, sent, _, body = await _asked(bench)
    view = await lap.show(sent)
    answer_by = instant(view["answer_by"], "answer_by of an application that waits for a supplement")
    late = await lap.put(sent, "/supplements/1", body, answer_by + SECOND)
    expect(late, 409, of="a supplement a second after answer_by")
    await lap.work(answer_by + LONG)
    state = (await lap.show(sent))["state"]
    demand(state == "rejected", "rejected when nothing came within the term", state)


@check
async def the_clock_stands_still_while_the_citizen_is_asked(bench: Bench) -> None:
    """The event supplemented gives a new due time, later by the time that the citizen took.

    The pause is not the agency's: counted as such, every supplement would make it overdue.
    """
    lap, sent, _, body = await _asked(bench)
    before = await lap.show(sent)
    due_at, at = instant(before["due_at"], "due_at"), instant(before["answer_by"], "answer_by")
    await lap.work(at)
    answer = expect(await lap.put(sent, "/supplements/1", body, at), 200, of="a supplement on the last day")
    told = [each for each in await lap.events() if each["kind"] == "supplemented"]
    demand(len(told) == 1, "one event supplemented", len(told))
    demand("due_at" in told[0]["payload"], "due_at in the payload of supplemented", told[0]["payload"])
    moved = instant(told[0]["payload"]["due_at"], "due_at")
    demand(moved > due_at, f"a due time later than {due_at.isoformat()}", moved.isoformat())
    shown = answer.body["due_at"]
    demand(shown == told[0]["payload"]["due_at"], f"due_at {told[0]['payload']['due_at']}", shown, answer)
