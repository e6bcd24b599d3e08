"""Mistakes in the order of things: what is one commit, who comes first, what is remembered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from town.torture.virtual.sabotage import later, memory_of, mistake, replace


@mistake("After a declaration something else may come between: two commits where one was meant.")
def declared_and_acted_are_two_commits() -> None:
    from gateway.declaring import Declaring

    real = Declaring.declare

    async def declare(self: Declaring, *more: Any) -> Any:
        event = await real(self, *more)
        await self._journal.store.durable()
        return event

    replace(Declaring, "declare", declare)


@mistake("The notes of one act are written in commits of their own.")
def notes_are_written_one_by_one() -> None:
    from gateway.orchestrator import Orchestrator

    real = Orchestrator.do

    async def do(self: Orchestrator, run: Any, dossier: Any, move: Any) -> Any:
        journal, notes = self._journal, list[Any]()

        class Collecting:
            """Writes nothing yet."""

            def append(self, _run: Any, more: Any) -> None:
                """Remember it."""
                notes.extend(more)

        self._journal = Collecting()  # type: ignore[assignment]
        try:
            service = await real(self, run, dossier, move)
        finally:
            self._journal = journal
        for note in notes:
            journal.append(run, [note])
            await journal.store.durable()
        return service

    replace(Orchestrator, "do", do)


def _clock_without_its_row() -> None:
    from gateway.journal import RUN_LOG, Note
    from gateway.runs import Runs

    def move_clock(self: Runs, run: Any, to: Any, why: str) -> None:
        note = Note(RUN_LOG, "clock_moved", to, payload={"from": run.now.isoformat(), "why": why})
        self._journal.append(run, [note])
        run.now = to
        memory_of(self, "now")[run.run_id] = to

    replace(Runs, "move_clock", move_clock)


def _write_the_clock(store: Any, run_id: str, to: Any) -> None:
    from gateway.journal import RUNS

    with store.connection() as connection:
        connection.execute(RUNS.update().where(RUNS.c.run_id == run_id).values(now=to.isoformat()))


@mistake("The clock of a run is written once, when a request ends.")
def the_clock_is_written_at_the_end() -> None:
    from gateway.driver import Driver

    _clock_without_its_row()
    real = Driver.advance

    async def advance(self: Driver, run_id: str, *more: Any, **named: Any) -> Any:
        moved = memory_of(self._runs, "now")
        try:
            return await real(self, run_id, *more, **named)
        finally:
            if run_id in moved:
                _write_the_clock(self._runs._store, run_id, moved[run_id])

    replace(Driver, "advance", advance)


@mistake("The clock of a run is written in a commit after that of the event which says that it moved.")
def the_clock_is_written_after_its_event() -> None:
    from gateway.runs import Runs

    _clock_without_its_row()
    real = Runs.move_clock

    def move_clock(self: Runs, run: Any, to: Any, why: str) -> None:
        real(self, run, to, why)
        later(self._store, lambda: _write_the_clock(self._store, run.run_id, to))

    replace(Runs, "move_clock", move_clock)


def _without_locks() -> None:
    from gateway.driver import Driver

    @asynccontextmanager
    async def lock(_self: Driver, _run_id: str) -> AsyncIterator[None]:
        yield

    replace(Driver, "lock", lock)


@mistake("Two requests may change a run at the same time, and nobody looks whether another wrote before.")
def two_at_once_overwrite_each_other() -> None:
    from gateway.journal import RUNS, Journal

    def claim(connection: Any, run: Any, changed: Any) -> None:
        of = RUNS.c.run_id == run.run_id
        connection.execute(RUNS.update().where(of).values(version=RUNS.c.version + 1, **changed))

    _without_locks()
    replace(Journal, "_claim", staticmethod(claim))


@mistake("The lock of a run is not given back when the work meets an error.")
def the_lock_is_kept_after_an_error() -> None:
    from gateway.driver import Driver

    @asynccontextmanager
    async def lock(self: Driver, run_id: str) -> AsyncIterator[None]:
        await self._locks[run_id].acquire()
        yield
        self._locks[run_id].release()

    replace(Driver, "lock", lock)


@mistake("While a declaration is taken in, the same one is taken in again under another code.")
def two_at_once_both_declare() -> None:
    from chassis import idempotency
    from gateway.declaring import Declaring

    real = idempotency._kept_or_mark

    def mark(connection: Any, scope: str, key: str, mark_of: str, epoch: str, _at_work: bool) -> Any:
        return real(connection, scope, key, mark_of, epoch, False)

    replace(idempotency, "_kept_or_mark", mark)
    replace(Declaring, "_refuse_twice", lambda *_: None)


@mistake("What is remembered of the dossiers is used whatever the version of the run.")
def the_memory_is_never_doubted() -> None:
    from gateway.memory import Memory

    def get(self: Memory, run_id: str, version: int, _failures: int) -> Any:
        known = self._runs.get(run_id)
        if known is not None:
            known.version = version
        return known

    replace(Memory, "get", get)


@mistake("A run is remembered from one request to the next, but for its version.")
def a_run_is_remembered() -> None:
    from gateway.runs import Runs

    real = Runs.find

    def find(self: Runs, run_id: str) -> Any:
        run = real(self, run_id)
        known = memory_of(self, "runs").setdefault(run_id, run)
        known.version = run.version
        return known

    replace(Runs, "find", find)


@mistake("The codes of dossiers come from a counter in memory.")
def codes_are_counted_in_memory() -> None:
    from gateway.declaring import Declaring

    real = Declaring._next_code

    def next_code(self: Declaring, run: Any, group: Any) -> str:
        head, _, last = real(self, run, group).rpartition("-")
        used = memory_of(self, "codes")
        used[head] = max(used.get(head, 0) + 1, int(last))
        return f"{head}-{used[head]:06d}"

    replace(Declaring, "_next_code", next_code)


@mistake("The last event of a dossier is remembered, and a commit that fails does not take it back.")
def the_end_of_the_chain_is_remembered() -> None:
    from gateway.ends import End, Ends

    def of(self: Ends, run_id: str, _version: int) -> dict[str, End]:
        known = self._runs.pop(run_id, None)
        return {} if known is None else known.ends

    replace(Ends, "of", of)
