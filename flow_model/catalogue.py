"""Finds every ``*_flow`` folder beside this one. Nobody imports a flow by name."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from flow_model.declaration_pages import load_pages
from flow_model.errors import BadContract, UnknownThing
from flow_model.group import Group, Procedure

HERE = Path(__file__).resolve().parent.parent


class Catalogue:
    """The groups of this installation, by id."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self.groups: dict[str, Group] = {}
        for group in sorted(groups, key=lambda group: group.id):
            if group.id in self.groups:
                both = " and ".join((self.groups[group.id].folder, group.folder))
                raise BadContract("catalogue", f"two groups have the id {group.id}: {both}")
            self.groups[group.id] = group
        letters = [group.letter for group in self.groups.values()]
        if len(set(letters)) != len(letters):
            raise BadContract("catalogue", f"two groups share a dossier letter: {', '.join(letters)}")
        laws = {group.id: set(group.law.profiles) for group in self.groups.values()}
        for group_id, profiles in laws.items():
            if profiles != next(iter(laws.values())):
                raise BadContract(group_id, "knows other law profiles than the other groups")

    def group(self, group_id: str) -> Group:
        """The group of this id; raises UnknownThing with the known ids."""
        if group_id not in self.groups:
            known = ", ".join(self.groups)
            raise UnknownThing(
                f"Không có nhóm “{group_id}”; có: {known}", f"no group {group_id!r}; there are: {known}"
            )
        return self.groups[group_id]

    def agencies(self) -> list[str]:
        """The agencies that some procedure names, sorted."""
        return sorted({each.agency for group in self.groups.values() for each in group.procedures})

    def procedures_of(self, agency: str) -> dict[tuple[str, str], Procedure]:
        """The procedures an agency decides, by (group, procedure)."""
        return {
            (group.id, each.id): each
            for group in self.groups.values()
            for each in group.procedures
            if each.agency == agency
        }


def load_groups(root: Path) -> list[Group]:
    """The GROUP of each ``*_flow`` package directly below a folder."""
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    groups = []
    for folder in sorted(root.glob("*_flow")):
        if (folder / "__init__.py").is_file():
            module = import_module(folder.name)
            if not isinstance(getattr(module, "GROUP", None), Group):
                raise BadContract(folder.name, "__init__.py must offer GROUP")
            groups.append(_with_pages(folder, module.GROUP))
    return groups


def _with_pages(folder: Path, group: Group) -> Group:
    """With what its ``pages.toml`` says, which need not be mentioned in the code of the flow."""
    file = folder / "pages.toml"
    if group.pages_declared is not None or not file.is_file():
        return group
    return replace(group, pages_declared=load_pages(file, group.declaration))


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The groups that lie beside ``flow_model``."""
    return Catalogue(load_groups(HERE))
