"""What must outlive a request: documents under a kind and a name, and a version that no two writers share."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Field, SQLModel

from chassis.clock import Clock
from chassis.storage import Store
from flow_model.errors import ConflictingContent, UnknownThing


class KeptRow(SQLModel, table=True):
    """A draft of a declaration, a class of trainees: whatever a page keeps."""

    __tablename__ = "kept"

    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    version: int
    kept_at: str
    content: str


KEPT = KeptRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it and does not say so


@dataclass(frozen=True)
class Kept:
    """A document as it was read. ``kept_at`` is real time, for people."""

    kind: str
    name: str
    version: int
    kept_at: str
    content: dict[str, Any]


class Keeping:
    """Reads and writes documents. Who writes upon a version that is no longer the last is refused."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def read(self, kind: str, name: str) -> Kept:
        """The document; UnknownThing when there is none."""
        with self._store.reading() as connection:
            row = connection.execute(
                select(KEPT).where(KEPT.c.kind == kind, KEPT.c.name == name)
            ).one_or_none()
        if row is None:
            raise UnknownThing("Không có nội dung này, hoặc đã bị xóa.", "It is not there, or was discarded.")
        return Kept(row.kind, row.name, row.version, row.kept_at, json.loads(row.content))

    def add(self, kind: str, name: str, content: dict[str, Any]) -> Kept:
        """A new document, of version 1; the one that is there when the name is taken."""
        kept = Kept(kind, name, 1, self._clock.now().isoformat(timespec="seconds"), content)
        with self._store.connection() as connection:
            there = connection.execute(
                select(KEPT.c.name).where(KEPT.c.kind == kind, KEPT.c.name == name)
            ).one_or_none()
            if there is None:
                connection.execute(insert(KEPT).values(**self._row(kept)))
        return kept if there is None else self.read(kind, name)

    def write(self, kept: Kept, content: dict[str, Any]) -> Kept:
        """The next version of a document; ConflictingContent when somebody else wrote it meanwhile."""
        now = self._clock.now().isoformat(timespec="seconds")
        following = Kept(kept.kind, kept.name, kept.version + 1, now, content)
        with self._store.connection() as connection:
            written = connection.execute(
                update(KEPT)
                .where(KEPT.c.kind == kept.kind, KEPT.c.name == kept.name, KEPT.c.version == kept.version)
                .values(**self._row(following))
            ).rowcount
        if not written:
            raise ConflictingContent(
                "Trang khác vừa lưu nội dung này. Hãy mở lại để xem bản mới nhất.",
                "Another page saved it just now. Open it again to see the newest version.",
            )
        return following

    def remove(self, kind: str, name: str) -> None:
        """Forget a document; nothing happens when it is not there."""
        with self._store.connection() as connection:
            connection.execute(delete(KEPT).where(KEPT.c.kind == kind, KEPT.c.name == name))

    def all(self, kind: str, limit: int = 200) -> list[Kept]:
        """The documents of a kind, by name."""
        with self._store.reading() as connection:
            rows = connection.execute(
                select(KEPT).where(KEPT.c.kind == kind).order_by(KEPT.c.name).limit(limit)
            ).all()
        return [Kept(row.kind, row.name, row.version, row.kept_at, json.loads(row.content)) for row in rows]

    @staticmethod
    def _row(kept: Kept) -> dict[str, Any]:
        return {
            "kind": kept.kind,
            "name": kept.name,
            "version": kept.version,
            "kept_at": kept.kept_at,
            "content": json.dumps(kept.content, ensure_ascii=False),
        }
