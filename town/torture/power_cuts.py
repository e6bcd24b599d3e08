"""Power cuts under the real store: writers write, the power goes at some call, the file is opened again.

Between cuts the process also dies by itself, and a sync also fails: the next process then sees what the
system remembers, kept or not. Whatever an opened store shows counts as told, since somebody may have seen it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from sqlalchemy.exc import SQLAlchemyError

from chassis.storage import Store, open_store
from chassis.store_errors import StoreTrouble, UnusableFile
from town.torture.apsw_driver import Connection
from town.torture.crash_content import Folder
from town.torture.crash_vfs import CHANGES, FAILURES, Disk
from town.torture.cut_figures import Figures, Report
from town.torture.luck import Luck
from town.torture.writers import TABLES, Book, Confirm, Seen

FILE = Path("/town.sqlite")
_FATES = 3  # of one moment of a cut, so many of the things that can be found after it
_LIFE = 30  # cuts, after which a new file begins: a long one takes long to read
_CONTROL = 10  # a control has this part of the cuts

Progress = Callable[[Figures], None]


def run(cuts: int, seed: int, tell: Callable[[int, int], None] = lambda _done, _of: None) -> Report:
    """So many cuts with FULL, and a tenth of them with each control; ``tell`` hears how many are done."""
    control = max(100, cuts // _CONTROL)

    def after(before: int) -> Progress:
        return lambda figures: tell(before + figures.cuts, cuts + 2 * control)

    return Report(
        full=cut(cuts, seed, "FULL", progress=after(0)),
        normal=cut(control, seed, "NORMAL", progress=after(cuts)),
        off=cut(control, seed, "OFF", progress=after(cuts + control)),
    )


def cut(
    cuts: int, seed: int, durable: str, *, confirm: Confirm = Store.durable, progress: Progress | None = None
) -> Figures:
    """So many cuts with one `synchronous`. The same seed gives the same figures."""
    return asyncio.run(_Torture(cuts, seed, durable, confirm, progress).go_on())


class _Torture:
    def __init__(
        self, cuts: int, seed: int, durable: str, confirm: Confirm, progress: Progress | None
    ) -> None:
        self._cuts, self._luck, self._confirm, self._progress = cuts, Luck(seed), confirm, progress
        self._began = perf_counter()
        self._processes = 0
        self.figures = Figures(durable)

    async def go_on(self) -> Figures:
        while self.figures.cuts < self._cuts:
            await self._live(min(self._cuts, self.figures.cuts + _LIFE))
            self.figures.seconds = perf_counter() - self._began
            if self._progress is not None:
                self._progress(self.figures)
        return self.figures

    async def _live(self, until: int) -> None:
        """The life of one file, to its last cut or until nothing can be done with it any more."""
        book, folder, usable = Book(), Folder(), True
        while usable and self.figures.cuts < until:
            self._processes += 1
            luck = self._luck.fork(self._processes)
            disk = Disk(luck.fork("disk"), folder)
            end = _End(disk, luck.fork("end"))
            await self._write(disk, end, luck, book)
            if luck.happens(0.7 if end.sync_failed else 0.2):
                self.figures.deaths += 1
                seen = self._look(folder, luck, book)
            else:
                self.figures.moments[end.met] += 1
                for fate in range(min(_FATES, until - self.figures.cuts)):
                    found = disk.folder.after_cut(luck.fork("fate", fate))
                    seen = self._look(found, luck, book)
                    self.figures.cuts += 1
                folder = found
            usable = seen is not None and seen.whole and seen.sound
            if seen is not None:
                book.go_on_from(seen)
        if usable:
            self._check_chains(folder, book)

    async def _write(self, disk: Disk, end: "_End", luck: Luck, book: Book) -> None:
        """What one process does with the file, from opening it to its end."""
        before = book.written, book.told
        try:
            store = self._open(disk, luck)
        except UnusableFile as error:
            end.met = f"{end.met}, opening"
            if not end.expected:
                book.surprises.append(repr(error))
        else:
            await book.fill(store, luck.fork("writers"), self._confirm)
            if luck.happens(0.5) and not disk.dark:
                store.close()
                end.met = f"{end.met}, closing"
            disk.end()
            store.die()
        disk.leave()
        self.figures.failed_syncs += end.sync_failed
        self.figures.pieces_written += book.written - before[0]
        self.figures.pieces_told += book.told - before[1]
        self.figures.surprises.update(book.surprises)
        book.surprises.clear()

    def _look(self, folder: Folder, luck: Luck, book: Book) -> Seen | None:
        """Open the file and hold it against the book; None when it is damaged."""
        disk = Disk(luck.fork("look"), folder)
        store, seen = None, None
        try:
            store = self._open(disk, luck)
            seen = book.look(store)
        except (UnusableFile, StoreTrouble, SQLAlchemyError):
            pass  # whatever it is, a file that is sound says nothing of the kind
        finally:
            disk.end()
            if store is not None:
                store.die()
            disk.leave()
        self.figures.count(seen)
        return seen

    def _check_chains(self, folder: Folder, book: Book) -> None:
        disk = Disk(self._luck, folder)
        store = self._open(disk, self._luck.fork("chains"))
        self.figures.broken_chains += book.broken_chains(store)
        store.close()
        disk.leave()

    def _open(self, disk: Disk, luck: Luck) -> Store:
        pages, cache = luck.choose((4, 12, 40, 1000)), luck.choose((10, 2000))

        def connect() -> Connection:
            return Connection(str(FILE), disk, pages, cache)

        return open_store(FILE, TABLES, connect=connect, durable=self.figures.durable)


class _End:
    """Chooses at which call the process ends, and before that perhaps a sync that fails."""

    def __init__(self, disk: Disk, luck: Luck) -> None:
        self.met = "idle"
        self.sync_failed = False
        self._disk = disk
        self._left = luck.below(luck.choose((20, 80, 240)))
        self._syncs = luck.below(8) if luck.happens(0.15) else -1
        disk.asked = self._asked

    @property
    def expected(self) -> bool:
        """Whether the store has a reason to refuse."""
        return self._disk.dark or self.sync_failed

    def _asked(self, what: str, file: str) -> int | None:
        if what not in CHANGES:
            return None
        self._left -= 1
        if self._left < 0:
            self.met = f"{what} {(file.removeprefix(str(FILE)) or 'file').split()[0]}"
            self._disk.end()
            return FAILURES[what]
        if what == "sync" and self._syncs >= 0:
            self._syncs -= 1
            if self._syncs < 0:
                self.sync_failed = True
                return FAILURES[what]
        return None
