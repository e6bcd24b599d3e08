"""What holds for every answer: these look through all that the other checks were told. They come last."""

from collections.abc import Iterator

from chassis.client import Answer
from town.conformance.agency import MUTATING, Exchange
from town.conformance.bench import Bench, demand, said
from town.conformance.contract import chapter
from town.conformance.verdicts import Broken, NotTried

check = chapter("answers")
PROBLEM = "application/problem+json"
OPERATIONS = (
    ("PUT", "/runs/{}"),
    ("DELETE", "/runs/{}"),
    ("PUT", "/applications/{}"),
    ("GET", "/applications/{}"),
    ("GET", "/applications"),
    ("GET", "/applications/{}/findings"),
    ("PUT", "/applications/{}/decision"),
    ("PUT", "/applications/{}/consents/{}"),
    ("PUT", "/applications/{}/supplements/{}"),
    ("PUT", "/applications/{}/corrections/{}"),
    ("PUT", "/applications/{}/resubmissions/{}"),
    ("GET", "/lookups/{}"),
    ("GET", "/books"),
    ("GET", "/agenda"),
    ("POST", "/work"),
    ("GET", "/events"),
    ("GET", "/health"),
)


def _answered(bench: Bench) -> Iterator[tuple[Exchange, Answer]]:
    found = [(each, each.answer) for each in bench.agency.exchanges if each.answer is not None]
    if not found:
        raise NotTried("nothing was asked before")
    yield from ((exchange, answer) for exchange, answer in found if answer is not None)


@check
async def every_error_is_a_problem(bench: Bench) -> None:
    """Every 4xx and 5xx is application/problem+json (RFC 9457) with type, title, status, detail and instance.

    People must be told what to put right, in their words; programs tell kinds of errors apart by `type`.
    """
    tried = 0
    for exchange, answer in _answered(bench):
        if answer.status < 400:
            continue
        tried += 1
        where = f"{exchange.method} {exchange.path}, {answer.status}"
        essence = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        demand(essence == PROBLEM, f"{PROBLEM} ({where})", essence or "no content type", answer)
        body = answer.body if isinstance(answer.body, dict) else {}
        wrong = [name for name in ("type", "title", "detail", "instance") if not _text(body.get(name))]
        demand(
            not wrong,
            f"a text in each of type, title, detail, instance ({where})",
            f"none in {wrong}",
            answer,
        )
        told = body.get("status")
        demand(told == answer.status, f"status {answer.status} in the problem ({where})", told, answer)
    if not tried:
        raise NotTried("the agency refused nothing")


@check
async def no_answer_is_a_fault_of_the_agency(bench: Bench) -> None:
    """No question of the other checks is answered with a 5xx.

    All of them were well-formed or wrong in a way that the contract foresees; a 5xx says "my fault".
    """
    for _, answer in _answered(bench):
        demand(answer.status < 500, "an answer below 500", said(answer), answer)


@check
async def every_changing_answer_tells_the_next_act(bench: Bench) -> None:
    """Every PUT, POST and DELETE that succeeds carries Next-Act-At: an instant, or empty.

    The gateway plans its next step from it; without the header it would have to ask after every request.
    """
    for exchange, answer in _answered(bench):
        if exchange.method in MUTATING and answer.status < 300:
            told = answer.headers.get("next-act-at")
            expected = f"the header Next-Act-At ({exchange.method} {exchange.path}, {answer.status})"
            demand(told is not None, expected, "no such header", answer)


@check
async def the_document_holds_the_contract(bench: Bench) -> None:
    """GET /openapi.json is an OpenAPI document that holds every operation of the contract.

    The document is what another implementation, a client or a tool is built from.
    """
    answer = await bench.agency.ask("GET", "/openapi.json")
    if answer.status != 200 or not bench.document.paths:
        raise Broken("an OpenAPI document at /openapi.json", said(answer), answer)
    missing = [f"{method} {path}" for method, path in OPERATIONS if not bench.document.holds(method, path)]
    demand(not missing, "every operation of the contract in the document", f"no {', '.join(missing)}", answer)


@check
async def every_answer_is_as_documented(bench: Bench) -> None:
    """Every answer has a status, a content type and a shape that the agency's own document announces.

    A document that is not kept to is worse than none: whoever trusts it builds something wrong.
    """
    if not bench.document.paths:
        raise NotTried("the agency shows no OpenAPI document")
    for exchange, answer in _answered(bench):
        objection = bench.document.objection(exchange)
        if objection is not None:
            raise Broken(f"what the document says of {exchange.method} {exchange.path}", objection, answer)


def _text(value: object) -> bool:
    return isinstance(value, str) and value != ""
