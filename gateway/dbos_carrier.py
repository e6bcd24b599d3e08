"""Errands on PostgreSQL, carried by DBOS in chunks, so that they outlive any one gateway.

DBOS remembers which executor began a chunk. It does not see by itself that an executor is dead: the living
ones look at each other's heartbeats and resume what a dead one left. The work itself is done in the gateway's
own event loop; only DBOS's bookkeeping is done in its threads. See docs/decisions/0011.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from dbos import DBOS, DBOSConfig, SetWorkflowID

from gateway.errands import Errands
from gateway.executors import Executors

# Grows when what a chunk means changes: gateways of an older version then leave it alone.
APPLICATION_VERSION = "errands-1"
CHUNK = 20
CHUNKS_AT_ONCE = 4
SCHEMA = "dbos"

_at_work: "list[DbosCarrier]" = []


@DBOS.workflow(name="carry_chunk", max_recovery_attempts=1000)
def carry_chunk(names: list[str]) -> list[str]:
    """Carry some errands, one after the other; their states."""
    return [carry_one(name) for name in names]


@DBOS.step(name="carry_one")
def carry_one(name: str) -> str:
    """One errand, in the gateway's loop. What fails stands on the list and is nobody's failure here."""
    return _at_work[0].carry(name)


def config(url: str, executor: str) -> DBOSConfig:
    """How DBOS is set up: its tables in a schema of the same database, made by ``migrate``."""
    return {
        "name": "town-gateway",
        "system_database_url": url,
        "dbos_system_schema": SCHEMA,
        "application_version": APPLICATION_VERSION,
        "executor_id": executor,
        "sys_db_pool_size": 4,
        "max_executor_threads": CHUNKS_AT_ONCE + 2,
        "log_level": "ERROR",
        "run_migrations": False,
    }


def prepare(url: str) -> None:
    """Make DBOS's own tables, or bring them up to date: for the command that migrates."""
    DBOS(config={**config(url, "migrate"), "run_migrations": True})
    try:
        DBOS.launch()
    finally:
        DBOS.destroy()


class DbosCarrier:
    """This gateway's part in carrying errands."""

    def __init__(self, errands: Errands, executors: Executors, url: str, executor: Callable[[], str]) -> None:
        self._errands = errands
        self._executors = executors
        self._url = url
        self._own = executor
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turning: asyncio.Task[None] | None = None
        self._chunks = 0
        errands.on_order = self.turn

    def carry(self, name: str) -> str:
        """One errand, for a thread of DBOS: done in the loop, waited for here."""
        if self._loop is None:
            raise RuntimeError("this gateway has not begun")
        done: Future[str] = asyncio.run_coroutine_threadsafe(self._errands.carry(name), self._loop)
        return done.result()

    def turn(self) -> None:
        """Take a chunk, and look after the dead; one turn at a time."""
        if self._turning is None or self._turning.done():
            self._turning = asyncio.get_running_loop().create_task(self._turn())

    async def _turn(self) -> None:
        if self._loop is None:
            await self._begin()
        for dead in self._executors.dead():
            resumed = await asyncio.to_thread(_resume, dead)
            self._errands.release(f"{dead}-", resumed)  # taken, and then it died before it could begin
            self._executors.bury(dead)
        mine = await asyncio.to_thread(_unfinished, self._own())
        while mine < CHUNKS_AT_ONCE:
            names = self._errands.due(CHUNK)
            if not names:
                return
            self._chunks += 1
            chunk = f"{self._own()}-{self._chunks}"
            taken = self._errands.take(names, chunk)
            await self._errands.kept()
            await asyncio.to_thread(_start, chunk, taken)
            mine += 1

    async def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        _at_work[:] = [self]
        await asyncio.to_thread(self._launch)

    def _launch(self) -> None:
        DBOS(config=config(self._url, self._own()))
        DBOS.launch()

    async def close(self) -> None:
        """Leave what is unfinished to the others."""
        if self._turning is not None:
            self._turning.cancel()
        if self._loop is not None:
            await asyncio.to_thread(DBOS.destroy)


def _start(chunk: str, names: Sequence[str]) -> None:
    with SetWorkflowID(chunk):
        DBOS.start_workflow(carry_chunk, list(names))


def _unfinished(executor: str) -> int:
    return len(
        DBOS.list_workflows(status="PENDING", executor_id=executor, load_input=False, load_output=False)
    )


def _resume(dead: str) -> list[str]:
    names = _pending(dead)
    if names:
        DBOS.resume_workflows(names)
    return names


def _pending(executor: str) -> list[str]:
    found = DBOS.list_workflows(status="PENDING", executor_id=executor, load_input=False, load_output=False)
    return [each.workflow_id for each in found]
