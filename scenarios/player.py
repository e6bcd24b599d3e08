"""Plays one story: opens a run, lets its people act at their times, and looks at what came of it.

Everything goes through the gateway's API and the run's own clock; nothing waits for real time.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from time import perf_counter
from typing import Any, Literal

from chassis.client import ServiceClient, ServiceRefused
from flow_model.documents import value_at
from flow_model.errors import SandboxError
from flow_model.faults import as_json as faults_as_json
from flow_model.working_time import in_vietnam
from scenarios.acting import Acting
from scenarios.acts import Declare
from scenarios.checking import Came, check, shown
from scenarios.door import PATIENCE_SECONDS, Door, said_of
from scenarios.loading import Loaded
from scenarios.model import Scenario
from scenarios.overtaken import overtaken
from scenarios.reaching import reached
from scenarios.timeline import Item, instant_of, nth_event, stops
from scenarios.verdict import Failure, Played

Json = dict[str, Any]
Keep = Literal["none", "failed", "all"]  # which runs stay, to be looked at
Watch = Callable[[str, Json], None]  # told of each event as it is seen: name of the dossier, event
# A play that takes longer than this is said to hang.
LIMIT_SECONDS = 60.0
_LEAVING_SECONDS = 5.0


@dataclass(frozen=True)
class Wish:
    """How a scenario is played: another seed, what becomes of its run, who watches.

    ``whose`` tells plays of one story and seed apart at a gateway that several people use.
    """

    seed: int | None = None
    run_id: str | None = None
    whose: str = ""
    keep: Keep = "none"
    record: bool = False
    limit_seconds: float = LIMIT_SECONDS
    patience_seconds: float = PATIENCE_SECONDS
    watch: Watch | None = None


async def play(client: ServiceClient, loaded: Loaded, wish: Wish | None = None) -> Played:
    """Play a scenario at the gateway that the client knows; never raises for what the story does."""
    wish = wish or Wish()
    door = Door(client, wish.patience_seconds)
    stage = _Stage(door, loaded, wish)
    began = perf_counter()
    played: Played | None = None
    try:
        async with asyncio.timeout(wish.limit_seconds):
            played = await stage.perform()
    except TimeoutError:
        said = Failure("play", f"an end within {wish.limit_seconds:g} s", "it hangs", stage.last_event)
        played = stage.ended("timed_out", [said])
    except SandboxError as error:
        played = replace(stage.ended("error", []), error=said_of(error))
    finally:
        await stage.leave(played)
    return replace(played, seconds=round(perf_counter() - began, 3))


def run_name(scenario: Scenario, seed: int, whose: str = "") -> str:
    """The run of a play: the same for the same scenario, seed and player."""
    mark = sha256(f"{scenario.id} {seed}{whose and f' {whose}'}".encode()).hexdigest()[:8]
    return f"play-{scenario.id[:40].rstrip('-')}-{mark}"


def _order(ready: tuple[datetime, Item]) -> tuple[datetime, int, int]:
    at, item = ready
    return at, item.what.turn, item.number


class _Stage:
    """One play going on."""

    def __init__(self, door: Door, loaded: Loaded, wish: Wish) -> None:
        self.scenario, self.loaded, self.wish = loaded.scenario, loaded, wish
        self.door = door
        self.seed = loaded.scenario.run.seed if wish.seed is None else wish.seed
        self.run_id = wish.run_id or run_name(loaded.scenario, self.seed, wish.whose)
        self.acting = Acting(door, self.run_id)
        self.histories: dict[str, list[Json]] = {}
        self.whole: dict[str, bool] = {}
        self.opening: asyncio.Future[Json] | None = None
        self.books: dict[tuple[str, str], int] = {}

    async def perform(self) -> Played:
        """The whole play; what it came to."""
        await self._open()
        self.books = await self._books()
        await self._act_out()
        came = await self._look()
        failures = [*self.acting.failures, *check(self.scenario.expect, came)]
        played = self.ended("failed" if failures else "passed", failures)
        facts = reached(self.scenario, came)
        return replace(played, reached=facts, told=self._told())

    async def _open(self) -> None:
        run = self.scenario.run
        terms = run.model_dump(mode="json", exclude_none=True) | {"seed": self.seed}
        terms["faults"] = faults_as_json(self.scenario.fault)
        body = {"run_id": self.run_id, "terms": terms, "record": self.wish.record}
        await self.door.ask("DELETE", f"/runs/{self.run_id}")  # what an earlier play may have left
        # Shielded: whoever ends the play now must know when the run is there, to remove it.
        self.opening = asyncio.ensure_future(self.door.post("/runs", body))
        opened = await asyncio.shield(self.opening)
        self.starts_at = self.now = datetime.fromisoformat(opened["now"])

    async def _act_out(self) -> None:
        """Everything that people do, in the order of its instants; then whatever is left to happen."""
        waiting = self._items()
        while waiting:
            ready = [(at, item) for item in waiting if (at := self._instant(item)) is not None]
            at, item = min(ready, key=_order, default=(None, None))
            wanted = stops(waiting, self.acting.codes, self.histories)
            if at is None or item is None:
                if await self._go("settled", wanted):
                    self._never_came(waiting)
                    return
            elif at > self.now:
                await self._go(at.isoformat(), wanted)
            else:
                waiting.remove(item)
                self._too_early(item)
                self._too_late(item)
                await self.acting.do(item)
                await self._read()
        while not await self._go("settled", []):
            pass

    def _items(self) -> list[Item]:
        declared = [Item(0, f"declare[{n}]", each) for n, each in enumerate(self.scenario.declare)]
        acts = [Item(0, f"act[{n}]", each) for n, each in enumerate(self.scenario.act)]
        return [replace(item, number=number) for number, item in enumerate([*declared, *acts])]

    def _instant(self, item: Item) -> datetime | None:
        # Nobody acts on a dossier that is not declared yet.
        if not isinstance(item.what, Declare) and item.dossier not in self.acting.codes:
            return None
        return instant_of(item, self.histories, self.starts_at)

    async def _go(self, to: str, wanted: list[Json]) -> bool:
        """Move the clock; whether nothing more will happen by itself."""
        moved = await self.door.move_clock(self.run_id, to, wanted)
        self.now = datetime.fromisoformat(moved["now"])
        await self._read()
        return bool(moved["settled"]) and not (wanted and self._is_there(wanted))

    def _is_there(self, wanted: list[Json]) -> bool:
        names = {code: name for name, code in self.acting.codes.items()}
        return any(
            nth_event(
                self.histories[names[stop["dossier"]]],
                f"{stop['kind']} {stop.get('procedure', '')}".strip(),
                stop["count"],
            )
            for stop in wanted
        )

    async def _read(self) -> None:
        for name, code in self.acting.codes.items():
            answer = await self.door.get(f"/runs/{self.run_id}/dossiers/{code}/events")
            known = len(self.histories.get(name, ()))
            self.histories[name], self.whole[name] = answer["events"], answer["whole"]
            if self.wish.watch is not None:
                for event in answer["events"][known:]:
                    self.wish.watch(name, event)

    def _too_early(self, item: Item) -> None:
        """An instant before the start cannot be kept; where the file says no start, reading did not tell."""
        at = item.what.at
        if at is not None and at < self.starts_at:
            began = f"the run begins at {self.starts_at.isoformat()}"
            self.acting.failures.append(Failure(f"{item.where}.at", in_vietnam(at).isoformat(), began))

    def _too_late(self, item: Item) -> None:
        failure = overtaken(self.scenario, item, self.histories.get(item.dossier, ()))
        self.acting.failures += [failure] if failure is not None else []

    def _never_came(self, waiting: Sequence[Item]) -> None:
        for item in waiting:
            wanted = item.what.after or f"the dossier {item.dossier}"
            history = self.histories.get(item.dossier, [])
            near = shown(history[-1]) if history else ""
            self.acting.failures.append(Failure(f"{item.where}.after", wanted, "it never came", near))

    async def _look(self) -> Came:
        run = f"/runs/{self.run_id}"
        codes = self.acting.codes
        paths = {name: f"{run}/dossiers/{code}" for name, code in codes.items()}
        judged = await self.door.get(f"{run}/referee")
        books = await self._books()
        return Came(
            views={name: await self.door.get(path) for name, path in paths.items()},
            histories=self.histories,
            whole=self.whole,
            messages={name: await self.door.get(f"{path}/messages") for name, path in paths.items()},
            measures={name: await self.door.get(f"{path}/measurement") for name, path in paths.items()},
            violations=judged["violations"],
            books={book: held - self.books.get(book, 0) for book, held in books.items()},
            rows={number: await self._row(number) for number in range(len(self.scenario.expect.row))},
        )

    async def _books(self) -> dict[tuple[str, str], int]:
        services = dict.fromkeys(each.service for each in self.scenario.expect.book)
        held: dict[tuple[str, str], int] = {}
        for service in services:
            counted = await self.door.get(f"/runs/{self.run_id}/books/{service}")
            held |= {(service, book): number for book, number in counted.items()}
        return held

    async def _row(self, number: int) -> Json | None:
        wanted = self.scenario.expect.row[number]
        key = wanted.key
        if key is None and wanted.dossier in self.acting.codes:
            key = await self._key(wanted.dossier, wanted.key_from or "")
        if not key:
            return None
        path = f"/runs/{self.run_id}/lookups/{wanted.service}/{wanted.look_up}"
        record: Json | None = (await self.door.get(path, key=key))["record"]
        return record

    async def _key(self, name: str, where: str) -> str:
        head, _, path = where.partition(".")
        if head == "declaration":
            return str(value_at(self.histories[name][0]["payload"]["declaration"], path) or "")
        code = self.acting.codes[name]
        results = await self.door.get(f"/runs/{self.run_id}/dossiers/{code}/results")
        procedure, _, result = path.partition(".")
        return str(value_at(results, f"{procedure}.values.{result}") or "")

    def _told(self) -> tuple[tuple[str, str, str], ...]:
        lines = []
        for tell in self.scenario.tell:
            event = nth_event(self.histories.get(tell.dossier, ()), tell.on)
            if event is not None:
                lines.append((in_vietnam(datetime.fromisoformat(event["at"])).isoformat(), tell.vi, tell.en))
        return tuple(sorted(lines))

    @property
    def last_event(self) -> str:
        """The last thing that was seen to happen."""
        events = [event for history in self.histories.values() for event in history]
        last = max(events, key=lambda event: (event["at"], event["sequence"]), default=None)
        return shown(last) if last else ""

    def ended(self, verdict: Any, failures: Sequence[Failure]) -> Played:
        """The play as it ends."""
        seed = "" if self.wish.seed is None else f" --seed {self.wish.seed}"
        return Played(
            scenario=self.scenario.id,
            title_vi=self.scenario.title_vi,
            title_en=self.scenario.title_en,
            file=self.loaded.file,
            seed=self.seed,
            verdict=verdict,
            command=f"python3 run.py play {self.loaded.file}{seed}",
            failures=tuple(failures),
            events=sum(map(len, self.histories.values())),
            last_event=self.last_event,
            logs={name: history[-1]["hash"] for name, history in self.histories.items() if history},
            dossiers={name: f"{self.run_id}/{code}" for name, code in self.acting.codes.items()},
        )

    async def leave(self, played: Played | None) -> None:
        """Remove the run, unless it is to be looked at. One that hangs may not answer even now."""
        stays = self.wish.keep == "all" or (
            self.wish.keep == "failed" and played is not None and played.verdict != "passed"
        )
        if self.opening is None or stays:
            return
        with suppress(SandboxError, TimeoutError):
            async with asyncio.timeout(_LEAVING_SECONDS):
                with suppress(ServiceRefused):
                    await self.opening
                await self.door.ask("DELETE", f"/runs/{self.run_id}")
