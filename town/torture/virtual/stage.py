"""A town set up for schedules: every process built with spare lives, a run open, a family at hand.

It is set up once. Each schedule happens in a copy of this process, so none meets what another left, and
none pays for the setting up.
"""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from chassis.client import Answer, ServiceClient, ServiceUnreachable
from chassis.clock import HeldClock, passed
from flow_model.catalogue import catalogue
from gateway.runs import DEFAULT_START
from town.torture.virtual.links import CLIENT, client_of
from town.torture.virtual.loop import VirtualLoop
from town.torture.virtual.world import World

NAMES = (
    "gateway",
    "civil_status",
    "residence",
    "social_insurance",
    "social_protection",
    "population",
    "health",
)
RUN = "run"
_AFTERWARDS = "2027-12-01T08:00:00+07:00"
_START = datetime.fromisoformat(DEFAULT_START)
# So few that every story has its family, and that little has to be compared at the end.
TERMS = {"seed": 7, "families": 16}
# Longer than any back-off of ours, and than any pause, taken together.
MOST_SECONDS = 3600.0
# After the end: what is late on its way arrives.
LATEST_SECONDS = 120.0
_MOST_TRIES = 200
_AGAIN_SECONDS = 2.0
# What a caller does about an answer like this: the same again, with the same key.
_AGAIN = (429, 500, 502, 503, 507)
Json = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One declaration, as it goes when nothing goes wrong."""

    group: str
    situation: str
    path: str = "interlinked"

    def __str__(self) -> str:
        return f"{self.group}/{self.situation}/{self.path}"


# Both flows: every fault and every pair of crashes.
STORIES = (Story("birth", "newborn_with_grandparents"), Story("death", "pensioner"))
# For random schedules, those as well that need a supplement, and the old path.
SEED_STORIES = (*STORIES, Story("birth", "no_birth_notice"), Story("death", "pensioner", "separate"))


@dataclass
class Ledger:
    """What the citizen was told: each key, and the answer that it got."""

    answers: dict[str, bytes]
    twice: list[str]


class Stage:
    """The town, the run and the family; `tell` is the story."""

    def __init__(self, story: Story, lives: int = 3) -> None:
        structlog.configure(processors=[_silent])
        self.story = story
        self.world = World(VirtualLoop())
        self.ledger = Ledger({}, [])
        for name in NAMES:
            self.world.add(name, [self._build(name, life) for life in range(lives)])
        self.client = client_of(self.world, CLIENT, NAMES)
        self.example: Json = {}
        for life in range(lives):
            self.world.loop.finish(self._rehearse(f"rehearsal-{life}"), MOST_SECONDS)
            self.world.next_lives()
        self.example = self.world.loop.finish(self._prepare(RUN), MOST_SECONDS)
        self.world.begin()
        self.ledger.answers.clear()
        gc.collect()
        gc.freeze()
        gc.disable()

    def _build(self, name: str, life: int) -> Any:
        client = client_of(self.world, name, NAMES)
        groups = catalogue()
        if name == "gateway":
            import gateway.app

            clock = HeldClock(_START)
            return gateway.app.build(None, client, groups, lambda: f"life {life}", clock)
        import services

        return services.build(name, store_path=None, client=client, catalogue=groups)

    async def _rehearse(self, run: str) -> None:
        """Tell the story once in another run: routes and statements are made ready at their first use."""
        await self.tell(run, await self._prepare(run))
        for name in ("gateway", *NAMES[1:]):
            await self.client.call(
                name,
                "GET",
                "/books" if name != "gateway" else f"/runs/{run}/events",
                headers={"Run-Id": run, "Simulated-At": _AFTERWARDS},
            )
        await self.persist("DELETE", f"/runs/{run}", None, "")

    async def _prepare(self, run: str) -> Json:
        await self.persist("POST", "/runs", {"run_id": run, "terms": TERMS}, f"open-{run}")
        asked = f"/runs/{run}/examples/{self.story.group}?situation={self.story.situation}"
        example: Json = await self.persist("GET", asked, None, "")
        return example

    async def persist(self, method: str, path: str, body: Any, key: str) -> Any:
        """Ask as somebody does who gets no answer: the same again, with the same key, a little later."""
        headers = {"Idempotency-Key": key} if key else {}
        for _ in range(_MOST_TRIES):
            try:
                answer = await self.client.call("gateway", method, path, json=body, headers=headers)
            except ServiceUnreachable:
                answer = None
            if answer is not None and answer.status not in _AGAIN and not _still_running(answer):
                self._remember(key, answer)
                return answer.raise_for_problem().body
            await passed(self.world.loop, _AGAIN_SECONDS)
        raise AssertionError(f"no answer to {method} {path} after {_MOST_TRIES} tries")

    def _remember(self, key: str, answer: Answer) -> None:
        """The same key must have the same answer for ever."""
        if key and self.ledger.answers.setdefault(key, answer.content) != answer.content:
            self.ledger.twice.append(key)

    async def tell(self, run: str, example: Json) -> str:
        """Declare, and let the clock run until nothing is left to happen; the dossier's code."""
        wanted = ("group", "procedures", "declaration")
        body = {name: example[name] for name in wanted} | {"consent": True, "path": self.story.path}
        declared = await self.persist("POST", f"/runs/{run}/dossiers", body, f"declare-{run}")
        for _ in range(_MOST_TRIES):
            moved = await self.persist("POST", f"/runs/{run}/clock", {"to": "settled"}, "")
            if moved["settled"]:
                break
        again = await self.persist("POST", f"/runs/{run}/dossiers", body, f"declare-{run}")
        if again["dossier"] != declared["dossier"]:
            raise AssertionError("one key, two dossiers")
        return str(declared["dossier"])

    def play(self, watch: Callable[["Stage"], object] | None = None) -> str:
        """The whole story in virtual time; the code of the dossier."""
        if watch is not None:
            watch(self)
        dossier = self.world.loop.finish(self.tell(RUN, self.example), MOST_SECONDS)
        self.world.heal()
        self.world.loop.finish(passed(self.world.loop, LATEST_SECONDS), MOST_SECONDS)
        return dossier

    def ask(self, service: str, path: str, **params: str | int) -> Any:
        """Look at something when all is over; no fault hits this."""
        client: ServiceClient = self.client
        headers = {"Run-Id": RUN, "Simulated-At": _AFTERWARDS}
        answer = self.world.loop.finish(
            client.call(service, "GET", path, params=params or None, headers=headers), MOST_SECONDS
        )
        return answer.raise_for_problem().body


def _still_running(answer: Answer) -> bool:
    return answer.status == 409 and str(answer.body.get("type", "")).endswith("still-running")


def _silent(_logger: Any, _name: str, _event: Any) -> Any:
    raise structlog.DropEvent
