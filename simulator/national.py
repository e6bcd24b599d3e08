"""What is believed of a national year of a group: ``national.toml`` of its folder, with a source each row."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flow_model.catalogue import HERE
from flow_model.errors import BadContract
from flow_model.group import Group
from flow_model.reading import read_toml
from simulator.plan import Kind, Odds


@dataclass(frozen=True)
class Desk:
    """Where a procedure is worked on, and by how many officers at each office.

    ``shared``: one office for an area of communes. Desks of one ``name`` have common officers.
    """

    shared: bool
    officers: int
    name: str


@dataclass(frozen=True)
class National:
    """A group in a national year: dossiers a year, kinds of families, what officers find, who sits where."""

    group: Group
    per_year: int
    confidence: str
    source: str
    kinds: tuple[Kind, ...]
    odds: Mapping[str, Odds]
    desks: Mapping[str, Desk]

    def under(self, law: str) -> "National":
        """With the procedures that this law holds on both paths, as families choose them then."""
        held = [{each.id for each in self.group.in_force(law, path)} for path in ("separate", "interlinked")]
        kinds = [replace(kind, procedures=tuple(p for p in kind.procedures if all(p in h for h in held)))
                 for kind in self.kinds]  # fmt: skip
        return replace(self, kinds=tuple(kinds))


def has_national_year(group: Group) -> bool:
    """Whether anything is believed of a national year of a group: its author need not say it."""
    return (HERE / _file_of(group)).is_file()


def _file_of(group: Group) -> str:
    return Path(group.assumptions.where).parent.name + "/national.toml"


def national(group: Group) -> National:
    """Read a group's national year; raises BadContract for a row with no source, or shares that are not 1."""
    where = _file_of(group)
    if not has_national_year(group):
        raise BadContract(group.id, f"{where} is missing: nothing is known of a national year")
    document = read_toml(HERE / where)
    for table in ("kind", "odds", "desk"):
        for row in document.get(table, []):
            if not row.get("source"):
                raise BadContract(where, f"a row of {table} has no source")
    kinds = tuple(_kind(row) for row in document["kind"])
    if abs(sum(kind.share for kind in kinds) - 1) > 1e-9:
        raise BadContract(where, "the shares of the kinds do not add up to 1")
    desks = {row["procedure"]: _desk(row) for row in document["desk"]}
    missing = [each.id for each in group.procedures if each.id not in desks]
    if missing:
        raise BadContract(where, f"no desk for {', '.join(missing)}")
    common = {(each.name, each) for each in desks.values()}
    if len(common) != len({name for name, _ in common}):
        raise BadContract(where, "desks of one name differ in their offices or officers")
    return National(
        group=group,
        per_year=int(document["volume"]["per_year"]),
        confidence=document["volume"]["confidence"],
        source=document["volume"]["source"],
        kinds=kinds,
        odds={row["procedure"]: _odds(row) for row in document["odds"]},
        desks=desks,
    )


def _desk(row: Mapping[str, Any]) -> Desk:
    return Desk(row["office"] == "area", int(row["officers"]), row.get("name", row["procedure"]))


def _kind(row: Mapping[str, Any]) -> Kind:
    return Kind(
        id=row["id"],
        share=float(row["share"]),
        procedures=tuple(row["procedures"]),
        conditions=frozenset(row.get("conditions", ())),
        consents={name: tuple(parties) for name, parties in row.get("consents", {}).items()},
        situation=row.get("situation", ""),
    )


def _odds(row: Mapping[str, Any]) -> Odds:
    names = ("rejected", "supplemented", "verified", "unanswered", "silent", "returned")
    return Odds(**{name: float(row.get(name, 0.0)) for name in names})
