"""A disk without room in three ways, and one that fails, under the SQLite of the system: in a child."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.table import Table
from sqlalchemy import select

from chassis.storage import open_store
from gateway.journal import RUNS
from town.torture.disk_child import PAGES, SIZE, STRACE
from town.torture.writers import TABLES

ENOSPC, EIO = "ENOSPC (strace)", "EIO at fsync (strace)"
WAYS = (PAGES, SIZE, ENOSPC, EIO)
# What is told: the one that can wait for room, or the one after which the file is opened again.
EXPECTED = {PAGES: "store-full", SIZE: "store-broken", ENOSPC: "store-full", EIO: "store-broken"}
# From the first number on, every so many calls. The first ones are those of opening a new file.
_INJECTED = {ENOSPC: "pwrite64:error=ENOSPC:when=90+97", EIO: "fdatasync,fsync:error=EIO:when=12+13"}
_SECONDS = 170


@dataclass
class Borne:
    """What one way came to. ``skipped``: why it was not tried."""

    way: str
    met: dict[str, int] = field(default_factory=dict)
    told: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    skipped: str = ""

    @property
    def fine(self) -> bool:
        """Whether trouble came, was told as what it is, and cost nothing that was told to be kept."""
        return bool(self.skipped) or (self.met.get(EXPECTED[self.way], 0) > 0 and not self.wrong)


@dataclass
class Report:
    """All ways."""

    ways: list[Borne] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether each is."""
        return all(each.fine for each in self.ways)

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {"fine": self.fine, "ways": [asdict(each) for each in self.ways]}

    def table(self) -> Table:
        """For a terminal."""
        table = Table(box=None, pad_edge=False)
        for title in ("the disk", "answers", "told", "wrong"):
            table.add_column(title, justify="right" if title == "told" else "left")
        for each in self.ways:
            answers = each.skipped or ", ".join(f"{n} {slug}" for slug, n in sorted(each.met.items()))
            wrong = ", ".join(f"{n} {what}" for what, n in each.wrong.items())
            table.add_row(each.way, answers, f"{each.told:,}", wrong)
        return table


def run(
    times: int = 20, ways: Sequence[str] = WAYS, progress: Callable[[Borne], None] | None = None
) -> Report:
    """Each way, until so many troubles were met."""
    report = Report()
    for way in ways:
        report.ways.append(bear(way, times))
        if progress is not None:
            progress(report.ways[-1])
    return report


def bear(way: str, times: int) -> Borne:
    """One way; afterwards the file is opened here and held against what the child was told."""
    why_not = _why_not(way)
    if why_not:
        return Borne(way, skipped=why_not)
    with TemporaryDirectory(prefix="town-disk-") as folder:
        file = Path(folder) / "town.sqlite"
        said = _child(way, times, file)
        wrong = Counter(said["wrong"])
        wrong["lost at the end"] += _lost(file, said["told"])
        return Borne(way, said["met"], sum(said["told"].values()), dict(+wrong))


def _why_not(way: str) -> str:
    if way == SIZE and sys.platform == "win32":
        return "no RLIMIT_FSIZE here"
    if way not in _INJECTED:
        return ""
    strace = shutil.which("strace")
    if strace is None:
        return "no strace here"
    nothing = [strace, "-qq", "-o", "/dev/null", sys.executable, "-c", ""]
    tried = subprocess.run(nothing, check=False, capture_output=True)
    return "" if tried.returncode == 0 else f"strace may not trace here: {tried.stderr.decode()[:200]}"


def _child(way: str, times: int, file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "town.torture.disk_child"]
    command += [STRACE if way in _INJECTED else way, str(times), str(file)]
    if way in _INJECTED:
        calls = _INJECTED[way].partition(":")[0]
        tracing = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null"]
        command = [*tracing, "-e", f"trace={calls}", "-e", f"inject={_INJECTED[way]}", *command]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS)
    if ended.returncode != 0:
        return {"met": {}, "told": {}, "wrong": {ended.stderr.decode(errors="replace")[-2000:]: 1}}
    said: dict[str, Any] = json.loads(ended.stdout)
    return said


def _lost(file: Path, told: dict[str, int]) -> int:
    if not told:
        return 0
    store = open_store(file, TABLES)  # which looks whether it is damaged
    with store.connection() as connection:
        there = {row.run_id: row.version for row in connection.execute(select(RUNS))}
    store.close()
    return sum(max(0, version - there.get(run_id, 0)) for run_id, version in told.items())
