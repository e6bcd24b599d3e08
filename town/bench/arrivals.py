"""Citizens who come whether or not anybody has time for them: so many a second, each with one declaration."""

import asyncio
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from math import ceil, log1p
from statistics import quantiles
from time import perf_counter
from typing import Any

from chassis.client import ServiceClient
from chassis.clock import WallClock
from flow_model.chance import uniform
from town.bench.raw import RawClient

Json = dict[str, Any]
# Few families, and many children: a run is opened quickly.
_FAMILIES, _OF_RUN = 40, 200
SITUATION, GROUP = "no_birth_notice", "birth"
_SYLLABLES = ("An", "Bình", "Chi", "Duyên", "Giang", "Hà", "Khanh", "Lam", "Mai", "Ngân")
_TURNED_AWAY = (429, 503)


@dataclass(frozen=True)
class Declaration:
    """Something to be declared, once: where, and what."""

    run: str
    body: Json
    key: str


@dataclass
class Came:
    """What became of those who came: when each was answered, after how long, and how."""

    seconds: float
    accepted: list[tuple[float, float]] = field(default_factory=list, repr=False)
    refused: list[tuple[float, float]] = field(default_factory=list, repr=False)
    failed: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Declarations that were accepted, a second."""
        return len(self.accepted) / self.seconds

    def milliseconds(self, percent: int, since: float = 0.0, until: float = 1e9) -> float:
        """A quantile of the answers to those who were accepted, of those who came in this part."""
        return quantile([took for came, took in self.accepted if since <= came < until], percent)


def together(*several: Came) -> Came:
    """All who came at several times, as if they had come one after the other."""
    return Came(
        seconds=sum(each.seconds for each in several),
        accepted=[one for each in several for one in each.accepted],
        refused=[one for each in several for one in each.refused],
        failed=[one for each in several for one in each.failed],
    )


def quantile(seconds: Sequence[float], percent: int) -> float:
    """In milliseconds; 0 of nothing."""
    if len(seconds) < 2:
        return max(seconds, default=0.0) * 1000
    return quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000


async def prepared(client: ServiceClient, name: str, many: int) -> list[Declaration]:
    """So many declarations that nobody made yet, spread over runs; each of a child with a name of its own."""
    found: list[Declaration] = []
    for number in range(ceil(many / _OF_RUN)):
        run = f"{name}-{number}"
        await _ask(
            client, "POST", "/runs", {"run_id": run, "terms": {"seed": 2026, "families": _FAMILIES}}, run
        )
        example = await _ask(client, "GET", f"/runs/{run}/examples/{GROUP}?situation={SITUATION}")
        body = {name: example[name] for name in ("group", "procedures", "declaration")} | {"consent": True}
        for nth in range(_OF_RUN):
            own = deepcopy(body)
            own["declaration"]["child"]["full_name"] += f" {_given(nth)}"
            found.append(Declaration(run, own, f"{run}-{nth}"))
    # One run after the other would be one after the other: a run has one time.
    return sorted(found[:many], key=lambda each: int(each.key.rpartition("-")[2]))


def _given(number: int) -> str:
    words = []
    while True:
        number, digit = divmod(number, len(_SYLLABLES))
        words.append(_SYLLABLES[digit])
        if not number:
            return " ".join(words)


async def _ask(client: ServiceClient, method: str, path: str, body: Any = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return (await client.call("gateway", method, path, json=body, headers=headers)).raise_for_problem().body


def moments(rate: float, seconds: float, seed: int) -> Iterator[float]:
    """When people come who know nothing of each other (Poisson): seconds from the beginning."""
    due, number = 0.0, 0
    while (due := due - log1p(-uniform(seed, "came", number)) / rate) < seconds:
        yield due
        number += 1


class Crowd:
    """Those who have something to declare. Who is turned away goes to the end, and comes again."""

    def __init__(self, client: RawClient, declarations: Sequence[Declaration]) -> None:
        self._client = client
        self._waiting = [
            client.request(f"/runs/{each.run}/dossiers", each.body, each.key) for each in declarations
        ]

    @property
    def left(self) -> int:
        """How many still have something to declare."""
        return len(self._waiting)

    async def come(self, rate: float, seconds: float, seed: int) -> Came:
        """So many a second on average for so long, each when it likes, whatever becomes of those before."""
        came, began, tasks = Came(seconds), perf_counter(), set[asyncio.Task[None]]()
        for due in moments(rate, seconds, seed):
            if (early := began + due - perf_counter()) > 0:
                await WallClock().pause(early)
            if not self._waiting:
                break
            task = asyncio.create_task(self._declare(self._waiting.pop(), began, came))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
        return came

    async def hurry(self, at_once: int, seconds: float) -> Came:
        """So many at once, each coming again as soon as it is answered: as fast as it goes."""
        came, began = Came(seconds), perf_counter()

        async def one() -> None:
            while perf_counter() - began < seconds and self._waiting:
                await self._declare(self._waiting.pop(), began, came)

        await asyncio.gather(*(one() for _ in range(at_once)))
        return came

    async def _declare(self, wanted: bytes, began: float, came: Came) -> None:
        arrived = perf_counter()
        status = await self._client.send(wanted)
        took = perf_counter() - arrived
        if status == 201:
            came.accepted.append((arrived - began, took))
        elif status in _TURNED_AWAY:
            self._waiting.insert(0, wanted)
            came.refused.append((arrived - began, took))
        else:
            came.failed.append(str(status))
