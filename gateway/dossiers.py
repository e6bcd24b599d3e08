"""A dossier as the journal knows it: the case it is, and where it stands."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from flow_model.case import Case, fold
from flow_model.catalogue import Catalogue
from flow_model.documents import changed
from flow_model.errors import UnknownThing
from flow_model.events import Event, canonical
from flow_model.group import Group
from flow_model.progress import Move, next_moves
from gateway.journal import RUN_LOG, Journal, WrittenRun
from gateway.memory import Dossier, Memory, RunMemory
from gateway.runs import Run

__all__ = ["Dossier", "Dossiers", "case_of"]

# What a supplement says takes the place of what was declared.
CHANGES_THE_CASE = "supplement_sent"


class Dossiers:
    """Reads dossiers out of the journal, and remembers them while nobody else writes to their run."""

    def __init__(self, journal: Journal, catalogue: Catalogue) -> None:
        self._journal = journal
        self._memory = Memory()
        self.catalogue = catalogue
        journal.listeners.append(self._go_on)

    def find(self, run: Run, dossier: str) -> Dossier:
        """The dossier of this code in this run; another run's dossier is as unknown as none."""
        found = self._known(run).dossiers.get(dossier)
        if found is None:
            raise UnknownThing(
                f"Không có hồ sơ {dossier} trong lượt chạy này", f"no dossier {dossier} in this run"
            )
        return found

    def read(self, run: Run, dossier: str) -> Dossier:
        """The same, read from the journal itself: for those who want to see whether its chain holds."""
        self.find(run, dossier)
        return self.of(run, self._journal.read(run.run_id, dossier))

    def read_all(self, run: Run) -> list[Dossier]:
        """Every dossier of a run, by code, read from the journal itself."""
        return [self.of(run, history) for history in self._journal.read_all(run.run_id).values()]

    def of(self, run: Run, history: Sequence[Event]) -> Dossier:
        """The dossier that a history tells of."""
        case = case_of(run, self.catalogue, history)
        return Dossier(case, history, fold(case, history))

    def count_events(self, run: Run, kind: str, dossier: str | None, procedure: str | None) -> int:
        """How many events of a kind stand in the journal of a run, of one dossier and procedure or of all."""
        return self._journal.count(run.run_id, kind, dossier, procedure)

    def all(self, run: Run) -> list[Dossier]:
        """Every dossier of a run, by code."""
        known = self._known(run).dossiers
        return [known[code] for code in sorted(known)]

    def first(self, run: Run) -> tuple[Dossier, Move] | None:
        """What is to be done first in a run, and for which dossier."""
        return self._known(run).first()

    def due(self, run: Run) -> list[tuple[Dossier, Move]]:
        """What is to be done by now, one thing for each dossier."""
        return self._known(run).due(run.now)

    def owes(self, run: Run, dossier: str, about: str) -> bool:
        """Whether something about this procedure, or party, is to be done by now and stands in no event yet.

        It may have been done all the same, by a gateway that died before it could write it down.
        """
        found = self._known(run).dossiers.get(dossier)
        if found is None:
            return False
        due = [move for move in next_moves(found.case, found.progress) if move.at <= run.now]
        return any(about in (move.about, move.detail.get("issuer")) for move in due)

    def about(self, run: Run, group: str, natural_key: str) -> Iterator[Dossier]:
        """The dossiers of a run about one life event."""
        return self._known(run).about(group, natural_key)

    def forget(self, run_id: str) -> None:
        """Drop what is remembered of a run."""
        self._memory.forget(run_id)

    def _known(self, run: Run) -> RunMemory:
        failures = self._journal.store.failures
        known = self._memory.get(run.run_id, run.version, failures)
        if known is None:
            known = RunMemory(run.version, failures)
            known.fill(self.read_all(run))
            self._memory.put(run.run_id, known)
        return known

    def _go_on(self, run: WrittenRun, before: int, events: Sequence[Event]) -> None:
        """Something was appended to a run: what is remembered goes on from there, or is dropped."""
        known = self._memory.get(run.run_id, before, self._journal.store.failures)
        if known is None or not isinstance(run, Run):
            return
        added: dict[str, list[Event]] = {}
        for event in events:
            if event.dossier != RUN_LOG:
                added.setdefault(event.dossier, []).append(event)
        for code, new in added.items():
            there = known.dossiers.get(code)
            if there is None or any(event.kind == CHANGES_THE_CASE for event in new):
                known.put(self.of(run, [*(there.history if there else ()), *new]))
            else:
                history = [*there.history, *new]
                known.put(Dossier(there.case, history, fold(there.case, history)))
        known.version = run.version


def case_of(run: Run, catalogue: Catalogue, history: Sequence[Event]) -> Case:
    """What is fixed about a dossier: the declaration, with the changes its supplements made."""
    declared = history[0].payload
    group = catalogue.group(declared["group"])
    document = declared["declaration"]
    for event in history[1:]:
        if event.kind == CHANGES_THE_CASE:
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
