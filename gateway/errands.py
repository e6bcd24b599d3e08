"""What was promised and outlives the process that promised it: to bring a run to an instant, to play a story.

An errand is written down before it is answered. It is tried until it is done; what fails again and again ends
as *stuck*, with its reason, on the operator's list, and holds nobody else up. Doing it twice does no harm.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update

from chassis.clock import Clock
from chassis.prepared import Prepared
from chassis.storage import Store
from flow_model.errors import ConflictingContent, NotAllowedNow, SandboxError, UnknownThing
from flow_model.events import canonical
from gateway.tables import ErrandRow

ERRANDS = ErrandRow.__table__  # type: ignore[attr-defined]
MOST_ATTEMPTS = 8
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=5)
OWNER = "operator"
Json = dict[str, Any]
Handler = Callable[[Json], Awaitable[None]]
_log = structlog.get_logger("gateway.errands")


# Looked at several times a second; few are due at once.
_DUE = Prepared(
    select(ERRANDS.c.errand)
    .where(
        ERRANDS.c.state == "queued",
        ERRANDS.c.chunk.is_(None),
        or_(ERRANDS.c.next_try_at.is_(None), ERRANDS.c.next_try_at <= bindparam("now")),
    )
    .order_by(ERRANDS.c.made_at, ERRANDS.c.errand)
    .limit(100)
)


@dataclass(frozen=True)
class Errand:
    """One errand as it stands: queued, done or stuck; ``owner`` is who must act, when somebody must."""

    errand: str
    kind: str
    about: str
    content: Json
    state: str
    attempts: int
    next_try_at: str | None
    error: str | None
    made_at: str
    ended_at: str | None

    @property
    def owner(self) -> str | None:
        return OWNER if self.state == "stuck" else None


class Errands:
    """The list of errands, and how one is done. Who does them when is a carrier's business."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._handlers: dict[str, Handler] = {}
        self.on_order: Callable[[], None] = lambda: None

    def handle(self, kind: str, handler: Handler) -> None:
        """Say how errands of a kind are done. What it raises is its failure."""
        self._handlers[kind] = handler

    def order(self, wanted: Sequence[tuple[str, str, str, Json]]) -> None:
        """Write errands down: name, kind, what it is about, content. The same again is no error."""
        now = self._now()
        with self._store.connection() as connection:
            for name, kind, about, content in wanted:
                text = canonical(content).decode()
                there = connection.execute(select(ERRANDS.c.content).where(ERRANDS.c.errand == name)).scalar()
                if there is not None and there != text:
                    raise ConflictingContent(
                        f"Đã có việc khác dưới tên {name}", f"another errand stands under the name {name}"
                    )
                if there is None:
                    row = {"errand": name, "kind": kind, "about": about, "content": text, "made_at": now}
                    connection.execute(insert(ERRANDS).values(state="queued", attempts=0, **row))
        self.on_order()

    def due(self, limit: int) -> list[str]:
        """The errands that wait, are due, and that nobody has taken, in the order of their making."""
        with self._store.reading() as connection:
            return [row["errand"] for row in _DUE.all(connection, now=self._now())][:limit]

    def take(self, names: Sequence[str], chunk: str) -> list[str]:
        """Put errands into a chunk that is carried as one; those that somebody else took are left out."""
        taken = []
        with self._store.connection() as connection:
            for name in names:
                free = (ERRANDS.c.errand == name, ERRANDS.c.chunk.is_(None), ERRANDS.c.state == "queued")
                if connection.execute(update(ERRANDS).where(*free).values(chunk=chunk)).rowcount:
                    taken.append(name)
        return taken

    def release(self, prefix: str, chunks: Sequence[str]) -> None:
        """Errands of chunks that begin so, but for these chunks, are free again."""
        left = (ERRANDS.c.chunk.startswith(prefix, autoescape=True), ERRANDS.c.chunk.not_in(list(chunks)))
        with self._store.connection() as connection:
            connection.execute(update(ERRANDS).where(*left).values(chunk=None))

    async def kept(self) -> None:
        """Wait until what was written down is durable."""
        await self._store.durable()

    async def carry(self, name: str) -> str:
        """Try an errand once; its state then. What went wrong stands with it, and when it is tried again."""
        errand = self.find(name)
        if errand.state != "queued":
            return errand.state
        try:
            await self._handlers[errand.kind](errand.content)
        except SandboxError as error:
            return self._failed(errand, error.detail_en)
        except Exception as error:  # a fault of the program: poison must not hold up the others
            _log.error("errand-failed", errand=name, error=type(error).__name__)
            return self._failed(errand, f"{type(error).__name__}: a fault of the program, see the log")
        self._change(name, state="done", chunk=None, ended_at=self._now(), attempts=errand.attempts + 1)
        return "done"

    def _failed(self, errand: Errand, reason: str) -> str:
        attempts = errand.attempts + 1
        pause = min(_FIRST_PAUSE * 2 ** (attempts - 1), _LONGEST_PAUSE)
        again = (self._clock.now() + pause).isoformat(timespec="milliseconds")
        state = "stuck" if attempts >= MOST_ATTEMPTS else "queued"
        self._change(
            errand.errand,
            state=state,
            chunk=None,
            attempts=attempts,
            error=reason[:500],
            next_try_at=again if state == "queued" else None,
        )
        return state

    def put_back(self, name: str) -> Errand:
        """The operator has put right what was wrong: it is tried again from the beginning."""
        errand = self.find(name)
        if errand.state != "stuck":
            raise NotAllowedNow(f"Việc {name} không bị kẹt", f"the errand {name} is not stuck")
        self._change(name, state="queued", attempts=0, next_try_at=None, chunk=None)
        self.on_order()
        return self.find(name)

    def find(self, name: str) -> Errand:
        """One errand; raises UnknownThing."""
        with self._store.connection() as connection:
            row = connection.execute(select(ERRANDS).where(ERRANDS.c.errand == name)).first()
        if row is None:
            raise UnknownThing(f"Không có việc {name}", f"no errand {name}")
        return _errand(row)

    def counts(self) -> dict[tuple[str, ...], float]:
        """How many errands there are, by their state."""
        wanted = select(ERRANDS.c.state, func.count()).group_by(ERRANDS.c.state)
        with self._store.reading() as connection:
            return {(state,): count for state, count in connection.execute(wanted)}

    def listed(self, state: str | None, about: str | None, limit: int) -> list[Errand]:
        """The errands in a state, about something, the oldest first."""
        wanted = select(ERRANDS).order_by(ERRANDS.c.made_at, ERRANDS.c.errand).limit(limit)
        if state is not None:
            wanted = wanted.where(ERRANDS.c.state == state)
        if about is not None:
            wanted = wanted.where(ERRANDS.c.about == about)
        with self._store.connection() as connection:
            return [_errand(row) for row in connection.execute(wanted)]

    def forget(self, about: str) -> None:
        """Remove what was to be done about something that is gone."""
        with self._store.connection() as connection:
            connection.execute(delete(ERRANDS).where(ERRANDS.c.about == about))

    def _change(self, name: str, **values: Any) -> None:
        with self._store.connection() as connection:
            connection.execute(update(ERRANDS).where(ERRANDS.c.errand == name).values(**values))

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")


def _errand(row: Row[Any]) -> Errand:
    known = row._mapping
    shown = {name: known[name] for name in Errand.__dataclass_fields__ if name != "content"}
    return Errand(**shown, content=json.loads(known["content"]))


def until(moment: str) -> str | datetime:
    """Where a run is to be brought: an instant, or a word."""
    return moment if moment in ("next", "settled") else datetime.fromisoformat(moment)
