"""Bodies are closed, and what is wrong in them is named: a misspelt field must not vanish without a word."""

from typing import Any

from chassis.client import Answer
from town.conformance.bench import ASK_MORE, GRANT, Bench, Lap, demand, expect, value
from town.conformance.contract import chapter
from town.conformance.material import Application

check = chapter("bodies")
STRAY = "stray_field"


@check
async def an_unknown_field_is_refused(bench: Bench) -> None:
    """A field that the contract does not know is 422 in every body, and nothing is kept or done.

    A sender that misspells a field would believe to have said something that nobody heard.
    """
    sent, lap = bench.one(), await bench.human()
    stray = {STRAY: 1}
    terms = await bench.agency.ask("PUT", f"/runs/{lap.id}-x", lap.terms | stray)
    bench.opened.append(f"{lap.id}-x")
    expect(terms, 422, of="an unknown field in the terms of a run")
    answer = await lap.put(sent, "", sent.body | stray, sent.at)
    _names(expect(answer, 422, of="an unknown field in an application"), STRAY)
    answer = await lap.ask("GET", f"/applications/{sent.id}", at=sent.at)
    expect(answer, 404, of="an application that was refused")
    at = await lap.received(sent)
    work = {"until": at.isoformat(), "after": 0}
    expect(await lap.ask("POST", "/work", work | stray), 422, of="an unknown field in a work order")
    answer = await lap.put(sent, "/decision", GRANT | stray, at)
    expect(answer, 422, of="an unknown field in a decision")
    consent = {"given_at": at.isoformat()} | stray
    answer = await lap.put(sent, "/consents/householder", consent, at)
    expect(answer, 422, of="an unknown field in a consent")
    expect(await lap.put(sent, "/decision", ASK_MORE, at), 200, of="asking for a supplement")
    supplement = {"form": sent.body["form"], "documents": []} | stray
    answer = await lap.put(sent, "/supplements/1", supplement, at)
    expect(answer, 422, of="an unknown field in a supplement")
    state = (await lap.show(sent))["state"]
    demand(state == "supplement_requested", "the state supplement_requested, as before", state)


@check
async def a_wrong_cell_is_named(bench: Bench) -> None:
    """A cell of the form with a wrong value, or one that the form has not, is 422 and named in `errors`.

    The citizen is told which cell to correct; "the form is wrong" is what counters say.
    """
    lap = await bench.open()
    for sent in bench.each():
        form = sent.body["form"]
        cell = next(name for name, typed in form.items() if isinstance(typed, str) and typed)
        for wrong, named in (({cell: {"not": "a value"}}, cell), ({"stray_cell": 1}, "stray_cell")):
            answer = await lap.put(sent, "", sent.body | {"form": form | wrong}, sent.at)
            expect(answer, 422, of=f"a form of {sent.procedure.id} with a wrong cell {named}")
            _names(answer, named)
        answer = await lap.ask("GET", f"/applications/{sent.id}", at=sent.at)
        expect(answer, 404, of="an application whose form was refused")


@check
async def a_missing_part_is_named(bench: Bench) -> None:
    """An application without a field that it must have is 422, and `errors` names the field.

    An agency that fills in what was left out decides about something that nobody declared.
    """
    sent, lap = bench.one(), await bench.open()
    for name in ("group", "procedure", "dossier", "form", "declared_at"):
        body = {field: kept for field, kept in sent.body.items() if field != name}
        answer = await lap.put(sent, "", body, sent.at)
        expect(answer, 422, of=f"an application without {name}")
        _names(answer, name)


@check
async def names_and_instants_have_one_shape(bench: Bench) -> None:
    """An id that is none, or an instant without its offset, is 422.

    Two spellings of one name are two applications; an instant without offset is seven hours wrong.
    """
    sent, lap = bench.one(), await bench.open()
    answer = await lap.ask("PUT", "/applications/x", sent.body, at=sent.at)
    expect(answer, 422, of="the application id x")
    naive = sent.at.replace(tzinfo=None).isoformat()
    answer = await lap.put(sent, "", sent.body | {"declared_at": naive}, sent.at)
    expect(answer, 422, of="declared_at without an offset")
    expect(await lap.ask("POST", "/work", {"until": naive}), 422, of="until without an offset")


@check
async def a_request_says_in_which_run_and_when(bench: Bench) -> None:
    """Without Run-Id or Simulated-At, or with an instant that is none, a request is 422.

    An agency has no clock of its own: what it does not know it must not guess.
    """
    lap = await bench.open()
    at = lap.now.isoformat()
    for headers, what in (
        ({"Simulated-At": at}, "no Run-Id"),
        ({"Run-Id": lap.id}, "no Simulated-At"),
        ({"Run-Id": lap.id, "Simulated-At": "yesterday"}, "Simulated-At: yesterday"),
        ({"Run-Id": "Not A Run!", "Simulated-At": at}, "a Run-Id with blanks"),
    ):
        answer = await bench.agency.ask("GET", "/agenda", headers=headers)
        expect(answer, 400, 422, of=f"a request with {what}")


@check
async def what_is_no_json_is_refused(bench: Bench) -> None:
    """A body that is no JSON is refused with a 4xx: the sender is at fault, not the agency.

    A 500 makes the gateway send the same again, for ever.
    """
    sent, lap = bench.one(), await bench.open()
    for content in (b"{", b'{"group": NaN}', b"\xff\xfe"):
        answer = await _rude(lap, sent, content)
        refused = 400 <= answer.status < 500
        demand(refused, "a 4xx for a body that is no JSON", f"{answer.status}", answer)


async def _rude(lap: Lap, sent: Application, content: bytes) -> Answer:
    headers: dict[str, Any] = {"Run-Id": lap.id, "Simulated-At": sent.at.isoformat()}
    headers["Content-Type"] = "application/json"
    return await lap.agency.ask("PUT", f"/applications/{sent.id}", headers=headers, content=content)


def _names(answer: Answer, name: str) -> None:
    """The problem's `errors` must name a field."""
    errors = value(answer, "errors")
    fields = [str(each.get("field", "")) for each in errors]
    demand(any(name in each.split(".") for each in fields), f"errors that name {name}", fields, answer)
