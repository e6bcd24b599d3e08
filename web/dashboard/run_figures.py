"""The figures of a run, out of the measurements that the gateway makes of its dossiers."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.asking import Asking
from web.dashboard.kpis import PATHS, Share
from web.trainees import TRAINEES

Json = Mapping[str, Any]
# So many dossiers are looked at one by one; medians are of all.
MOST = 100
# What the gateway puts between the name of a run and that of its fork.
FORK = "-fork-"


@dataclass(frozen=True)
class RunFigures:
    """What was measured in a run for one group, by path. ``compared``: with the books of the services."""

    run: Json
    twin: str
    groups: Sequence[str]
    group: str
    shares: Mapping[str, Mapping[str, Share]]
    lengths: Mapping[str, Json]
    days: Mapping[str, Sequence[float]]
    agencies: Mapping[str, Mapping[str, Share]]
    looked_at: int
    dossiers: int
    compared: bool


def twin_of(runs: Sequence[Json], run_id: str) -> str:
    """The other run of a story: of equal terms, its name begun alike; nothing when there is none.

    A fork has the terms of its original too, and is no other path; so has each run of a class.
    """
    own = next((each for each in runs if each["run_id"] == run_id), None)
    if own is None or run_id.startswith(TRAINEES):
        return ""
    begun = run_id.partition("-")[0] + "-"
    alike = [
        each["run_id"]
        for each in runs
        if each["run_id"] != run_id
        and each["dossiers"]
        and each["run_id"].startswith(begun)
        and FORK not in each["run_id"]
        and each["terms"] == own["terms"]
    ]
    return alike[0] if len(alike) == 1 else ""


async def run_figures(asking: Asking, run_id: str, twin: str, group: str) -> RunFigures:
    """Everything about one group of a run and of its twin; of the first group, unless one is named."""
    names = [run_id, *([twin] if twin else [])]
    run, *summed = await asyncio.gather(
        asking.get(f"/runs/{run_id}"), *(asking.get(f"/runs/{name}/measurement") for name in names)
    )
    groups = list(dict.fromkeys(name for each in summed for name in each))
    group = group if group in groups else (groups[0] if groups else "")
    own = await _first(asking, names, group)
    found = await asyncio.gather(
        *(asking.get(f"/runs/{name}/dossiers/{each}/measurement") for name, each in own)
    )
    many = sum(_many(each, name) for each in summed for name in each)
    differing = await _differing(asking, names) if many <= MOST else None
    by_path: dict[str, list[Json]] = {path: [] for path in PATHS}
    whole: list[bool] = []
    for place, each in zip(own, found, strict=True):
        by_path[each["path"]].append(each)
        if each["path"] == "interlinked" and differing is not None:
            whole.append(place not in differing)
    lengths: dict[str, Json] = {}
    for one in reversed(summed):  # the run itself has the last word
        lengths.update(one.get(group, {}))
    return RunFigures(
        run=run,
        twin=twin,
        groups=groups,
        group=group,
        shares=_shares(by_path, whole),
        lengths=lengths,
        days={
            path: [each["elapsed_working_days"] for each in several if each["finished"]]
            for path, several in by_path.items()
        },
        agencies={path: _agencies(several) for path, several in by_path.items()},
        looked_at=len(found),
        dossiers=sum(_many(each, group) for each in summed),
        compared=differing is not None,
    )


async def _first(asking: Asking, names: Sequence[str], group: str) -> list[tuple[str, str]]:
    """The first dossiers of a group in these runs: run and code."""
    listed = await asyncio.gather(
        *(asking.get(f"/runs/{name}/dossiers", group=group or None, limit=MOST) for name in names)
    )
    return [(name, each["dossier"]) for name, some in zip(names, listed, strict=True) for each in some][:MOST]


def _many(summed: Json, group: str) -> int:
    """How many dossiers of a group a run holds."""
    return sum(int(path["n"] + path["unfinished"]) for path in summed.get(group, {}).values())


async def _differing(asking: Asking, names: Sequence[str]) -> set[tuple[str, str]]:
    """Dossiers of which a service knows something else: every application of every one is asked for."""
    told = await asyncio.gather(*(asking.get(f"/runs/{name}/reconciliation") for name in names))
    return {(name, each) for name, apart in zip(names, told, strict=True) for each in apart["dossiers"]}


def _shares(
    by_path: Mapping[str, Sequence[Json]], whole: Sequence[bool]
) -> dict[str, dict[str, Share]]:  # fmt: skip
    shares: dict[str, dict[str, Share]] = defaultdict(dict)
    for path, several in by_path.items():
        if not several:
            continue
        decided = [own for each in several for own in each["procedures"] if own["on_time"] is not None]
        shares["on_time"][path] = Share(sum(own["on_time"] for own in decided), len(decided))
        granted = [own for each in several for own in each["procedures"] if own["outcome"] == "granted"]
        shares["electronic_results"][path] = Share(
            sum(not own["collected_at"] for own in granted), len(granted)
        )
        done = [each for each in several if each["finished"]]
        shares["digitised"][path] = Share(sum(map(_digitised, done)), len(done))
        reused = sum(each["reuse"]["prefilled"] > 0 for each in several)
        shares["reuse"][path] = Share(reused, len(several))
    # The old path goes from counter to counter: no portal is told of it.
    if whole:
        shares["synchronised"]["interlinked"] = Share(sum(whole), len(whole))
    return shares


def _digitised(measure: Json) -> bool:
    return not measure["documents"] and not any(own["collected_at"] for own in measure["procedures"])


def _agencies(several: Sequence[Json]) -> dict[str, Share]:
    decided: dict[str, list[bool]] = {}
    for each in several:
        for own in each["procedures"]:
            if own["on_time"] is not None:
                decided.setdefault(own["agency"], []).append(own["on_time"])
    return {agency: Share(sum(known), len(known)) for agency, known in decided.items()}
