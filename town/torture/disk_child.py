"""Keeps writing while its disk has no room, or fails: python -m town.torture.disk_child WAY TIMES FILE.

It goes on after a full disk and opens the file again after a broken one, holds the store against its book
each time, and says in one line of JSON what it met. What strace does to it, it does not know.
"""

import asyncio
import json
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import text

from chassis.storage import Store, open_store
from chassis.store_errors import StoreBroken, StoreFull, StoreTrouble, UnusableFile
from town.torture.luck import Luck
from town.torture.writers import TABLES, Book

PAGES, SIZE, STRACE = "max_page_count", "RLIMIT_FSIZE", "strace"
_PLENTY = 1_000_000
_TRIES = 20  # to write so often without any trouble, or to open with nothing but trouble, is enough


class Bearing:
    """One store, what was written into it, and what it met."""

    def __init__(self, way: str, file: Path) -> None:
        self.way, self.file = way, file
        self.book = Book()
        self.met: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.luck = Luck(1, way)
        self.store = open_store(file, TABLES)

    async def bear(self, times: int) -> dict[str, Any]:
        """Meet so many troubles; what they were, and what was wrong."""
        while self.met.total() < times and await self._meet_trouble():
            pass
        self.store.close()
        return {
            "met": self.met,
            "wrong": self.wrong + Counter(self.book.surprises),
            "told": {run_id: run.told for run_id, run in self.book.runs.items()},
        }

    async def _meet_trouble(self) -> bool:
        turn = self.luck.fork(self.met.total())
        with self._little_room(turn.below(30)):
            trouble = await self._write(turn)
            if trouble is None:
                return False
            self.met[trouble.slug] += 1
            if isinstance(trouble, StoreBroken):
                self._require_refusal()
        if not isinstance(trouble, StoreFull):
            self.store.close()
            self._open_again()
        self._look()
        return True

    async def _write(self, luck: Luck) -> StoreTrouble | None:
        for each in range(_TRIES):
            trouble = await self.book.fill(self.store, luck.fork(each), Store.durable)
            if trouble is not None:
                return trouble
        return None

    def _require_refusal(self) -> None:
        with suppress(StoreBroken):
            self.store.check()
            self.wrong["a broken store went on"] += 1

    def _open_again(self) -> None:
        for _ in range(_TRIES):
            try:
                self.store = open_store(self.file, TABLES)
            except UnusableFile as error:
                self.met[error.slug] += 1
            else:
                return
        raise AssertionError("the file cannot be opened any more")

    def _look(self) -> None:
        seen = self.book.look(self.store)
        self.wrong += Counter(lost=seen.lost, unsound=not seen.sound, halves=not seen.whole)
        self.book.go_on_from(seen)

    @contextmanager
    def _little_room(self, blocks: int) -> Iterator[None]:
        """So many blocks of 4 KiB more than are used, and no others. For strace, nothing is done here."""
        if self.way == PAGES:
            self._allow_pages(self._pages() + blocks)
        if self.way == SIZE:
            allow_bytes(self._largest() + blocks * 4096)
        try:
            yield
        finally:
            if self.way == SIZE:
                allow_bytes(resource.RLIM_INFINITY)
            if self.way == PAGES:
                self._allow_pages(_PLENTY)

    def _pages(self) -> int:
        with self.store.connection() as connection:
            return int(connection.execute(text("PRAGMA page_count")).scalar_one())

    def _allow_pages(self, number: int) -> None:
        with self.store.connection() as connection:
            connection.execute(text(f"PRAGMA max_page_count={number}"))

    def _largest(self) -> int:
        return max(path.stat().st_size for path in self.file.parent.glob(f"{self.file.name}*"))


def allow_bytes(size: int) -> None:
    """How long a file of this process may become."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


if __name__ == "__main__":
    _way, _times, _file = sys.argv[1:]
    print(json.dumps(asyncio.run(Bearing(_way, Path(_file)).bear(int(_times)))))
