"""What everybody may ask: whether the agency is well, and what its books hold."""

from town.conformance.bench import Bench, demand, expect, value
from town.conformance.contract import chapter
from town.conformance.verdicts import NotTried

check = chapter("look-ups")


@check
async def it_says_that_it_is_well(bench: Bench) -> None:
    """GET /health answers 200 without a run and without an instant.

    Whoever starts the agency asks this until it is up.
    """
    expect(await bench.agency.ask("GET", "/health"), 200, of="GET /health")


@check
async def what_is_not_in_the_book_is_not_found(bench: Bench) -> None:
    """A look-up of a kind that is kept answers 200 with found false for a key that is not there.

    "Not in the book" is knowledge, and something else than "no such book".
    """
    lap, service = await bench.open(), bench.material.agency
    kept = _kinds(bench)
    if not kept:
        raise NotTried("no flow looks anything up at this agency")
    for kind in kept:
        answer = await lap.ask("GET", f"/lookups/{kind}", params={"key": "nobody"})
        expect(answer, 200, of=f"a look-up of {kind}, which {service} keeps")
        demand(value(answer, "found") is False, "found: false", answer.body, answer)
        demand(value(answer, "record") is None, "record: null", answer.body, answer)


@check
async def a_book_that_is_not_kept_is_not_found(bench: Bench) -> None:
    """A look-up of a kind that the agency does not keep is 404.

    An empty answer would be taken for "nothing is registered".
    """
    lap = await bench.open()
    answer = await lap.ask("GET", "/lookups/tennis_trophies", params={"key": "nobody"})
    expect(answer, 404, of="a look-up of a kind that nobody keeps")


def _kinds(bench: Bench) -> list[str]:
    """The kinds that flows look up at this agency."""
    service, groups = bench.material.agency, bench.groups.groups.values()
    facts = [fact for group in groups for each in group.procedures for fact in each.facts]
    asked = [*facts, *(prefill.look_up for group in groups for prefill in group.prefills)]
    return sorted({each.kind for each in asked if each.service == service})
