"""Many applications in one request: an agency may have it, and then it is no other way of handing in."""

from chassis.lines import MEDIA_TYPE, answers_in, written
from chassis.request_headers import run_headers
from town.conformance.bench import Bench, demand, expect
from town.conformance.contract import chapter
from town.conformance.verdicts import Broken, NotTried

check = chapter("batches")
PATH = "/applications/batch"
_WITHOUT = (404, 405, 415)


@check
async def a_batch_counts_as_its_lines(bench: Bench) -> None:
    """POST /applications/batch counts as a PUT for each line: 201, 200 again, 409, 422, each for itself.

    It is optional: who answers 404, 405 or 415 is sent one application at a time.
    """
    first, second = bench.two()
    lap = await bench.open()
    await lap.send(first)
    at = max(first.at, second.at)
    lines = [
        {"application_id": first.id, **first.body},
        {"application_id": first.id, **first.body, "documents": [*first.body["documents"], "another_paper"]},
        {"application_id": second.id, **{name: second.body[name] for name in ("group", "procedure")}},
        {"application_id": second.id, **second.body},
    ]
    headers = {**run_headers(lap.id, at), "Content-Type": MEDIA_TYPE}
    answer = await bench.agency.ask("POST", PATH, headers=headers, content=written(lines))
    if answer.status in _WITHOUT:
        raise NotTried("this agency takes one application at a time, as it may")
    expect(answer, 200, of="a batch of applications")
    try:
        told = list(answers_in(answer.content))
    except ValueError:
        raise Broken(
            "a line of JSON for each line", answer.content[:100].decode("utf-8", "replace"), answer
        ) from None
    statuses = [each.get("status") for each in told]
    demand(statuses == [200, 409, 422, 201], "the statuses 200, 409, 422, 201", statuses, answer)
    demand([each.get("line") for each in told] == [1, 2, 3, 4], "the numbers of the lines", told, answer)
    shown = await lap.ask("GET", f"/applications/{second.id}", at=at)
    expect(shown, 200, of="an application that came in a batch")
    demand(shown.body["form"] == {**shown.body["form"], **second.body["form"]}, "its form", shown.body, shown)
