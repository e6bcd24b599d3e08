"""What a family writes and hands in, by kind of family: counted once in the live system, and read here.

``writing.toml`` of a flow folder is made by ``python -m town.simulate.writing``: it declares for a family of
each kind, lives it through on both paths and counts what its events tell, as ``measurement`` does.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flow_model.catalogue import HERE
from flow_model.errors import BadContract
from flow_model.group import Group, Procedure
from simulator.national import National
from simulator.tally import SUPPLIED, Tally

NAME = "writing.toml"


@dataclass(frozen=True)
class Written:
    """Fields somebody typed or wrote, fields that registries filled in, and papers handed in."""

    typed: int = 0
    prefilled: int = 0
    papers: int = 0


@dataclass(frozen=True)
class Writing:
    """What one kind of family writes on one path: when declaring, and at the counter of each procedure."""

    declaring: Written = Written()
    counters: Mapping[str, Written] = field(default_factory=dict)


def writing(group: Group) -> Mapping[tuple[str, str], Writing]:
    """By kind and path; empty for a group of which nobody has counted it yet."""
    where = file_of(group)
    return from_toml(where.read_text(encoding="utf-8")) if where.exists() else {}


def file_of(group: Group) -> Path:
    """Where it stands, or will stand, what the families of a group write."""
    return HERE / Path(group.assumptions.where).parent.name / NAME


def from_toml(text: str) -> Mapping[tuple[str, str], Writing]:
    """What a file says; BadContract when it says something twice."""
    found: dict[tuple[str, str], Writing] = {}
    for row in tomllib.loads(text)["written"]:
        key = (row["kind"], row["path"])
        found[key] = _with(found.get(key, Writing()), row.get("procedure"), _written(row))
    return found


def _with(before: Writing, procedure: str | None, more: Written) -> Writing:
    if procedure is None:
        return Writing(more, before.counters)
    if procedure in before.counters:
        raise BadContract(NAME, f"{procedure} stands twice")
    return Writing(before.declaring, {**before.counters, procedure: more})


def _written(row: Mapping[str, Any]) -> Written:
    return Written(row["typed"], row["prefilled"], row["papers"])


def written(counted: Tally, year: National, procedures: Sequence[Procedure], path: str) -> Mapping[str, Any]:
    """What a dossier has people write on the average of a year: fields typed and prefilled, papers, hours of
    writing and reading. None where nobody has counted what the kinds of families write.

    A supplement that came in time brought one paper; what a correction adds to a form is not counted.
    """
    each_writes = writing(year.group)
    declared = int(counted.kinds[:, 0].sum())
    if declared == 0 or any((kind.id, path) not in each_writes for kind in year.kinds):
        return dict.fromkeys(("fields_typed", "fields_prefilled", "documents", "hours_writing"))
    typed = prefilled = papers = 0
    for number, kind in enumerate(year.kinds):
        of_kind = each_writes[kind.id, path]
        sums = [(of_kind.declaring, counted.kinds[number, 0])]
        sums += [
            (of_kind.counters.get(each.id, Written()), counted.kinds[number, 1 + place])
            for place, each in enumerate(procedures)
        ]
        typed += sum(one.typed * int(times) for one, times in sums)
        prefilled += sum(one.prefilled * int(times) for one, times in sums)
        papers += sum(one.papers * int(times) for one, times in sums)
    papers += int(counted.applications[:, SUPPLIED].sum())
    find = year.group.assumptions.find
    writes, reads = (find(name, path).mean for name in ("seconds_per_field", "read_prefilled_field"))
    return {
        "fields_typed": round(typed / declared, 4),
        "fields_prefilled": round(prefilled / declared, 4),
        "documents": round(papers / declared, 4),
        "hours_writing": round((typed * writes + prefilled * reads) / declared / 3600, 4),
    }
