"""Puts every check to an agency, one after the other, and keeps what came of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

from chassis.client import Answer
from town.conformance.agency import Agency
from town.conformance.bench import Bench, because
from town.conformance.checks import ALL
from town.conformance.contract import Check
from town.conformance.document import Document
from town.conformance.material import Material
from town.conformance.verdicts import Broken, NotTried

State = Literal["kept", "broken", "not tried"]
NEIGHBOUR = (
    "If the agency looks things up in shared registries (population, health), "
    "name each with --registry URL: the run is then opened there as well."
)


@dataclass(frozen=True)
class Outcome:
    """What came of one check. The commands lead to what is broken and show it; they are for a shell."""

    name: str
    chapter: str
    demand: str
    state: State
    seconds: float
    expected: str = ""
    actual: str = ""
    reason: str = ""
    commands: tuple[str, ...] = field(default=(), repr=False)


Told = Callable[[Outcome], None]


def _silent(_outcome: Outcome) -> None:
    """Nobody is told while it goes on."""


async def run_checks(
    agency: Agency, material: Material, told: Told = _silent, only: Iterable[Check] = ()
) -> list[Outcome]:
    """Every check, or those named; each in runs of its own, which are gone afterwards."""
    bench = Bench(agency, material, await document_of(agency))
    outcomes = []
    for check in only or ALL:
        outcome = await _outcome(bench, check)
        told(outcome)
        outcomes.append(outcome)
    return outcomes


async def document_of(agency: Agency) -> Document:
    """The agency's own OpenAPI document; an empty one when it shows none."""
    answer: Answer = await agency.ask("GET", "/openapi.json")
    return Document(answer.body if answer.status == 200 else None)


async def _outcome(bench: Bench, check: Check) -> Outcome:
    begun = perf_counter()
    state: State = "kept"
    more: dict[str, str] = {}
    commands: list[str] = []
    async with bench.checking(check.name):
        try:
            await check.act(bench)
        except NotTried as reason:
            state, more = "not tried", {"reason": str(reason)}
        except Broken as broken:
            state, more = "broken", {"expected": broken.expected, "actual": broken.actual}
            commands = bench.agency.story_of(bench.agency.exchange_of(broken.answer))
        except Exception as error:  # an agency may answer anything at all: that is a finding, not our end
            state, more = (
                "broken",
                {"expected": "an answer that keeps to the contract", "actual": because(error)},
            )
            commands = bench.agency.story_of(bench.agency.exchange_of(None))
        if state == "broken" and not bench.agency.registries and _gone(bench.agency):
            more["reason"] = NEIGHBOUR
    seconds = perf_counter() - begun
    more = {name: bench.agency.without_key(said) for name, said in more.items()}
    return Outcome(check.name, check.chapter, check.demand, state, seconds, commands=tuple(commands), **more)


def _gone(agency: Agency) -> bool:
    """Whether the last answer says that somebody behind the agency does not answer."""
    last = agency.exchanges[-1].answer if agency.exchanges else None
    return last is None or last.status in (500, 502, 503, 504)
