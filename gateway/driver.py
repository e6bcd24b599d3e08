"""Moves a run's clock: a small, deterministic, distributed discrete-event simulation.

Everything due now is done; then the clock goes to the smallest of all next instants (the moves of the
dossiers, the agenda of each service), and so on. Services are always asked in the same order.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from flow_model.errors import NotAllowedNow, Runaway, RunElsewhere, SandboxError
from flow_model.progress import Move
from flow_model.working_time import in_vietnam
from gateway.dossiers import Dossier, Dossiers
from gateway.executors import Leases
from gateway.intake import Intake
from gateway.neighbours import Neighbours
from gateway.orchestrator import Orchestrator
from gateway.pace import Pace
from gateway.runs import SELF_MOVING, Run, Runs

# A run that does more than this at one go is asked again: nobody waits on one request for ever.
MOST_INSTANTS = 20_000
# Nothing lawful does this much at one instant, 5,000 families apart: the gateway would never answer.
MOST_AT_ONCE = 50_000


# So many applications go in one call.
MOST_TOGETHER = 100
_log = structlog.get_logger("gateway.driver")


@dataclass(frozen=True)
class Advance:
    """What one go came to: the instants visited, and whether anything is left to happen."""

    instants: int
    settled: bool
    next_at: datetime | None


@dataclass(frozen=True)
class StopAt:
    """The clock stops as soon as so many events of a kind stand in the journal."""

    kind: str
    dossier: str | None = None
    procedure: str | None = None
    count: int = 1


class Driver:
    """One driver a gateway; a lock a run, since a run has one time."""

    def __init__(
        self,
        runs: Runs,
        dossiers: Dossiers,
        orchestrator: Orchestrator,
        neighbours: Neighbours,
        intake: Intake,
        leases: Leases,
        pace: Pace,
    ) -> None:
        self._runs = runs
        self._dossiers = dossiers
        self._orchestrator = orchestrator
        self._neighbours = neighbours
        self._intake = intake
        self._leases = leases
        self._pace = pace
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def lock(self, run_id: str) -> AsyncIterator[None]:
        """Held while something of this run changes; RunElsewhere while another gateway is at work on it."""
        async with self._locks[run_id]:
            self._keep(run_id)
            try:
                yield
            finally:
                with suppress(SandboxError):  # others take the run when the lease is over
                    self._leases.give_back(run_id)

    def _keep(self, run_id: str) -> None:
        if not self._leases.take(run_id):
            raise RunElsewhere(
                f"Một cổng khác đang chạy lượt {run_id}: hãy gửi lại sau giây lát",
                f"another gateway is at work on run {run_id}: send it again in a moment",
                retry_after_seconds=1,
            )

    def forget(self, run_id: str) -> None:
        """Drop what is remembered of a run that is gone."""
        self._locks.pop(run_id, None)
        self._pace.forget(run_id)

    async def advance(
        self,
        run_id: str,
        to: str | datetime,
        stop_at: Sequence[StopAt] = (),
        *,
        freely: bool = False,
    ) -> Advance:
        """Move to an instant, to the "next" thing that happens, or until all is "settled".

        It stops before that at the instant when an event of ``stop_at`` is there. ``freely``: whatever kind
        of clock the run has.
        """
        async with self.lock(run_id):
            run = self._runs.find(run_id)
            if not freely:
                require_may_move(run.terms.clock, to)
            return await self.advance_within(run, to, stop_at)

    async def advance_within(self, run: Run, to: str | datetime, stop_at: Sequence[StopAt] = ()) -> Advance:
        """The same, whatever clock the run has, for who holds its lock already."""
        until = in_vietnam(to) if isinstance(to, datetime) else None
        if until is not None and until < run.now:
            raise NotAllowedNow("Đồng hồ không quay lại được", "the clock does not go back")
        await self.hear_all(run)
        return await self._go(run, to, until, stop_at)

    async def keep_pace(self) -> None:
        """Bring every run whose clock moves by itself up to now: what fell due, each at its own instant.

        The clock stops at the last thing that happened, so the log is the same however often this is asked.
        """
        for run_id in self._pace.moving():
            if self._locks[run_id].locked():  # somebody moves it already, and the others do not wait for that
                continue
            try:
                async with self.lock(run_id):
                    run = self._runs.find(run_id)
                    to = self._pace.present(run)
                    await self._bring_up(run, to)
                    if run.terms.clock == "wall" and self._pace.listens(run):
                        await self._listen(run, to, self._awake(run))
            except RunElsewhere:
                continue
            except SandboxError as error:  # it is asked again in a moment; the other runs do not wait for it
                _log.warning("run-does-not-move", run_id=run_id, reason=error.slug)

    def present(self, run: Run) -> datetime:
        """The instant that a run has come to: its clock may have moved by itself since anything happened."""
        return self._pace.present(run)

    async def at_present(self, run_id: str) -> Run:
        """The run at the instant to which its clock has come by itself; whoever asks holds its lock.

        What people do in it happens then, and not when something last happened.
        """
        run = self._runs.find(run_id)
        to = await self._caught_up(run)
        if to > run.now:
            self._runs.move_clock(run, to, "acted")
        return run

    async def told_of_news(self, run_id: str, service: str) -> None:
        """A service says that it has something to tell: it is heard now, also if it was sent nothing."""
        async with self.lock(run_id):
            run = self._runs.find(run_id)
            await self._listen(run, await self._caught_up(run), [service])

    async def _caught_up(self, run: Run) -> datetime:
        """The present of a run, once what fell due before it is done."""
        to = self._pace.present(run)
        if to > run.now:
            await self._bring_up(run, to)
        return to

    async def _bring_up(self, run: Run, to: datetime) -> None:
        """Do what falls due until an instant, each thing at its own."""
        if run.terms.clock != "wall" or self._pace.is_first_look(run):
            await self.hear_all(run)
        while (next_at := await self._do_what_is_due(run)) is not None and next_at <= to:
            self._keep(run.run_id)
            self._runs.move_clock(run, next_at, "next")

    async def _listen(self, run: Run, to: datetime, services: Sequence[str]) -> None:
        """Ask who may have done something of his own accord; only if there is news does the clock move."""
        ahead = replace(run, now=to)
        for service in services:
            if await self._neighbours.work(ahead, service):
                if to > run.now:
                    self._runs.move_clock(run, to, "heard")
                await self._hear(run, service)
        await self._do_what_is_due(run)

    async def _go(
        self, run: Run, to: str | datetime, until: datetime | None, stop_at: Sequence[StopAt]
    ) -> Advance:
        for instants in range(MOST_INSTANTS):
            self._keep(run.run_id)
            next_at = await self._do_what_is_due(run)
            if next_at is not None and any(self._is_there(run, each) for each in stop_at):
                return Advance(instants, False, next_at)
            if next_at is None or (until is not None and next_at > until):
                if until is not None and until > run.now:
                    self._runs.move_clock(run, until, "asked")
                return Advance(instants, next_at is None, next_at)
            if to == "next" and instants == 1:
                return Advance(instants, False, next_at)
            self._runs.move_clock(run, next_at, "next")
        return Advance(MOST_INSTANTS, False, run.now)

    async def settle_now(self, run: Run) -> datetime | None:
        """Do what is due at the present instant, without moving the clock; when the next thing is."""
        await self.hear_all(run)
        return await self._do_what_is_due(run)

    async def _do_what_is_due(self, run: Run) -> datetime | None:
        """Do everything due at the present instant; the next instant at which something is due."""
        for _ in range(MOST_AT_ONCE):
            first = self._dossiers.first(run)
            if first is not None and first[1].at <= run.now:
                service = await self._do_first(run, *first)
                if service is not None and not self._neighbours.is_quiet(run, service):
                    await self._hear(run, service)
                continue
            acting = [name for name in self._neighbours.services if self._acts_now(run, name)]
            for name in acting:
                await self._hear(run, name)
            if not acting:
                instants = [
                    *(() if first is None else (first[1].at,)),
                    *self._neighbours.next_acts(run).values(),
                    *run.held_until().values(),
                ]
                return min(instants, default=None)
        raise Runaway(
            f"Lượt chạy {run.run_id} lặp mãi một việc lúc {run.now.isoformat()}: hãy báo lỗi này",
            f"run {run.run_id} does the same thing again and again at {run.now.isoformat()}: report this",
        )

    async def _do_first(self, run: Run, dossier: Dossier, move: Move) -> str | None:
        """Do what is first; if it is to send something, whatever else goes to that agency now goes with it.

        With faults in the run each call is one of its own: they count them. The service spoken to, if any.
        """
        if move.kind == "send" and not run.faults:
            agency = _agency(dossier, move)
            if self._neighbours.takes_many(run, agency):
                due = self._dossiers.due(run)
                together = [each for each in due if each[1].kind == "send" and _agency(*each) == agency]
                if len(together) > 1 and await self._orchestrator.send_all(
                    run, agency, together[:MOST_TOGETHER]
                ):
                    return agency
        return await self._orchestrator.do(run, dossier, move)

    def _acts_now(self, run: Run, service: str) -> bool:
        at = self._neighbours.next_act(run, service)
        heard_at = run.held_until().get(service)
        return any(each is not None and each <= run.now for each in (at, heard_at))

    def _is_there(self, run: Run, wanted: StopAt) -> bool:
        return self._dossiers.count_events(run, wanted.kind, wanted.dossier, wanted.procedure) >= wanted.count

    async def hear_all(self, run: Run) -> None:
        """Take in what every service has to tell; nothing else is done.

        Who had nothing when the run was opened, and was sent nothing since, is not asked.
        """
        for service in self._awake(run):
            await self._hear(run, service)

    def _awake(self, run: Run) -> list[str]:
        """The services that may have something to tell, as far as is known."""
        return [each for each in self._neighbours.services if not self._neighbours.is_idle(run, each)]

    async def _hear(self, run: Run, service: str) -> None:
        await self._intake.hear(run, service)


def _agency(dossier: Dossier, move: Move) -> str:
    return dossier.case.group.procedure(move.about).agency


def require_may_move(clock: str, to: str | datetime) -> None:
    """A manual clock is moved a thing at a time, one that moves by itself by nobody."""
    if clock == "manual" and to != "next":
        raise NotAllowedNow(
            'Đồng hồ của lượt chạy này đi từng việc một: gửi {"to": "next"}',
            'the clock of this run moves one thing at a time: send {"to": "next"}',
        )
    if clock in SELF_MOVING:
        raise NotAllowedNow("Đồng hồ của lượt chạy này tự đi", "the clock of this run moves by itself")
