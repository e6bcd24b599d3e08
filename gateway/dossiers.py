"""A dossier as the journal knows it: the case it is, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flow_model.case import Case, Progress, fold
from flow_model.catalogue import Catalogue
from flow_model.documents import changed
from flow_model.errors import UnknownThing
from flow_model.events import Event, canonical
from flow_model.group import Group
from gateway.journal import Journal
from gateway.runs import Run


@dataclass(frozen=True)
class Dossier:
    """One dossier: its case, its history, and the state the history amounts to."""

    case: Case
    history: Sequence[Event]
    progress: Progress

    @property
    def declared(self) -> dict[str, Any]:
        """The payload of the declaration's event."""
        return dict(self.history[0].payload)


class Dossiers:
    """Reads dossiers out of the journal."""

    def __init__(self, journal: Journal, catalogue: Catalogue) -> None:
        self._journal = journal
        self.catalogue = catalogue

    def find(self, run: Run, dossier: str) -> Dossier:
        """The dossier of this code in this run; another run's dossier is as unknown as none."""
        history = self._journal.read(run.run_id, dossier)
        if not history or history[0].kind != "declared":
            raise UnknownThing(
                f"Không có hồ sơ {dossier} trong lượt chạy này", f"no dossier {dossier} in this run"
            )
        return self.of(run, history)

    def of(self, run: Run, history: Sequence[Event]) -> Dossier:
        """The dossier that a history tells of."""
        case = case_of(run, self.catalogue, history)
        return Dossier(case, history, fold(case, history))

    def count_events(self, run: Run, kind: str, dossier: str | None, procedure: str | None) -> int:
        """How many events of a kind stand in the journal of a run, of one dossier and procedure or of all."""
        return self._journal.count(run.run_id, kind, dossier, procedure)

    def all(self, run: Run) -> list[Dossier]:
        """Every dossier of a run, by code."""
        return [self.of(run, history) for history in self._journal.read_all(run.run_id).values()]


def case_of(run: Run, catalogue: Catalogue, history: Sequence[Event]) -> Case:
    """What is fixed about a dossier: the declaration, with the changes its supplements made."""
    declared = history[0].payload
    group = catalogue.group(declared["group"])
    document = declared["declaration"]
    for event in history[1:]:
        if event.kind == "supplement_sent":
            document = changed(document, event.payload["changes"])
    return Case(
        dossier=history[0].dossier,
        group=group,
        path=declared["path"],
        law=run.terms.law,
        seed=run.terms.seed,
        procedures=tuple(declared["procedures"]),
        declaration=_declaration(group, canonical(document).decode()),
        simulated_citizen=run.terms.citizens == "simulated",
    )


# Groups are compared by identity: there is one of each in a process.
_by_group: dict[str, Any] = {}


def _declaration(group: Group, document: str) -> Any:
    """The validated declaration; a dossier is read often, and validating is the dear part."""
    if group.id not in _by_group or _by_group[group.id][0] is not group:
        _by_group[group.id] = (group, lru_cache(maxsize=1024)(group.declaration.model_validate_json))
    return _by_group[group.id][1](document)
