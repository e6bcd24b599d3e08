"""A process of its own that starts, says so, and lives through a year: for start times and peak memory."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from flow_model.catalogue import catalogue
from flow_model.limits import PATHS
from simulator.study import counted
from simulator.year import Wanted, families, live, national_year
from town.bench.sample import SINCE, part_of

_ROOT = Path(__file__).resolve().parents[2]


def fresh(kernels: Path, communes: int, years: int = 0) -> tuple[float, dict[str, Any]]:
    """Seconds until a fresh process has lived through its first small year, and what it says of what follows:
    a year with every case, or so many years as histograms."""
    began = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "town.bench.fresh", str(communes), str(years)],
        cwd=_ROOT,
        env={**os.environ, "NUMBA_CACHE_DIR": str(kernels)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        seconds = perf_counter() - began
        return seconds, json.loads(process.stdout.read())


def year(communes: int) -> tuple[int, float]:
    """One year of every group on both paths in a part of the country: dossiers, and CPU seconds."""
    began, many = process_time(), 0
    place, share = part_of(communes)
    for group in catalogue().groups.values():
        wanted = Wanted(group.law.default.id, 1, SINCE, share=share)
        national = national_year(group, wanted.law)
        spanned, who = families(national, place, wanted)
        for path in PATHS:
            many += len(live(national, path, place, spanned, who, wanted).cases)
    return many, process_time() - began


def histograms(communes: int, years: int) -> tuple[int, float]:
    """So many years as one study of them, which keeps no case."""
    began, many = process_time(), 0
    place, share = part_of(communes)
    for group in catalogue().groups.values():
        wanted = Wanted(group.law.default.id, 1, SINCE, days=365 * years, share=share)
        found = counted(national_year(group, wanted.law), PATHS, place, wanted)
        many += sum(each.declared for each in found.values())
        del found  # before the next takes as much room
    return many, process_time() - began


def main(communes: int, years: int) -> None:
    """Start, and then live."""
    year(1)
    print("started", flush=True)
    many, spent = (0, 0.0)
    if communes:
        many, spent = histograms(communes, years) if years else year(communes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cases": many, "cpu_s": spent, "peak_mb": peak}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
