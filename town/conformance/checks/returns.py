"""Certificates with errors: who finds one sends the case back, the issuer corrects, it comes again."""

from datetime import timedelta

from town.conformance.bench import GRANT, LONG, RETURN, SECOND, Bench, demand, expect, kinds
from town.conformance.contract import chapter
from town.conformance.verdicts import NotTried

check = chapter("returns")
_DAY = timedelta(days=1)


@check
async def what_is_returned_comes_again(bench: Bench) -> None:
    """Returned to the issuer it waits; the resubmission of that number is taken, once, and counted anew.

    The error was another agency's: time begins again, and nothing is asked of the citizen.
    """
    sent, lap = bench.with_issuer(), await bench.human()
    at = await lap.received(sent) + SECOND
    body = {"form": sent.body["form"]}
    expect(
        await lap.put(sent, "/resubmissions/1", body, at), 409, of="a resubmission of what was not returned"
    )
    answer = expect(await lap.put(sent, "/decision", RETURN, at), 200, of="returning it to the issuer")
    state = answer.body["state"]
    demand(state == "returned_to_issuer", "the state returned_to_issuer", state, answer)
    told = [each for each in await lap.events() if each["kind"] == "returned_to_issuer"]
    issuers = [each["payload"].get("issuer") for each in told]
    demand(issuers == [sent.procedure.requires[0]], f"the issuer {sent.procedure.requires[0]}", issuers)
    expect(
        await lap.put(sent, "/resubmissions/2", body, at), 409, of="the second resubmission before the first"
    )
    first = expect(await lap.put(sent, "/resubmissions/1", body, at + _DAY), 200, of="the resubmission")
    again = expect(await lap.put(sent, "/resubmissions/1", body, at + _DAY), 200, of="the same once more")
    demand(again.body == first.body, "the same answer as at first", again.body, again)
    await lap.work(at + _DAY + LONG)
    told_kinds = kinds(await lap.events(), sent.id)
    demand(told_kinds.count("received") == 2, "received a second time", told_kinds)


@check
async def a_first_hand_procedure_is_returned_to_nobody(bench: Bench) -> None:
    """Returning a case to the issuer is 409 where the procedure rests on no certificate.

    There is nobody it could go to: it would wait for ever.
    """
    sent = next((each for each in bench.each() if not each.procedure.requires), None)
    if sent is None:
        raise NotTried("every procedure of this agency rests on a certificate of another one")
    lap = await bench.human()
    at = await lap.received(sent)
    expect(await lap.put(sent, "/decision", RETURN, at), 409, of="returning what rests on no certificate")
    state = (await lap.show(sent))["state"]
    demand(state == "received", "the state received, as before", state)


@check
async def an_error_that_is_reported_is_corrected_once(bench: Bench) -> None:
    """Asked to correct a certificate, the agency plans it, and does it once, however often it is asked.

    Several agencies find the same error; one correction serves them all.
    """
    sent, lap = bench.one(), await bench.human()
    at = await lap.received(sent) + SECOND
    asked = {"found_by": "another_procedure", "error": "error_in_certificate"}
    answer = await lap.put(sent, "/corrections/1", asked, at)
    expect(answer, 409, of="the correction of a certificate that was not issued")
    expect(await lap.put(sent, "/decision", GRANT, at), 200, of="a grant")
    first = expect(await lap.put(sent, "/corrections/1", asked, at), 200, of="asking for a correction")
    demand(bool(first.headers.get("next-act-at")), "a next act: the correction", "none", first)
    expect(await lap.put(sent, "/corrections/1", asked, at), 200, of="asking for the same again")
    other = asked | {"error": "another_error"}
    expect(await lap.put(sent, "/corrections/1", other, at), 409, of="another error under the same number")
    second = asked | {"found_by": "a_third_procedure"}
    expect(
        await lap.put(sent, "/corrections/1", second, at), 200, of="the same error, found by somebody else"
    )
    await lap.work(at + LONG)
    events = [each for each in await lap.events() if each["kind"] == "corrected"]
    demand(len(events) == 1, "one event corrected", len(events))
    results = events[0]["payload"].get("results", {})
    missing = [name for name in sent.procedure.results if name not in results]
    demand(not missing, "the corrected results, complete", f"no {', '.join(missing)}")
