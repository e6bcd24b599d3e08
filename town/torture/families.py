"""Citizens who declare under fire: each in a run of its own, with keys, asking again until answered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.client import Answer, ServiceClient, ServiceRefused, ServiceUnreachable
from chassis.clock import WallClock

AGAIN = (429, 500, 502, 503, 507)
_MOST_TRIES = 600
_PAUSE_SECONDS = 0.1
Json = dict[str, Any]
STORIES = (("birth", "newborn_with_grandparents"), ("death", "pensioner"))


class NeverAnswered(Exception):
    """Somebody asked again and again, and got no answer."""


@dataclass
class Told:
    """What citizens were told: the dossier of each run, by its story, and answers that contradict."""

    dossiers: dict[str, tuple[int, str]] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)
    tries: int = 0


class Citizen:
    """Asks as long as it takes."""

    def __init__(self, client: ServiceClient, told: Told) -> None:
        self._client = client
        self.told = told

    async def ask(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        """The answer to one request, asked for again with the same key while there is none."""
        headers = {"Idempotency-Key": key} if key else {}
        for _ in range(_MOST_TRIES):
            self.told.tries += 1
            try:
                answer = await self._client.call("gateway", method, path, json=body, headers=headers)
            except ServiceUnreachable:
                answer = None
            if answer is not None and answer.status not in AGAIN and not _still_running(answer):
                return answer.raise_for_problem()
            await WallClock().pause(_PAUSE_SECONDS)
        raise NeverAnswered(f"{method} {path}: no answer after {_MOST_TRIES} tries")

    async def live(self, run: str, story: int, seed: int) -> None:
        """Open a run, declare, and let the clock run to the end; the declaration is sent once more then."""
        group, situation = STORIES[story]
        terms = {"seed": seed, "families": 40}
        await self.ask("POST", "/runs", {"run_id": run, "terms": terms}, f"open-{run}")
        example = (await self.ask("GET", f"/runs/{run}/examples/{group}?situation={situation}")).body
        body = {name: example[name] for name in ("group", "procedures", "declaration")} | {"consent": True}
        first = await self.ask("POST", f"/runs/{run}/dossiers", body, f"declare-{run}")
        self.told.dossiers[run] = (story, first.body["dossier"])
        while not (await self.ask("POST", f"/runs/{run}/clock", {"to": "settled"})).body["settled"]:
            pass
        again = await self.ask("POST", f"/runs/{run}/dossiers", body, f"declare-{run}")
        if again.content != first.content:
            self.told.contradictions.append(f"{run}: one key, two answers")
        self.told.finished.add(run)

    async def history(self, run: str, dossier: str) -> list[str]:
        """The hashes of a dossier's events, none if it is not there; the chain must hold."""
        try:
            seen = (await self.ask("GET", f"/runs/{run}/dossiers/{dossier}/events")).body
        except ServiceRefused as refused:
            if refused.status != 404:
                raise
            return []
        return [str(event["hash"]) for event in seen["events"]] if seen["whole"] else ["broken"]


def _still_running(answer: Answer) -> bool:
    return answer.status == 409 and str(answer.body.get("type", "")).endswith("still-running")


async def undisturbed(seed: int) -> Mapping[int, list[str]]:
    """How each story ends when nothing goes wrong, in a town in memory."""
    from town.layout import in_memory

    client, apps = in_memory()
    citizen = Citizen(client, Told())
    histories = {}
    for story in range(len(STORIES)):
        run = f"undisturbed-{story}"
        await citizen.live(run, story, seed)
        histories[story] = await citizen.history(run, citizen.told.dossiers[run][1])
    await client.aclose()
    for app in apps.values():
        app.state.store.close()
    return histories


async def crowd(citizen: Citizen, many: int, seed: int, stop: asyncio.Event, name: str = "family") -> None:
    """So many citizens at once, each declaring again and again until it is time to stop."""
    next_run = iter(range(10**9))

    async def lives() -> None:
        while not stop.is_set():
            number = next(next_run)
            await citizen.live(f"{name}-{number}", number % len(STORIES), seed)

    async with asyncio.TaskGroup() as group:
        for _ in range(many):
            group.create_task(lives())


async def judged(citizen: Citizen, expected: Mapping[int, list[str]]) -> tuple[int, int]:
    """How many declarations that were acknowledged are lost, or ended otherwise than they must."""
    lost = other = 0
    for run, (story, dossier) in citizen.told.dossiers.items():
        found = await citizen.history(run, dossier)
        lost += not found
        other += bool(found) and found != expected[story]
    return lost, other
