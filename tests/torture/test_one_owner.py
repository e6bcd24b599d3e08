"""SQLite can damage a file when two connections reset its log at once: the file is for one process alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from chassis import sqlite_file
from chassis.sqlite_file import wal_reset_race
from chassis.storage import open_store
from gateway.tables import RunRow

OPEN = """
import sys
from pathlib import Path
from chassis.store_errors import UnusableFile
from chassis.storage import open_store
from gateway.tables import RunRow
try:
    open_store(Path(sys.argv[1]), [RunRow])
except UnusableFile as error:
    print(error.detail_vi, error.detail_en, sep="\\n")
else:
    print("opened")
"""


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_which_versions_have_the_race(version: tuple[int, int, int], affected: bool) -> None:
    assert wal_reset_race(version) is affected


@pytest.mark.parametrize("affected", [True, False])
def test_an_affected_version_opens_the_file_for_one_process_alone(
    affected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "wal_reset_race", lambda _version: affected)
    store = open_store(tmp_path / "town.sqlite", [RunRow])
    with store.connection() as connection:
        mode = connection.exec_driver_sql("PRAGMA locking_mode").scalar_one()
    store.close()
    assert mode == ("exclusive" if affected else "normal")


def test_a_second_process_is_told_that_the_file_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "wal_reset_race", lambda _version: True)
    file = tmp_path / "town.sqlite"
    store = open_store(file, [RunRow])
    second = subprocess.run(
        [sys.executable, "-c", OPEN, str(file)], capture_output=True, check=True, encoding="utf-8", timeout=60
    )
    store.close()
    told = second.stdout.splitlines()
    assert "một tiến trình khác đang mở tệp này" in told[0]
    assert "another process has this file open" in told[1]
    assert "end that one, or name another file" in told[1]
    assert "restore a copy" not in told[1], "nothing is wrong with it"
    assert str(file) in told[1]
