"""Append-only events in SQL, hash-chained within each dossier.

Nothing is ever changed. The unique (run, dossier, sequence) makes two gateways safe: the one that
comes second is told to look again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from chassis.storage import Store
from flow_model.errors import NotAllowedNow
from flow_model.events import KINDS, Event, canonical, seal
from gateway.tables import EventRow, RunRow

EVENTS = EventRow.__table__  # type: ignore[attr-defined]
RUNS = RunRow.__table__  # type: ignore[attr-defined]
RUN_LOG = "-"  # the run's own events stand under this name instead of a dossier's


# Asked at every turn of the clock: built once.
_HISTORIES = (
    select(EVENTS)
    .where(EVENTS.c.run_id == bindparam("run"), EVENTS.c.dossier != RUN_LOG)
    .order_by(EVENTS.c.dossier, EVENTS.c.sequence)
)
_HEAD = (
    select(EVENTS.c.sequence, EVENTS.c.hash)
    .where(EVENTS.c.run_id == bindparam("run"), EVENTS.c.dossier == bindparam("of"))
    .order_by(EVENTS.c.sequence.desc())
    .limit(1)
)
_KNOWN = select(func.count()).where(
    EVENTS.c.run_id == bindparam("run"), EVENTS.c.source == bindparam("from_")
)
_APPEND = insert(EVENTS)


@dataclass(frozen=True)
class Note:
    """An event before it has its place in the chain."""

    dossier: str
    kind: str
    at: datetime
    procedure: str | None = None
    round: int = 0
    actor: str = "gateway"
    payload: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None


class Journal:
    """Reads and appends the histories of all runs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, run_id: str, genesis: str, notes: Sequence[Note]) -> list[Event]:
        """Append in one transaction, all or nothing; notes whose source is known already are left out.

        Raises NotAllowedNow when another gateway wrote in between.
        """
        with self._store.connection() as connection:
            return self.append_within(connection, run_id, genesis, notes)

    def append_within(
        self, connection: Connection, run_id: str, genesis: str, notes: Sequence[Note]
    ) -> list[Event]:
        """The same, inside a transaction that is open already."""
        heads: dict[str, tuple[int, str]] = {}
        sealed: list[Event] = []
        for note in notes:
            if note.kind not in KINDS:
                raise ValueError(f"{note.kind} is no kind of event")
            if note.source is not None and self._known(connection, run_id, note.source):
                continue
            if note.dossier not in heads:
                heads[note.dossier] = self._head(connection, run_id, note.dossier, genesis)
            sequence, previous = heads[note.dossier]
            event = seal(
                Event(
                    dossier=note.dossier,
                    sequence=sequence + 1,
                    kind=note.kind,
                    at=note.at,
                    procedure=note.procedure,
                    round=note.round,
                    actor=note.actor,
                    payload=note.payload,
                ),
                previous,
            )
            try:
                connection.execute(_APPEND, _columns(run_id, event, note.source))
            except IntegrityError:
                raise NotAllowedNow(
                    "Một cổng khác vừa ghi vào hồ sơ này; hãy thử lại",
                    "another gateway wrote to this dossier just now; try again",
                ) from None
            heads[note.dossier] = (event.sequence, event.hash)
            sealed.append(event)
        return sealed

    def read(self, run_id: str, dossier: str, after: int = 0, limit: int | None = None) -> list[Event]:
        """The history of a dossier, in order."""
        wanted = (
            select(EVENTS)
            .where(EVENTS.c.run_id == run_id, EVENTS.c.dossier == dossier, EVENTS.c.sequence > after)
            .order_by(EVENTS.c.sequence)
        )
        with self._store.connection() as connection:
            rows = connection.execute(wanted if limit is None else wanted.limit(limit)).mappings().all()
        return [_event(row) for row in rows]

    def read_all(self, run_id: str) -> dict[str, list[Event]]:
        """The histories of all dossiers of a run, by dossier; the run's own log is left out."""
        histories: dict[str, list[Event]] = {}
        with self._store.connection() as connection:
            for row in connection.execute(_HISTORIES, {"run": run_id}):
                histories.setdefault(row.dossier, []).append(_event(row._mapping))
        return histories

    def dossiers(self, run_id: str) -> list[str]:
        """The dossiers of a run, in the order of their codes."""
        wanted = (
            select(EVENTS.c.dossier)
            .where(EVENTS.c.run_id == run_id, EVENTS.c.sequence == 1, EVENTS.c.dossier != RUN_LOG)
            .order_by(EVENTS.c.dossier)
        )
        with self._store.connection() as connection:
            return list(connection.execute(wanted).scalars())

    def count(self, run_id: str, kind: str, dossier: str | None, procedure: str | None) -> int:
        """How many events of a kind a run has, of one dossier and procedure or of all."""
        wanted = select(func.count()).where(EVENTS.c.run_id == run_id, EVENTS.c.kind == kind)
        if dossier is not None:
            wanted = wanted.where(EVENTS.c.dossier == dossier)
        if procedure is not None:
            wanted = wanted.where(EVENTS.c.procedure == procedure)
        with self._store.connection() as connection:
            return int(connection.execute(wanted).scalar_one())

    def knows(self, run_id: str, source: str) -> bool:
        """Whether an event of this source was written down in a run."""
        with self._store.connection() as connection:
            return self._known(connection, run_id, source)

    def forget(self, run_id: str) -> None:
        """Remove a run with all it wrote: a run is a universe, and this is its end."""
        with self._store.connection() as connection:
            connection.execute(delete(EVENTS).where(EVENTS.c.run_id == run_id))
            connection.execute(delete(RUNS).where(RUNS.c.run_id == run_id))

    @staticmethod
    def _known(connection: Connection, run_id: str, source: str) -> bool:
        found = connection.execute(_KNOWN, {"run": run_id, "from_": source}).scalar_one()
        return bool(found)

    @staticmethod
    def _head(connection: Connection, run_id: str, dossier: str, genesis: str) -> tuple[int, str]:
        row = connection.execute(_HEAD, {"run": run_id, "of": dossier}).first()
        return (row.sequence, row.hash) if row else (0, genesis)


def _columns(run_id: str, event: Event, source: str | None) -> dict[str, Any]:
    return event.as_json() | {
        "run_id": run_id,
        "payload": canonical(dict(event.payload)).decode(),
        "source": source,
    }


def _event(row: Any) -> Event:
    return Event(
        dossier=row["dossier"],
        sequence=row["sequence"],
        kind=row["kind"],
        at=datetime.fromisoformat(row["at"]),
        procedure=row["procedure"],
        round=row["round"],
        actor=row["actor"],
        payload=json.loads(row["payload"]),
        previous_hash=row["previous_hash"],
        hash=row["hash"],
    )
