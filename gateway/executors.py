"""Who is at work: the gateways that share one database, and which of them are alive.

A gateway says now and then that it is there. One that has not said so for three beats is dead, or stopped;
what it held may be taken over. Nothing rests on this being right: who is taken for dead and lives on writes
upon an older version of the run, and is refused.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from chassis.clock import Clock
from chassis.storage import Store
from gateway.tables import ExecutorRow, LeaseRow

EXECUTORS = ExecutorRow.__table__  # type: ignore[attr-defined]
LEASES = LeaseRow.__table__  # type: ignore[attr-defined]
BEAT = timedelta(seconds=1)
DEAD_AFTER = 3 * BEAT
LEASE = timedelta(seconds=4)
_LONG_GONE = timedelta(days=1)


class Executors:
    """This gateway among the others. With a file of its own it is alone, and all others are dead."""

    def __init__(self, store: Store, clock: Clock, own: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._own = own
        self._beat_at: datetime | None = None

    @property
    def shared(self) -> bool:
        """Whether other gateways may keep the same journal."""
        return self._store.shared

    def beat(self) -> None:
        """Say that this gateway is there; not more often than it is needed."""
        now = self._clock.now()
        if not self.shared or (self._beat_at is not None and now - self._beat_at < BEAT):
            return
        mine = EXECUTORS.c.executor == self._own()
        with self._store.connection() as connection:
            said = connection.execute(update(EXECUTORS).where(mine).values(beat_at=_text(now)))
            if said.rowcount == 0:
                connection.execute(insert(EXECUTORS).values(executor=self._own(), beat_at=_text(now)))
                connection.execute(delete(EXECUTORS).where(EXECUTORS.c.beat_at < _text(now - _LONG_GONE)))
        self._beat_at = now

    def alive(self, executor: str) -> bool:
        """Whether that gateway was heard of lately. Asked of others only."""
        if not self.shared:
            return False
        wanted = select(EXECUTORS.c.beat_at).where(EXECUTORS.c.executor == executor)
        with self._store.connection() as connection:
            beat_at = connection.execute(wanted).scalar()
        return beat_at is not None and beat_at >= _text(self._clock.now() - DEAD_AFTER)

    def dead(self) -> list[str]:
        """The gateways that were there, and are not heard of any more."""
        before = _text(self._clock.now() - DEAD_AFTER)
        wanted = (
            select(EXECUTORS.c.executor).where(EXECUTORS.c.beat_at < before).order_by(EXECUTORS.c.executor)
        )
        with self._store.connection() as connection:
            return list(connection.execute(wanted).scalars())

    def bury(self, executor: str) -> None:
        """Forget a dead gateway: what it left was taken over."""
        with self._store.connection() as connection:
            connection.execute(delete(EXECUTORS).where(EXECUTORS.c.executor == executor))


class Leases:
    """Which gateway is at work on which run, so that two do not do the same work to no purpose."""

    def __init__(self, store: Store, clock: Clock, own: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._own = own
        self._until: dict[str, datetime] = {}

    def take(self, run_id: str) -> bool:
        """Take a run, or keep it; False while another gateway has it."""
        if not self._store.shared:
            return True
        now = self._clock.now()
        until = self._until.get(run_id)
        if until is not None and until - now > LEASE / 2:
            return True
        values = {"holder": self._own(), "until": _text(now + LEASE)}
        free = (LEASES.c.holder == self._own()) | (LEASES.c.until < _text(now))
        with self._store.connection() as connection:
            mine = LEASES.c.run_id == run_id
            taken = connection.execute(update(LEASES).where(mine, free).values(**values)).rowcount == 1
            if not taken and connection.execute(select(LEASES.c.holder).where(mine)).first() is None:
                connection.execute(insert(LEASES).values(run_id=run_id, **values))
                taken = True
        if taken:
            self._until[run_id] = now + LEASE
        else:
            self._until.pop(run_id, None)
        return taken

    def give_back(self, run_id: str) -> None:
        """Let others have a run."""
        if self._until.pop(run_id, None) is not None:
            mine = (LEASES.c.run_id == run_id, LEASES.c.holder == self._own())
            with self._store.connection() as connection:
                connection.execute(delete(LEASES).where(*mine))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
