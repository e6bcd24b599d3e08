"""The power goes at any call, a process dies, a sync fails: what was told to be kept is there, and whole.

The controls show that the test sees: with a weaker `synchronous`, or a store that answers early, it is red.
"""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import insert, select

from chassis.storage import Store, open_store
from chassis.store_errors import StoreBroken, UnusableFile
from gateway.journal import RUNS
from gateway.tables import RunRow
from town.torture import power_cuts
from town.torture.apsw_driver import Connection
from town.torture.crash_content import Folder
from town.torture.crash_vfs import FAILURES, Disk
from town.torture.luck import Luck
from town.torture.writers import TABLES

FILE = Path("/town.sqlite")


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_nothing_that_was_told_to_be_kept_is_lost(seed: int) -> None:
    figures = power_cuts.cut(500, seed, "FULL")
    assert figures.unharmed, figures
    assert figures.cuts == 500
    assert figures.pieces_told > 250
    assert min(figures.deaths, figures.failed_syncs) > 5
    met = " ".join(figures.moments)
    for moment in ("write -wal", "sync -wal", "write file", "sync file", "opening", "closing", "idle"):
        assert moment in met, f"never cut at: {moment}"


def test_a_weaker_way_of_keeping_is_seen_to_lose() -> None:
    normal, off = power_cuts.cut(100, 1, "NORMAL"), power_cuts.cut(100, 1, "OFF")
    assert normal.pieces_lost > 0
    assert normal.damaged + normal.halves == 0
    assert off.damaged > 0


def test_a_store_that_answers_before_its_commit_is_seen() -> None:
    async def at_once(_store: Store) -> None:
        pass

    assert power_cuts.cut(100, 1, "FULL", confirm=at_once).pieces_lost > 0


@contextmanager
def garbage_collected(*, every: int) -> Iterator[None]:
    """So many objects more, and the collector looks; never with 0. What a cut does must not hang on it."""
    before = gc.get_threshold()
    gc.set_threshold(every, 2, 2)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def test_the_same_seed_gives_the_same_figures_and_they_are_told() -> None:
    heard: list[int] = []
    report = power_cuts.run(30, 7, lambda done, _of: heard.append(done))
    with garbage_collected(every=20):
        assert report.full == power_cuts.cut(30, 7, "FULL")
    with garbage_collected(every=0):
        assert report.full == power_cuts.cut(30, 7, "FULL")
    assert report.fine
    assert report.as_json()["full"]["cuts"] == 30 == heard[0]
    console = Console(record=True, width=120)
    console.print(report.table())
    assert "NORMAL" in console.export_text()


# what the cuts found, one by one


@pytest.fixture
def folder() -> Folder:
    return Folder()


def opened(folder: Folder) -> tuple[Store, Disk]:
    disk = Disk(Luck(1), folder)
    return open_store(FILE, TABLES, connect=lambda: Connection(str(FILE), disk)), disk


def write(store: Store, run_id: str) -> None:
    with store.connection() as connection:
        connection.execute(insert(RUNS).values(RunRow(run_id=run_id, terms="{}", now="").model_dump()))


def runs(folder: Folder) -> list[str]:
    store, disk = opened(folder)
    with store.connection() as connection:
        found = list(connection.execute(select(RUNS.c.run_id).order_by(RUNS.c.run_id)).scalars())
    end(store, disk)
    return found


def end(store: Store, disk: Disk) -> None:
    disk.end()
    store.die()
    disk.leave()


def failing(what: str, file: str) -> int | None:
    return FAILURES[what] if what == "sync" and file.endswith("-wal") else None


def test_what_no_disk_keeps_is_written_anew_before_anybody_reads_it(folder: Folder) -> None:
    """Linux shows what a failed sync did not write, and writes it no more."""
    store, disk = opened(folder)
    write(store, "first")
    disk.asked = failing
    with pytest.raises(StoreBroken):
        write(store, "second")
    end(store, disk)
    seen = runs(folder)
    store, disk = opened(folder)
    write(store, "third")
    end(store, disk)
    for fate in range(20):
        assert runs(folder.after_cut(Luck(fate))) == sorted([*seen, "third"])


@pytest.mark.parametrize("what", ["read", "write", "sync"])
def test_a_trouble_that_undoes_the_whole_transaction_is_told_as_what_it_is(what: str, folder: Folder) -> None:
    """SQLite has then forgotten the savepoint too, and undoing the piece fails on top."""
    runs(folder)
    store, disk = opened(folder)
    disk.asked = lambda asked, _file: FAILURES[asked] if asked == what else None
    with pytest.raises(StoreBroken):
        write(store, "first")
    disk.asked = lambda _what, _file: None
    with pytest.raises(StoreBroken):  # and so it stays until the file is opened, and so looked at, again
        store.check()
    end(store, disk)
    # What a failed sync left is there, for nobody was told so, and gone if the power went.
    assert runs(folder) == (["first"] if what == "sync" else [])


async def test_who_asks_only_after_the_commit_failed_is_told_as_well(folder: Folder) -> None:
    store, disk = opened(folder)
    disk.asked = failing
    written, over = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        write(store, "first")
        written.set()
        await over.wait()
        await store.durable()

    task = asyncio.create_task(late())
    await written.wait()
    over.set()
    with pytest.raises(StoreBroken):
        await task
    end(store, disk)


def test_a_disk_that_fails_at_the_start_is_named_to_the_operator(folder: Folder) -> None:
    disk = Disk(Luck(1), folder)
    disk.asked = lambda what, _file: FAILURES[what] if what == "write" else None
    with pytest.raises(UnusableFile, match=r"town\.sqlite"):
        open_store(FILE, TABLES, connect=lambda: Connection(str(FILE), disk))
    disk.leave()
