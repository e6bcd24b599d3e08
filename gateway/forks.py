"""Forks: the same past, another decision, act or fault, and what follows from it.

A fork is a run of its own with the same terms, so the same luck and the same chain of hashes. What people did
is done again up to the chosen event; then the world goes another way. It shares its prefix exactly, because
every event is a function of terms and acts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from flow_model.errors import NotAllowedNow, UnknownThing
from flow_model.events import Event, canonical
from flow_model.faults import LiveFault, OfficerDecides
from gateway.acts import Acts
from gateway.dossiers import Dossier, Dossiers
from gateway.driver import Driver
from gateway.fault_names import require_known
from gateway.journal import RUN_LOG, Journal, Note
from gateway.runs import Run, Runs

Json = dict[str, Any]
# What an officer does to an application at one turn ends with one of these.
_TURNS = ("supplement_requested", "returned_to_issuer")
_OUTCOMES = (*_TURNS, "granted", "rejected")


@dataclass(frozen=True)
class Instead:
    """What is different: a decision in place of the officer's, somebody's act, or faults."""

    decision: Json | None = None
    act: Json | None = None
    faults: Sequence[Json] = ()

    def as_json(self) -> Json:
        """As it stands in the branch's log."""
        return {"decision": self.decision, "act": self.act, "faults": list(self.faults)}


@dataclass(frozen=True)
class Fork:
    """A branch, and what follows the common past on both sides."""

    run_id: str
    dossier: str
    shared: int
    original: list[Event]
    branch: list[Event]


class Forks:
    """Makes branches of a run, and compares them."""

    def __init__(self, journal: Journal, runs: Runs, dossiers: Dossiers, driver: Driver, acts: Acts) -> None:
        self._journal = journal
        self._runs = runs
        self._dossiers = dossiers
        self._driver = driver
        self._acts = acts

    async def make(self, run_id: str, dossier: str, at: int, instead: Instead, name: str | None) -> Fork:
        """Branch at an event and let the branch run to its end; the same again gives the same branch.

        With a decision the branch shares all events before the one at which the officer decides; with an
        act or a fault, all events up to the instant of the chosen one.
        """
        original = self._runs.find(run_id)
        found = self._dossiers.find(original, dossier)
        if not 1 <= at <= len(found.history):
            raise UnknownThing(
                f"Hồ sơ {dossier} có {len(found.history)} sự kiện, không có sự kiện thứ {at}",
                f"dossier {dossier} has {len(found.history)} events, and none is number {at}",
            )
        event = found.history[at - 1]
        content = canonical({"dossier": dossier, "at": at, "instead": instead.as_json()})
        fork_id = name or f"{run_id[:40]}-fork-{sha256(content).hexdigest()[:10]}"
        if not await self._is_made(fork_id):
            await self._grow(original, fork_id, found, event, instead)
        return self.compare(run_id, fork_id, dossier)

    async def _is_made(self, fork_id: str) -> bool:
        """Whether this branch stands already; one that was left half-grown is removed."""
        try:
            self._runs.find(fork_id)
        except UnknownThing:
            return False
        if any(event.kind == "forked" for event in self._journal.read(fork_id, RUN_LOG)):
            return True
        await self._runs.remove(fork_id)
        return False

    async def _grow(
        self, original: Run, fork_id: str, found: Dossier, event: Event, instead: Instead
    ) -> None:
        fork = await self._runs.open(fork_id, original.terms)
        if instead.decision is not None:
            told = _told(found, event, instead.decision)
            require_known([told], self._dossiers.catalogue, self._runs.services)
            await self._runs.add_faults(fork, "fork", [told])
        for acted in self._journal.read(original.run_id, RUN_LOG):
            if acted.kind == "acted" and acted.at <= event.at:
                await self._go_to(fork_id, acted.at)
                content = dict(acted.payload)
                await self._acts.do(fork_id, content.pop("act"), **content)
        if instead.decision is None:
            await self._go_to(fork_id, event.at)
        if instead.faults:
            await self._acts.do(fork_id, "add_faults", name="fork", faults=list(instead.faults))
        if instead.act is not None:
            content = dict(instead.act)
            await self._acts.do(fork_id, content.pop("act"), **content)
        await self._driver.advance(fork_id, "settled", freely=True)
        fork = self._runs.find(fork_id)
        payload = {"of": original.run_id, "at": event.sequence, "instead": instead.as_json()}
        note = Note(RUN_LOG, "forked", fork.now, actor="people", payload=payload, source="forked")
        self._journal.append(fork, [note])

    async def _go_to(self, run_id: str, at: datetime) -> None:
        if self._runs.find(run_id).now < at:
            await self._driver.advance(run_id, at, freely=True)

    def compare(self, run_id: str, fork_id: str, dossier: str) -> Fork:
        """What two runs with the same terms have in common of a dossier, and what follows in each."""
        mine = self._dossiers.find(self._runs.find(run_id), dossier).history
        other = self._dossiers.find(self._runs.find(fork_id), dossier).history
        pairs = zip(mine, other, strict=False)
        shared = next((index for index, (a, b) in enumerate(pairs) if a.hash != b.hash), None)
        shared = min(len(mine), len(other)) if shared is None else shared
        return Fork(fork_id, dossier, shared, list(mine[shared:]), list(other[shared:]))


def _told(found: Dossier, event: Event, decision: Json) -> LiveFault:
    """The decision as an officer of the branch takes it, at the turn to which the event belongs."""
    procedure = decision.get("procedure") or event.procedure
    if procedure not in found.case.procedures:
        raise NotAllowedNow(
            "Sự kiện này không thuộc thủ tục nào: hãy nêu procedure",
            "this event is of no procedure: name one",
        )
    history = [each for each in found.history if each.procedure == procedure]
    turn = sum(each.kind in _TURNS for each in history if each.sequence < event.sequence)
    return OfficerDecides.model_validate(
        {
            "kind": "officer_decides",
            "procedure": procedure,
            "dossier": found.case.dossier,
            "turn": turn,
            "stage": "decide" if _decided_later(history, event) else "take_up",
            "decision": decision["decision"],
            "reason_vi": decision.get("reason", ""),
            "reason_en": decision.get("reason", ""),
            "remedy": decision.get("remedy", []),
        }
    )


def _decided_later(history: Sequence[Event], event: Event) -> bool:
    """Whether the officer had opened the application before this event, and decided at a later instant.

    An officer who refuses or returns at first sight does so on opening it.
    """
    opened = [each for each in history if each.kind == "taken_up" and each.sequence < event.sequence]
    if not opened:
        return False
    later = [each for each in history if each.sequence > opened[-1].sequence and each.kind in _OUTCOMES]
    return bool(later) and later[0].at > opened[-1].at and later[0].sequence >= event.sequence
