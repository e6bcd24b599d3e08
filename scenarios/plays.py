"""Plays through the API: queued, played a few at a time, told as they go on, kept with their verdict.

A play belongs to a run of its own, so those side by side do not meet. Each is an errand: when the process
ends in the middle of one, it is played again from the beginning, here or elsewhere: it is a function of its
file and seed.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from chassis.client import ServiceClient
from chassis.storage import Store
from flow_model.errors import NotAllowedNow, UnknownThing
from scenarios.ledger import Ledger, PlayRecord
from scenarios.loading import Loaded, library, load_file
from scenarios.player import Keep, Wish, play
from scenarios.verdict import Played

Json = dict[str, Any]
# A listener who does not listen loses the oldest lines, never the end.
_MOST_UNHEARD = 1000


class Errands(Protocol):
    """The list of what was promised, of whoever has one: things are done by name and kind, come what may."""

    def handle(self, kind: str, handler: Callable[[Json], Awaitable[None]]) -> None: ...

    def order(self, wanted: Sequence[tuple[str, str, str, Json]]) -> None: ...


@dataclass(frozen=True)
class Wanted:
    """One play to be made: a scenario of the library, or an uploaded text under a name; and a seed."""

    scenario: str
    text: str | None = None
    seed: int | None = None


class Plays:
    """The plays of one gateway."""

    def __init__(self, store: Store, client: ServiceClient, root: Path, errands: Errands) -> None:
        self._ledger = Ledger(store)
        self._client = client
        self._root = root
        self._errands = errands
        self._playing: dict[str, asyncio.Task[Played]] = {}
        self._ears: dict[str, list[asyncio.Queue[Json]]] = {}
        errands.handle("play", self._carry)

    @cached_property
    def library(self) -> dict[str, Loaded]:
        """The scenarios of the library, by id; read when first asked for."""
        return {loaded.scenario.id: loaded for loaded in library(self._root)}

    def find(self, scenario: str) -> Loaded:
        """The scenario of this id; raises UnknownThing."""
        try:
            return self.library[scenario]
        except KeyError:
            raise UnknownThing(f"Không có kịch bản {scenario}", f"no scenario {scenario}") from None

    def loaded(self, wanted: Wanted) -> Loaded:
        """The scenario of a wish; raises BadScenario for an uploaded text with mistakes."""
        if wanted.text is None:
            return self.find(wanted.scenario)
        return load_file(Path(f"{wanted.scenario}.toml"), wanted.text)

    def order(self, batch: str, wanted: Sequence[Wanted], keep: Keep, limit_seconds: float) -> list[str]:
        """Queue plays; their names. The same batch again is no error and adds nothing."""
        for each in {(each.scenario, each.text): each for each in wanted}.values():
            self.loaded(each)
        names = self._ledger.add(
            batch, [(each.scenario, each.text, each.seed) for each in wanted], keep, limit_seconds
        )
        self._errands.order([(f"play-{name}", "play", batch, {"play": name}) for name in names])
        return self._ledger.names(batch)

    async def _carry(self, content: Json) -> None:
        record = self._ledger.find(content["play"])
        if record.state != "ended":
            await self._play(record)

    async def _play(self, record: PlayRecord) -> None:
        self._ledger.begin(record.play)
        loaded = self.loaded(Wanted(record.scenario, record.text))
        wish = Wish(
            seed=record.seed,
            run_id=record.play,
            keep=record.keep,
            limit_seconds=record.limit_seconds,
            watch=self._watch(record),
        )
        task = asyncio.get_running_loop().create_task(play(self._client, loaded, wish))
        self._playing[record.play] = task
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            del self._playing[record.play]
        played = _cancelled(loaded, record) if task.cancelled() else task.result()
        self._ledger.end(record.play, played)
        self._tell(record, {"event": "ended", "play": record.play, "verdict": played.verdict})

    def _watch(self, record: PlayRecord) -> Callable[[str, Json], None]:
        def watch(dossier: str, event: Json) -> None:
            self._tell(record, {"event": "event", "play": record.play, "dossier": dossier, "said": event})

        return watch

    def _tell(self, record: PlayRecord, line: Json) -> None:
        for ear in [*self._ears.get(record.play, ()), *self._ears.get(record.batch, ())]:
            if ear.full():
                ear.get_nowait()
            ear.put_nowait(line)

    def cancel(self, name: str) -> PlayRecord:
        """End a play that waits or goes on; raises NotAllowedNow when it has ended."""
        record = self._ledger.find(name)
        if record.state == "ended":
            raise NotAllowedNow(f"Lượt phát {name} đã kết thúc", f"play {name} has ended already")
        if name in self._playing:
            if not self._playing[name].cancelling():  # once: it is removing its run
                self._playing[name].cancel()
        else:
            self._ledger.end(name, _cancelled(self.loaded(Wanted(record.scenario, record.text)), record))
            self._tell(record, {"event": "ended", "play": name, "verdict": "cancelled"})
        return self._ledger.find(name)

    def play(self, name: str) -> PlayRecord:
        """One play; raises UnknownThing."""
        return self._ledger.find(name)

    def batch(self, batch: str) -> list[PlayRecord]:
        """The plays of a batch, in order; raises UnknownThing."""
        return self._ledger.of_batch(batch)

    async def listen(self, about: str, ended: Callable[[], bool]) -> AsyncIterator[Json]:
        """What is told of a play or a batch from now on, until it has ended."""
        ear: asyncio.Queue[Json] = asyncio.Queue(_MOST_UNHEARD)
        self._ears.setdefault(about, []).append(ear)
        try:
            while not (ended() and ear.empty()):
                yield await ear.get()
        finally:
            self._ears[about].remove(ear)
            if not self._ears[about]:
                del self._ears[about]


def _cancelled(loaded: Loaded, record: PlayRecord) -> Played:
    scenario = loaded.scenario
    return Played(
        scenario=scenario.id,
        title_vi=scenario.title_vi,
        title_en=scenario.title_en,
        file=loaded.file,
        seed=scenario.run.seed if record.seed is None else record.seed,
        verdict="cancelled",
        command=f"python3 run.py play {loaded.file}",
    )
