"""Forks: the same past, another decision, act or fault, and what follows from it.

A fork is a run of its own with the same terms, so the same luck and the same chain of hashes. What people did
is done again up to the chosen event; then the world goes another way. It shares its prefix exactly, because
every event is a function of terms and acts.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from flow_model.errors import ConflictingContent, NotAllowedNow, SandboxError, UnknownThing
from flow_model.events import Event, canonical
from flow_model.faults import LiveFault, OfficerDecides
from flow_model.faults import as_json as faults_as_json
from gateway.acts import Acts
from gateway.dossiers import Dossier, Dossiers
from gateway.driver import Driver
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
        meant = self._meant(original, found, event, instead)
        fork_id = name or f"{run_id[:40]}-fork-{sha256(canonical(meant)).hexdigest()[:10]}"
        async with self._driver.lock(fork_id):
            if not await self._is_made(fork_id, meant):
                await self._make(original, fork_id, found, event, instead, meant)
        return self.compare(run_id, fork_id, dossier)

    def _meant(self, original: Run, found: Dossier, event: Event, instead: Instead) -> Json:
        """What makes a branch this one: where it leaves which past, and what is different."""
        past = {
            "event": event.hash,
            "acts": [dict(each.payload) for each in self._acts_until(original, event)],
        }
        return {
            "of": original.run_id,
            "past": sha256(canonical(past)).hexdigest(),
            "dossier": found.case.dossier,
            "at": event.sequence,
            "instead": instead.as_json(),
        }

    def _acts_until(self, original: Run, event: Event) -> list[Event]:
        log = self._journal.read(original.run_id, RUN_LOG)
        return [each for each in log if each.kind == "acted" and each.at <= event.at]

    async def _is_made(self, fork_id: str, meant: Json) -> bool:
        """Whether this branch stands already; one that was left half-grown is removed.

        Raises ConflictingContent when the name is that of another branch, or of a run that is none.
        """
        if not self._runs.exists(fork_id) or not self._runs.find(fork_id).opened:
            return False  # opening it begins it, or says that the name is taken
        log = self._journal.read(fork_id, RUN_LOG)
        begun = next((dict(each.payload) for each in log if each.kind == "fork_begun"), None)
        if begun != meant:
            raise ConflictingContent(
                f"Đã có lượt chạy khác tên {fork_id}: hãy chọn tên khác cho nhánh này",
                f"another run is called {fork_id}: give this branch another name",
            )
        if any(each.kind == "forked" for each in log):
            return True
        await self._runs.remove(fork_id)
        return False

    async def _make(
        self, original: Run, fork_id: str, found: Dossier, event: Event, instead: Instead, meant: Json
    ) -> None:
        begun = Note(
            RUN_LOG, "fork_begun", original.terms.starts_at, actor="people", payload=meant, source="begun"
        )
        await self._runs.open(fork_id, original.terms, [begun])
        try:
            await self._grow(original, fork_id, found, event, instead)
        except SandboxError:  # what makes no sense leaves nothing behind
            with suppress(SandboxError):
                await self._runs.remove(fork_id)
            raise
        fork = self._runs.find(fork_id)
        payload = {"of": original.run_id, "at": event.sequence, "instead": instead.as_json()}
        note = Note(RUN_LOG, "forked", fork.now, actor="people", payload=payload, source="forked")
        self._journal.append(fork, [note])

    async def _grow(
        self, original: Run, fork_id: str, found: Dossier, event: Event, instead: Instead
    ) -> None:
        """Do again what people did until the event, then what is different, and go on to the end.

        A clock that moves by itself does not: the branch is held, and is where its acts were done.
        """
        if instead.decision is not None:  # known from the beginning: an officer's turn is a matter of faults
            await self._do(fork_id, _add_faults(faults_as_json([_told(found, event, instead.decision)])))
        for acted in self._acts_until(original, event):
            await self._go_to(fork_id, acted.at)
            await self._do(fork_id, acted.payload)
        if instead.decision is None:
            await self._go_to(fork_id, event.at)
        if instead.faults:
            await self._do(fork_id, _add_faults(list(instead.faults)))
        if instead.act is not None:
            await self._do(fork_id, instead.act)
        await self._driver.advance_within(self._runs.find(fork_id), "settled")

    async def _do(self, fork_id: str, act: Mapping[str, Any]) -> None:
        content = dict(act)
        await self._acts.do_within(self._runs.find(fork_id), content.pop("act"), content)

    async def _go_to(self, fork_id: str, at: datetime) -> None:
        run = self._runs.find(fork_id)
        if run.now < at:
            await self._driver.advance_within(run, at)

    def compare(self, run_id: str, fork_id: str, dossier: str) -> Fork:
        """What two runs with the same terms have in common of a dossier, and what follows in each."""
        mine = self._dossiers.find(self._runs.find(run_id), dossier).history
        other = self._dossiers.find(self._runs.find(fork_id), dossier).history
        pairs = zip(mine, other, strict=False)
        shared = next((index for index, (a, b) in enumerate(pairs) if a.hash != b.hash), None)
        shared = min(len(mine), len(other)) if shared is None else shared
        return Fork(fork_id, dossier, shared, list(mine[shared:]), list(other[shared:]))


def _add_faults(faults: Sequence[Json]) -> Json:
    """The act that adds them, under a name of their own: a branch of a branch adds more."""
    name = f"fork-{sha256(canonical(list(faults))).hexdigest()[:10]}"
    return {"act": "add_faults", "name": name, "faults": list(faults)}


def _told(found: Dossier, event: Event, decision: Json) -> LiveFault:
    """The decision as an officer of the branch takes it, at the turn to which the event belongs."""
    procedure = decision.get("procedure") or event.procedure
    if procedure not in found.case.procedures:
        raise NotAllowedNow(
            "Sự kiện này không thuộc thủ tục nào: hãy nêu procedure",
            "this event is of no procedure: name one",
        )
    history = [each for each in found.history if each.procedure == procedure]
    later = _decided_later(history, event)
    if later and decision["decision"] == "grant":
        raise NotAllowedNow(
            "Ở bước này cán bộ vốn đồng ý: hãy chọn quyết định khác, hoặc sự kiện sớm hơn",
            "the officer grants at this turn anyway: choose another decision, or an earlier event",
        )
    turn = sum(each.kind in _TURNS for each in history if each.sequence < event.sequence)
    return OfficerDecides.model_validate(
        {
            "kind": "officer_decides",
            "procedure": procedure,
            "dossier": found.case.dossier,
            "turn": turn,
            "stage": "decide" if later else "take_up",
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
