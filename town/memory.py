"""How much memory a set of processes holds together."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

_KIB_PER_MB = 1_000_000 / 1024


def resident_megabytes(pids: Iterable[int]) -> float:
    """What the processes hold in memory, in units of a million bytes. A process that has ended counts as 0.

    Linux: a page that n processes share counts 1/n for each (PSS), so the sum is what they cost together.
    Elsewhere the resident sizes are added, so shared pages count several times; where nothing can be
    asked (Windows), nan.
    """
    listed = sorted(set(pids))
    if sys.platform == "linux":
        return sum(map(_proportional_kib, listed)) / _KIB_PER_MB
    if os.name == "posix":
        return _resident_kib(listed) / _KIB_PER_MB
    return float("nan")


def _proportional_kib(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except PermissionError:  # a hardened kernel shows no shares, only the resident size
        return _resident_kib([pid])
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)


def _resident_kib(pids: Iterable[int]) -> int:
    command = ["ps", "-o", "rss=", "-p", ",".join(map(str, pids))]
    listed = subprocess.run(command, capture_output=True, encoding="ascii", check=False).stdout
    return sum(map(int, listed.split()))
