"""Families that went both ways: who they are, and in which runs and dossiers their two histories are."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow_model.events import canonical
from web.asking import Asking

PATHS = ("separate", "interlinked")
STORY = "demo-"  # what the names of the runs of the story begin with
# A run of a class or of a story holds a few; one that holds more is a year, and no family to look at.
_MOST_DOSSIERS = 20
_MOST_RUNS = 24


@dataclass(frozen=True)
class Way:
    """One dossier of a family."""

    run_id: str
    dossier: str

    @property
    def name(self) -> str:
        return f"{self.run_id}/{self.dossier}"


@dataclass(frozen=True)
class Pair:
    """The same life event of the same family on both paths."""

    group: str
    subject: str
    law: str
    seed: int
    separate: Way
    interlinked: Way
    faults: tuple[str, ...] = ()


async def runs_of(asking: Asking) -> list[Mapping[str, Any]]:
    """The runs of the gateway."""
    found: list[Mapping[str, Any]] = await asking.get("/runs", limit=500)
    return found


async def pairs(asking: Asking, runs: Sequence[Mapping[str, Any]] | None = None) -> list[Pair]:
    """Every pair that stands in these runs; in all, unless some are given."""
    known = await runs_of(asking) if runs is None else runs
    small = [run for run in known if 0 < run["dossiers"] <= _MOST_DOSSIERS]
    wanted = sorted(small, key=lambda run: not run["run_id"].startswith(STORY))[:_MOST_RUNS]
    listed = await asyncio.gather(*(asking.get(f"/runs/{run['run_id']}/dossiers") for run in wanted))
    dossiers = [(run, dossier) for run, found in zip(wanted, listed, strict=True) for dossier in found]
    return list(_paired(dossiers))


def _paired(dossiers: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Iterable[Pair]:
    """Two dossiers are of one family when the terms, the group and the person are the same."""
    found: dict[tuple[str, str, bytes], dict[str, Way]] = {}
    for run, dossier in dossiers:
        key = (dossier["group"], dossier["subject"], canonical(run["terms"]))
        found.setdefault(key, {}).setdefault(dossier["path"], Way(dossier["run_id"], dossier["dossier"]))
    for (group, subject, said), ways in found.items():
        if set(ways) == set(PATHS):
            terms = json.loads(said)
            faults = tuple(str(fault["kind"]) for fault in terms["faults"])
            yield Pair(
                group, subject, terms["law"], terms["seed"], ways["separate"], ways["interlinked"], faults
            )
