"""The plays in SQL: what was asked for, how far it is, and what came of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from chassis.storage import Store
from flow_model.errors import UnknownThing
from scenarios.player import Keep
from scenarios.tables import BatchRow, PlayRow
from scenarios.verdict import Played

PLAYS = PlayRow.__table__  # type: ignore[attr-defined]
BATCHES = BatchRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class PlayRecord:
    """One play as it stands: queued, running or ended; ``played`` once it has ended."""

    play: str
    batch: str
    number: int
    scenario: str
    text: str | None
    seed: int | None
    state: str
    keep: Keep
    limit_seconds: float
    played: Played | None


class Ledger:
    """Reads and writes the plays."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self,
        batch: str,
        wanted: Sequence[tuple[str, str | None, int | None]],
        keep: Keep,
        limit_seconds: float,
    ) -> list[str]:
        """Write a batch down; the names of the plays that are new."""
        rows = [
            {
                "play": f"{batch}-{number:05d}",
                "batch": batch,
                "number": number,
                "scenario": scenario,
                "text": text,
                "seed": seed,
                "state": "queued",
            }
            for number, (scenario, text, seed) in enumerate(wanted, 1)
        ]
        with self._store.connection() as connection:
            if connection.execute(select(BATCHES).where(BATCHES.c.batch == batch)).first() is not None:
                return []
            kept = {"batch": batch, "keep": keep, "limit_seconds": limit_seconds}
            connection.execute(insert(BATCHES).values(**kept))
            if rows:
                connection.execute(insert(PLAYS), rows)
        return [str(row["play"]) for row in rows]

    def names(self, batch: str) -> list[str]:
        """The names of a batch's plays, in order."""
        wanted = select(PLAYS.c.play).where(PLAYS.c.batch == batch).order_by(PLAYS.c.number)
        with self._store.connection() as connection:
            return list(connection.execute(wanted).scalars())

    def unfinished(self) -> list[str]:
        """The plays that have not ended, in the order in which they were asked for."""
        wanted = select(PLAYS.c.play).where(PLAYS.c.state != "ended").order_by(PLAYS.c.batch, PLAYS.c.number)
        with self._store.connection() as connection:
            return list(connection.execute(wanted).scalars())

    def find(self, play: str) -> PlayRecord:
        """One play; raises UnknownThing."""
        found = self._read(PLAYS.c.play == play)
        if not found:
            raise UnknownThing(f"Không có lượt phát {play}", f"no play {play}")
        return found[0]

    def of_batch(self, batch: str) -> list[PlayRecord]:
        """The plays of a batch, in order; raises UnknownThing."""
        found = self._read(PLAYS.c.batch == batch)
        if not found:
            raise UnknownThing(f"Không có loạt phát {batch}", f"no batch {batch}")
        return found

    def _read(self, condition: Any) -> list[PlayRecord]:
        joined = select(PLAYS, BATCHES.c.keep, BATCHES.c.limit_seconds).join(
            BATCHES, BATCHES.c.batch == PLAYS.c.batch
        )
        with self._store.connection() as connection:
            rows = connection.execute(joined.where(condition).order_by(PLAYS.c.number)).mappings().all()
        return [_record(row) for row in rows]

    def begin(self, play: str) -> None:
        """It is being played."""
        with self._store.connection() as connection:
            connection.execute(update(PLAYS).where(PLAYS.c.play == play).values(state="running"))

    def end(self, play: str, played: Played) -> None:
        """It has ended, with this."""
        document = json.dumps(played.as_json(), ensure_ascii=False)
        values = {"state": "ended", "verdict": played.verdict, "document": document}
        with self._store.connection() as connection:
            connection.execute(update(PLAYS).where(PLAYS.c.play == play).values(**values))


def _record(row: Any) -> PlayRecord:
    played = None if row["document"] is None else Played.from_json(json.loads(row["document"]))
    return PlayRecord(
        play=row["play"],
        batch=row["batch"],
        number=row["number"],
        scenario=row["scenario"],
        text=row["text"],
        seed=row["seed"],
        state=row["state"],
        keep=row["keep"],
        limit_seconds=row["limit_seconds"],
        played=played,
    )
