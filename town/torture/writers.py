"""Many who write into one store at once, and a book of what they wrote and what they were told is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from chassis.storage import Store
from chassis.store_errors import LostRace, StoreTrouble
from flow_model.events import Event, canonical, first_broken
from gateway.journal import EVENTS, RUNS, Journal, Note
from gateway.tables import EventRow, RunRow
from town.torture.luck import Luck

TABLES = (RunRow, EventRow)
# What a writer waits for before it takes its work as kept.
Confirm = Callable[[Store], Awaitable[None]]
_AT = datetime.fromisoformat("2026-10-05T08:00:00+07:00")
_RUNS = ("run-a", "run-b")
_WRITERS = 4
_ROUNDS = (0, 1, 4, 40)


Row = tuple[str, int, str, str, str]
_ALL = "SELECT run_id, dossier, sequence, payload, previous_hash, hash FROM event ORDER BY 1, 2, 3"


class _Undone(Exception):
    """A piece that is given up."""


@dataclass
class Written:
    """One run: its pieces in order, each the events of one append, and how many were told to be kept."""

    run_id: str
    version: int = 0
    pieces: list[list[Row]] = field(default_factory=list)
    told: int = 0

    @property
    def genesis(self) -> str:
        return "0" * 64

    def rows(self, version: int) -> list[Row]:
        """What is in the store when that many pieces are."""
        return sorted(row for piece in self.pieces[:version] for row in piece)


@dataclass
class Seen:
    """How a store stands that was opened again: pieces by run, and what is wrong."""

    versions: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    sound: bool = True
    whole: bool = True


class Book:
    """What was written into one file, run by run."""

    def __init__(self) -> None:
        self.runs = {run_id: Written(run_id) for run_id in _RUNS}
        self.surprises: list[str] = []

    @property
    def told(self) -> int:
        return sum(run.told for run in self.runs.values())

    @property
    def written(self) -> int:
        return sum(len(run.pieces) for run in self.runs.values())

    async def fill(self, store: Store, luck: Luck, confirm: Confirm) -> StoreTrouble | None:
        """Write until the store refuses, or everybody has written enough; why it refused."""
        journal = Journal(store)
        try:
            self._open_runs(store)
        except StoreTrouble as trouble:
            return trouble
        rounds = luck.choose(_ROUNDS)
        tasks = [
            self._write(journal, _RUNS[each % 2], luck.fork(each), confirm, rounds)
            for each in range(_WRITERS)
        ]
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        self.surprises += [repr(each) for each in ended if not isinstance(each, StoreTrouble | None)]
        refused = [each for each in ended if isinstance(each, StoreTrouble)]
        # Who wrote upon what another one's trouble undid has lost a race: that is not the cause.
        return min(refused, key=lambda each: isinstance(each, LostRace), default=None)

    def look(self, store: Store) -> Seen:
        """Hold the store against the book, row by row."""
        seen = Seen()
        there: dict[str, list[Row]] = {run_id: [] for run_id in _RUNS}
        with store.connection() as connection:
            seen.sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() == "ok"
            versions = dict(map(tuple, connection.exec_driver_sql("SELECT run_id, version FROM run")))
            for row in connection.exec_driver_sql(_ALL):
                there.setdefault(row[0], []).append(tuple(row[1:]))
        for run in self.runs.values():
            version = seen.versions[run.run_id] = versions.get(run.run_id, 0)
            seen.lost += max(0, run.told - version)
            seen.whole &= (
                there.keys() == self.runs.keys()
                and version <= len(run.pieces)
                and there[run.run_id] == run.rows(version)
            )
        return seen

    def broken_chains(self, store: Store) -> int:
        """How many histories are no whole chain, as the journal reads them."""
        journal = Journal(store)
        histories = [
            (run, each) for run in self.runs.values() for each in journal.read_all(run.run_id).values()
        ]
        return sum(first_broken(events, run.genesis) is not None for run, events in histories)

    def go_on_from(self, seen: "Seen") -> None:
        """What is in the store is written, and told: somebody has seen it."""
        for run_id, version in seen.versions.items():
            run = self.runs[run_id]
            del run.pieces[version:]
            run.version = run.told = version

    def _open_runs(self, store: Store) -> None:
        with store.connection() as connection:
            there = set(connection.execute(select(RUNS.c.run_id)).scalars())
            for run_id in sorted(set(_RUNS) - there):
                row = RunRow(run_id=run_id, terms="{}", now=_AT.isoformat())
                connection.execute(insert(RUNS).values(row.model_dump()))

    async def _write(self, journal: Journal, run_id: str, luck: Luck, confirm: Confirm, rounds: int) -> None:
        store, run = journal.store, self.runs[run_id]
        for _ in range(rounds):
            for _ in range(luck.choose((1, 1, 2, 3))):
                if luck.happens(0.1):
                    _give_up(store, luck)
                notes = [_note(luck) for _ in range(luck.choose((1, 1, 2, 4)))]
                events = journal.append(run, notes, held=str(run.version))
                run.pieces.append([_row(event) for event in events])
            mine = run.version
            await _turns(luck.choose((0, 0, 1, 2)))
            await confirm(store)
            run.told = max(run.told, mine)
            await _turns(luck.below(3))


def _row(event: Event) -> Row:
    payload = canonical(dict(event.payload)).decode()
    return event.dossier, event.sequence, payload, event.previous_hash, event.hash


def _note(luck: Luck) -> Note:
    long = luck.choose((10, 10, 200, 200, 1500, 9000))
    payload: Mapping[str, Any] = {"text": "khai " * (luck.below(long) // 5)}
    return Note(f"B-{luck.below(3)}", "visited", _AT, payload=payload)


def _give_up(store: Store, luck: Luck) -> None:
    """Write, and undo it: nothing of this is ever seen."""
    with suppress(_Undone), store.connection() as connection:
        connection.execute(insert(EVENTS).values(_row_that_nobody_wants(luck)))
        raise _Undone


def _row_that_nobody_wants(luck: Luck) -> dict[str, Any]:
    row = EventRow(
        run_id=luck.choose(_RUNS),
        dossier="B-0",
        sequence=1_000_000,
        kind="visited",
        at=_AT.isoformat(),
        actor="nobody",
        payload="{}",
        previous_hash="",
        hash="",
    )
    return row.model_dump()


async def _turns(number: int) -> None:
    """Let the others go on so often."""
    loop = asyncio.get_running_loop()
    for _ in range(number):
        passed = loop.create_future()
        loop.call_soon(passed.set_result, None)
        await passed
