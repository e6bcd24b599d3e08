"""Somebody else must agree: until the last of them has, the clock of the law does not start."""

from datetime import timedelta

from town.conformance.bench import Bench, Lap, demand, expect, history, instant, kinds
from town.conformance.contract import chapter
from town.conformance.material import Application

check = chapter("consents")


async def _waiting(bench: Bench) -> tuple[Lap, Application]:
    """An application whose consents are all still missing."""
    sent, lap = bench.with_consents(), await bench.human()
    await lap.send(sent, consents_given={}, consent_deadline=None)
    return lap, sent


@check
async def the_clock_starts_when_the_last_consent_arrives(bench: Bench) -> None:
    """While a consent is missing nothing is planned or received; the last one sets the counter to work.

    Waiting for a relative is not the agency's time: counted as such, it would be overdue without fault.
    """
    lap, sent = await _waiting(bench)
    planned = (await lap.show(sent))["next_act_at"]
    demand(planned is None, "nothing planned while a consent is missing", planned)
    waited = sent.at + timedelta(days=7)
    worked = await lap.work(waited)
    demand(history(worked) == [], "no event while a consent is missing", worked.body, worked)
    at, parties = waited + timedelta(days=1), sent.body["consents_needed"]
    for party in parties:
        answer = await lap.put(sent, f"/consents/{party}", {"given_at": at.isoformat()}, at)
        expect(answer, 200, of=f"the consent of {party}")
        told = answer.headers.get("next-act-at")
        if party != parties[-1]:
            demand(told == "", "nothing planned: a consent is still missing", told, answer)
    demand(bool(told), "a next act after the last consent", repr(told), answer)
    demand(set(answer.body["consents_given"]) >= set(parties), f"{parties} as given", answer.body, answer)
    events = history(await lap.work(instant(told, "Next-Act-At")))
    demand(kinds(events) == ["received"], "received after the last consent", kinds(events))
    received = instant(events[0]["at"], "at")
    demand(received >= at, f"received not before {at.isoformat()}", received.isoformat())


@check
async def a_consent_again_is_the_same_and_another_is_a_conflict(bench: Bench) -> None:
    """The same consent again is 200 with the same answer; with another instant it is 409.

    Nobody agrees twice at two times; the first time is the one that counts.
    """
    lap, sent = await _waiting(bench)
    party, given = sent.body["consents_needed"][0], {"given_at": sent.at.isoformat()}
    first = expect(await lap.put(sent, f"/consents/{party}", given), 200, of=f"the consent of {party}")
    again = expect(await lap.put(sent, f"/consents/{party}", given), 200, of="the same consent again")
    demand(again.body == first.body, "the same answer as at first", again.body, again)
    other = {"given_at": (sent.at + timedelta(hours=1)).isoformat()}
    answer = await lap.put(sent, f"/consents/{party}", other)
    expect(answer, 409, of="the same consent with another instant")
    kept = (await lap.show(sent))["consents_given"].get(party)
    demand(kept == given["given_at"], f"given_at {given['given_at']}", kept)


@check
async def a_window_that_closes_lets_it_in_without_the_consent(bench: Bench) -> None:
    """With a consent_deadline the counter takes it in when the window closes, consent or no consent.

    Where the law gives relatives so many days to object, silence must not stop the case for ever.
    """
    sent, lap = bench.with_consents(), await bench.human()
    closes = sent.at + timedelta(days=3)
    await lap.send(sent, consents_given={}, consent_deadline=closes.isoformat())
    worked = await lap.work(closes - timedelta(seconds=1))
    demand(history(worked) == [], "no event before the window closes", worked.body, worked)
    worked = await lap.work(closes + timedelta(days=14))
    events = history(worked)
    demand(kinds(events)[:1] == ["received"], "received when the window has closed", kinds(events), worked)
    late = instant(events[0]["at"], "at") >= closes
    demand(late, f"received not before {closes.isoformat()}", events[0]["at"], worked)
