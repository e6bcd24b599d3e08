"""Append-only events in SQL, hash-chained within each dossier.

Nothing is ever changed. Whoever writes names the version of the run that it knows, and makes the next one:
of two gateways the one that comes second is told to look again, whatever it was about to write.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from chassis.prepared import Prepared
from chassis.storage import Store
from chassis.store_errors import LostRace
from flow_model.events import KINDS, Event, canonical, seal
from gateway.ends import End, Ends
from gateway.tables import EventRow, RunRow

EVENTS = EventRow.__table__  # type: ignore[attr-defined]
RUNS = RunRow.__table__  # type: ignore[attr-defined]
RUN_LOG = "-"  # the run's own events stand under this name instead of a dossier's


# Asked at every turn of the clock: built once.
_RUN = EVENTS.c.run_id == bindparam("run")
_HISTORIES = Prepared(
    select(EVENTS).where(_RUN, EVENTS.c.dossier != RUN_LOG).order_by(EVENTS.c.dossier, EVENTS.c.sequence)
)
_HEAD = Prepared(
    select(EVENTS.c.sequence, EVENTS.c.hash)
    .where(_RUN, EVENTS.c.dossier == bindparam("of"))
    .order_by(EVENTS.c.sequence.desc())
    .limit(1)
)
_KNOWN = Prepared(select(func.count()).where(_RUN, EVENTS.c.source == bindparam("from_")))
_HEARD = Prepared(
    select(EVENTS.c.dossier, EVENTS.c.kind, EVENTS.c.procedure, EVENTS.c.source).where(
        _RUN, EVENTS.c.source.is_not(None), EVENTS.c.dossier != RUN_LOG
    )
)
_DOSSIERS = Prepared(select(func.count()).where(_RUN, EVENTS.c.sequence == 1, EVENTS.c.dossier != RUN_LOG))
_LAST = Prepared(
    select(func.max(EVENTS.c.dossier)).where(
        _RUN, EVENTS.c.dossier >= bindparam("head"), EVENTS.c.dossier < bindparam("beyond")
    )
)
_APPEND = Prepared(insert(EVENTS), EVENTS.c.keys())


@lru_cache(maxsize=64)
def _claiming(changed: tuple[str, ...]) -> Prepared:
    """Make the next version of a run, with these columns changed, if it still is of the version known."""
    mine = (RUNS.c.run_id == bindparam("run"), RUNS.c.version == bindparam("known"))
    values = {name: bindparam(f"new_{name}", type_=RUNS.c[name].type) for name in (*changed, "version")}
    return Prepared(update(RUNS).where(*mine).values(values))


class WrittenRun(Protocol):
    """The run that is written to. ``version`` is the one that the writer knows."""

    run_id: str
    version: int

    @property
    def genesis(self) -> str: ...


Told = Callable[[WrittenRun, int, Sequence[Event]], None]


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
        self.store = store
        self.listeners: list[Told] = []
        self._ends = Ends(store)

    def append(self, run: WrittenRun, notes: Sequence[Note], **changed: Any) -> list[Event]:
        """Append, and change the run's own row, in one piece; notes whose source is known are left out.

        Raises LostRace when another gateway wrote to this run in between: nothing is kept then.
        """
        before = run.version
        with self.store.connection() as connection:
            ends = self._ends.of(run.run_id, before)
            sealed = self._sealed(connection, run, notes, ends)
            if sealed or changed:
                self._claim(connection, run, changed)
            _APPEND.run_many(connection, [_columns(run.run_id, event, source) for event, source in sealed])
        events = [event for event, _ in sealed]
        if sealed or changed:
            run.version = before + 1
            for tell in self.listeners:
                tell(run, before, events)
        self._ends.keep(run.run_id, run.version, ends)
        return events

    def _sealed(
        self, connection: Connection, run: WrittenRun, notes: Sequence[Note], ends: dict[str, End]
    ) -> list[tuple[Event, str | None]]:
        known: set[str] = set()
        sealed = []
        for note in notes:
            if note.kind not in KINDS:
                raise ValueError(f"{note.kind} is no kind of event")
            if note.source is not None:
                if note.source in known or self._known(connection, run.run_id, note.source):
                    continue
                known.add(note.source)
            if note.dossier not in ends:
                ends[note.dossier] = self._end(connection, run.run_id, note.dossier, run.genesis)
            sequence, previous = ends[note.dossier]
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
            ends[note.dossier] = (event.sequence, event.hash)
            sealed.append((event, note.source))
        return sealed

    @staticmethod
    def _claim(connection: Connection, run: WrittenRun, changed: Mapping[str, Any]) -> None:
        new = {f"new_{name}": value for name, value in changed.items()}
        claim = _claiming(tuple(changed))
        values = {"run": run.run_id, "known": run.version, "new_version": run.version + 1, **new}
        if claim.run(connection, **values) != 1:
            raise LostRace

    def read(self, run_id: str, dossier: str, after: int = 0, limit: int | None = None) -> list[Event]:
        """The history of a dossier, in order."""
        wanted = (
            select(EVENTS)
            .where(EVENTS.c.run_id == run_id, EVENTS.c.dossier == dossier, EVENTS.c.sequence > after)
            .order_by(EVENTS.c.sequence)
        )
        with self.store.reading() as connection:
            rows = connection.execute(wanted if limit is None else wanted.limit(limit)).mappings().all()
        return [_event(row) for row in rows]

    def read_all(self, run_id: str) -> dict[str, list[Event]]:
        """The histories of all dossiers of a run, by dossier; the run's own log is left out."""
        histories: dict[str, list[Event]] = {}
        with self.store.reading() as connection:
            for row in _HISTORIES.all(connection, run=run_id):
                histories.setdefault(row["dossier"], []).append(_event(row))
        return histories

    def heard(self, run_id: str) -> dict[str, dict[int, dict[str, Any]]]:
        """What services told, by service and by its own number: dossier, kind, procedure."""
        found: dict[str, dict[int, dict[str, Any]]] = {}
        with self.store.reading() as connection:
            for row in _HEARD.all(connection, run=run_id):
                service, _, number = row["source"].partition(":")
                if number.isdigit():
                    found.setdefault(service, {})[int(number)] = row
        return found

    def dossiers(self, run_id: str) -> int:
        """How many dossiers a run has."""
        with self.store.reading() as connection:
            return int(_DOSSIERS.one(connection, run=run_id))

    def last_dossier(self, run_id: str, head: str) -> str | None:
        """The greatest code that begins so."""
        with self.store.reading() as connection:
            last = _LAST.one(connection, run=run_id, head=head, beyond=f"{head}~")
        return None if last is None else str(last)

    def count(self, run_id: str, kind: str, dossier: str | None, procedure: str | None) -> int:
        """How many events of a kind a run has, of one dossier and procedure or of all."""
        wanted = select(func.count()).where(EVENTS.c.run_id == run_id, EVENTS.c.kind == kind)
        if dossier is not None:
            wanted = wanted.where(EVENTS.c.dossier == dossier)
        if procedure is not None:
            wanted = wanted.where(EVENTS.c.procedure == procedure)
        with self.store.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def knows(self, run_id: str, source: str) -> bool:
        """Whether an event of this source was written down in a run."""
        with self.store.reading() as connection:
            return self._known(connection, run_id, source)

    def forget(self, run_id: str) -> None:
        """Remove a run with all it wrote: a run is a universe, and this is its end."""
        with self.store.connection() as connection:
            connection.execute(delete(EVENTS).where(EVENTS.c.run_id == run_id))
            connection.execute(delete(RUNS).where(RUNS.c.run_id == run_id))
        self._ends.forget(run_id)

    @staticmethod
    def _known(connection: Connection, run_id: str, source: str) -> bool:
        return bool(_KNOWN.one(connection, run=run_id, from_=source))

    @staticmethod
    def _end(connection: Connection, run_id: str, dossier: str, genesis: str) -> End:
        row = _HEAD.first(connection, run=run_id, of=dossier)
        return (0, genesis) if row is None else (row[0], row[1])


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
