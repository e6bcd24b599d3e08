"""Officers may be people: what they decide counts, once, and nobody decides in their place."""

from datetime import datetime

from town.conformance.bench import (
    ASK_MORE,
    GRANT,
    LONG,
    OFFICER,
    REJECT,
    SECOND,
    Bench,
    Json,
    Lap,
    demand,
    expect,
    instant,
    kinds,
)
from town.conformance.contract import chapter
from town.conformance.material import Application

check = chapter("decisions")


async def _received(bench: Bench, sent: Application, label: str = "a") -> tuple[Lap, datetime]:
    lap = await bench.human(label)
    at = await lap.received(sent)
    return lap, at + SECOND


async def _decided(lap: Lap, sent: Application, decision: Json, at: datetime) -> Json:
    answer = await lap.put(sent, "/decision", decision, at)
    return dict(expect(answer, 200, of=f"the decision {decision['decision']}").body)


@check
async def an_officer_grants(bench: Bench) -> None:
    """A human officer's grant is 200 and brings the results that the procedure promises, for every procedure.

    The results travel on to the next agency as data: one that is missing stops somebody else.
    """
    for sent in bench.each():
        lap, at = await _received(bench, sent)
        view = await _decided(lap, sent, GRANT, at)
        demand(view["state"] == "granted", f"{sent.id} granted", f"{view['state']}: {view['reason']}")
        decided = instant(view["decided_at"], "decided_at")
        demand(decided == at, f"decided_at {at.isoformat()}", view["decided_at"])
        told = [each for each in await lap.events() if each["kind"] == "granted"]
        demand(len(told) == 1, "one event granted", len(told))
        results = told[0]["payload"].get("results", {})
        missing = [name for name in sent.procedure.results if name not in results]
        demand(not missing, f"the results {', '.join(sent.procedure.results)}", f"no {', '.join(missing)}")
        demand(view["results"] == results, "the same results in the answer and in the event", view["results"])
        officer = told[0]["payload"].get("officer")
        demand(officer == OFFICER, f"the officer {OFFICER} in the event", officer)
        await bench.close()


@check
async def an_officer_rejects_with_a_reason(bench: Bench) -> None:
    """A human officer's rejection is 200, ends the application and tells the reason.

    Nobody can appeal against a refusal that says nothing.
    """
    sent = bench.one()
    lap, at = await _received(bench, sent)
    view = await _decided(lap, sent, REJECT, at)
    demand(view["state"] == "rejected", "the state rejected", view["state"])
    demand(view["reason"] == REJECT["reason"], f"the reason {REJECT['reason']}", view["reason"])
    told = [each for each in await lap.events() if each["kind"] == "rejected"]
    demand(len(told) == 1, "one event rejected", len(told))
    reason = told[0]["payload"].get("reason")
    demand(reason == REJECT["reason"], "the reason in the event", reason)
    expect(
        await lap.put(sent, "/supplements/1", {"form": sent.body["form"]}, at), 409, of="anything after it"
    )


@check
async def an_officer_asks_for_a_supplement(bench: Bench) -> None:
    """A human officer who asks for more opens a round, with the reason and the last day to answer.

    The citizen must learn what is missing and until when.
    """
    sent = bench.one()
    lap, at = await _received(bench, sent)
    view = await _decided(lap, sent, ASK_MORE, at)
    demand(view["state"] == "supplement_requested", "the state supplement_requested", view["state"])
    demand(view["round"] == 1, "round 1", view["round"])
    answer_by = instant(view["answer_by"], "answer_by")
    demand(answer_by > at, f"answer_by after {at.isoformat()}", view["answer_by"])
    told = [each for each in await lap.events() if each["kind"] == "supplement_requested"]
    demand(len(told) == 1, "one event supplement_requested", len(told))
    payload = told[0]["payload"]
    demand(payload.get("reason") == ASK_MORE["reason"], "the reason in the event", payload.get("reason"))
    demand(payload.get("answer_by") == view["answer_by"], "answer_by in the event", payload.get("answer_by"))


@check
async def a_decision_again_is_the_same_and_another_is_a_conflict(bench: Bench) -> None:
    """The same decision again is 200 with the same answer; another one is 409, and the first stays.

    A decision is an act of state: it is repeated when an answer was lost, and never exchanged.
    """
    for first, other in ((GRANT, REJECT), (REJECT, GRANT)):
        sent = bench.one()
        lap, at = await _received(bench, sent)
        view = await _decided(lap, sent, first, at)
        again = await _decided(lap, sent, first, at)
        demand(again == view, "the same answer as at first", again)
        for changed in (other, first | {"officer": "Cán bộ khác"}):
            answer = await lap.put(sent, "/decision", changed, at)
            expect(
                answer, 409, of=f"{changed['decision']} by {changed['officer']}, when it is {view['state']}"
            )
        state = (await lap.show(sent))["state"]
        demand(state == view["state"], f"the state {view['state']}", state)
        await bench.close()


@check
async def nobody_decides_before_it_is_received(bench: Bench) -> None:
    """A decision about an application that the counter has not taken in is 409.

    It would be decided before the law's clock starts: in less than no time.
    """
    sent, lap = bench.one(), await bench.human()
    await lap.send(sent)
    expect(await lap.put(sent, "/decision", GRANT, sent.at), 409, of="a decision before it is received")
    state = (await lap.show(sent))["state"]
    demand(state == "arrived", "the state arrived", state)


@check
async def with_human_officers_nobody_decides_in_their_place(bench: Bench) -> None:
    """In a run with human officers an application is received, and then nothing happens until they decide.

    A trainee who comes late must find the work, not that somebody has done it.
    """
    lap = await bench.human()
    for sent in bench.each():
        await lap.send(sent)
    await lap.work(lap.now + LONG)
    told = kinds(await lap.events())
    demand(set(told) == {"received"}, "only received, once for each application", told)
    demand(await lap.agenda() is None, "an empty agenda", await lap.agenda())


@check
async def the_findings_are_shown_and_change_nothing(bench: Bench) -> None:
    """GET …/findings tells what an officer would find now, and leaves state and history as they are.

    Officers look before they decide, as often as they like.
    """
    for sent in bench.each():
        lap, at = await _received(bench, sent)
        before = (await lap.show(sent), await lap.events())
        answer = await lap.ask("GET", f"/applications/{sent.id}/findings", at=at)
        body = expect(answer, 200, of="the findings").body
        shown = isinstance(body, dict) and isinstance(body.get("findings"), list)
        demand(shown, "a list of findings", body, answer)
        after = (await lap.show(sent), await lap.events())
        demand(after == before, "the application and its events as before", "they have changed", answer)
        await bench.close()
