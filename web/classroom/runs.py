"""The runs of trainees: one for each, opened while they read, removed when they begin anew."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from flow_model.errors import SandboxError
from web.asking import Asking, Passed
from web.classroom.classes import Class, Trainee

AT_ONCE = 2
_GONE = "not-found"


class Opening:
    """Opens runs, a few at a time and while nobody waits: it takes longer than a click may.

    Who comes before it is done waits for it; should this process die meanwhile, the next click opens the run.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._going: dict[str, asyncio.Task[None]] = {}

    def begin(self, asking: Asking, one: Class, trainee: Trainee) -> None:
        """Open it soon."""
        run = trainee.run_id
        task = asyncio.get_running_loop().create_task(self._quietly(asking, one, run))
        self._going[run] = task
        task.add_done_callback(lambda _done: self._going.pop(run, None))

    async def require(self, asking: Asking, one: Class, trainee: Trainee) -> None:
        """It is open when this returns; asked for twice, it is opened once."""
        going = self._going.get(trainee.run_id)
        if going is not None:
            await asyncio.shield(going)
        await self._open(asking, one, trainee.run_id)

    async def _quietly(self, asking: Asking, one: Class, run: str) -> None:
        async with self._turn:
            with suppress(SandboxError):  # whoever needs the run is told then
                await self._open(asking, one, run)

    @staticmethod
    async def _open(asking: Asking, one: Class, run: str) -> None:
        await asking.post("/runs", {"run_id": run, "terms": one.terms})


async def dossiers_of(asking: Asking, trainee: Trainee) -> Sequence[Mapping[str, Any]]:
    """What a trainee has declared; nothing while their run is not open yet."""
    try:
        found: Sequence[Mapping[str, Any]] = await asking.get(f"/runs/{trainee.run_id}/dossiers")
    except Passed as refused:
        if refused.slug != _GONE:
            raise
        return ()
    return found


async def remove_run(asking: Asking, trainee: Trainee) -> None:
    """The run is gone; that it was gone already is as good."""
    try:
        await asking.ask("DELETE", f"/runs/{trainee.run_id}")
    except Passed as refused:
        if refused.slug != _GONE:
            raise
