"""What is fixed about one dossier, and its state folded from history.

State is never stored: ``fold`` reads the events in order and gives, for each chosen procedure, where
it stands. No I/O, no clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from flow_model.events import Event
from flow_model.group import Group, Procedure
from flow_model.stuck import Stuck, heard_of

AGENCY_RETRIES = frozenset({"look_up", "decide", "fill_in_id"})
# What an event shows to have arrived: the kinds of moves that it is an effect of.
_SHOWS = {
    "received": ("send", "resend", "forward_consent"),
    "supplemented": ("supplement",),
    "corrected": ("ask_correction",),
    "consent_given": ("request_consent",),
    "consent_refused": ("request_consent",),
}
ENDED = frozenset({"granted", "rejected", "refused", "not_started", "withdrawn"})


@dataclass(frozen=True)
class Case:
    """One dossier: who asked for what, on which path, under which law, with which luck."""

    dossier: str
    group: Group
    path: str
    law: str
    seed: int
    procedures: tuple[str, ...]
    declaration: BaseModel
    simulated_citizen: bool = True

    def seconds(self, name: str, procedure: str, turn: int = 0) -> int:
        """The drawn duration of this name for this dossier, in whole seconds."""
        return self.group.assumptions.seconds(name, self.path, procedure, self.seed, self.dossier, turn)

    def chosen(self) -> list[Procedure]:
        """The chosen procedures, in the group's order."""
        return [self.group.procedure(each) for each in self.procedures]

    def visited(self, procedure: Procedure) -> bool:
        """Whether the citizen goes to a counter for this procedure."""
        if self.path != "separate":
            return False
        return procedure.visited_on(self.group.law.profile(self.law).as_of["separate"])


@dataclass
class Step:
    """Where one procedure stands.

    ``state`` is one of waiting, sent, received, supplement_requested, supplement_sent,
    returned_to_issuer, granted, rejected, refused, not_started, withdrawn; ``round`` counts the
    supplements asked for so far.
    """

    procedure: str
    state: str = "waiting"
    round: int = 0
    sent_at: datetime | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    decided_at: datetime | None = None
    asked_at: datetime | None = None
    answer_by: datetime | None = None
    collected_at: datetime | None = None
    overdue: bool = False
    verified: bool = False
    reason: str = ""
    findings: tuple[Mapping[str, Any], ...] = ()
    sent_documents: tuple[str, ...] = ()
    error: Mapping[str, Any] = field(default_factory=dict)
    returns: int = 0
    corrected_at: datetime | None = None
    corrections_asked: set[tuple[str, int]] = field(default_factory=set)
    visits: dict[tuple[str, int], datetime] = field(default_factory=dict)
    consents_forwarded: set[str] = field(default_factory=set)
    results: dict[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.state in ENDED


@dataclass
class Progress:
    """Where a dossier stands.

    By move: ``try_again`` holds the instant of the next attempt, ``errors`` why the last one failed,
    ``stuck`` what is not tried again until somebody puts it back.
    """

    steps: dict[str, Step]
    declared_at: datetime | None = None
    returned_at: datetime | None = None
    withdrawn_at: datetime | None = None
    last_at: datetime | None = None
    consents_asked: set[str] = field(default_factory=set)
    consents_given: dict[str, datetime] = field(default_factory=dict)
    consents_refused: dict[str, datetime] = field(default_factory=dict)
    try_again: dict[tuple[str, str, int], datetime] = field(default_factory=dict)
    attempts: dict[tuple[str, str, int], int] = field(default_factory=dict)
    errors: dict[tuple[str, str, int], str] = field(default_factory=dict)
    stuck: dict[tuple[str, str, int], Stuck] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether the dossier has come to its end."""
        return self.returned_at is not None or self.withdrawn_at is not None

    def results(self) -> dict[str, dict[str, Any]]:
        """The results so far, by procedure."""
        return {name: step.results for name, step in self.steps.items() if step.results}

    @property
    def state(self) -> str:
        """One word for lists.

        declared, in_progress, supplement_requested, retrying, stuck, finished, withdrawn.
        """
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.finished:
            return "finished"
        if self.stuck:
            return "stuck"
        if any(step.state == "supplement_requested" for step in self.steps.values()):
            return "supplement_requested"
        if self.try_again:
            return "retrying"
        return "in_progress" if any(step.sent_at for step in self.steps.values()) else "declared"


def fold(case: Case, history: Iterable[Event]) -> Progress:
    """The state that a history amounts to."""
    progress = Progress(steps={name: Step(name) for name in case.procedures})
    for event in history:
        progress.last_at = event.at
        if event.kind not in ("attempt_failed", "fault_injected"):
            _forget_agency_retries(progress, event.procedure)
        heard_of(progress.stuck, event)
        _forget_what_arrived(progress, event)
        if event.procedure in progress.steps:
            _fold_step(progress, progress.steps[event.procedure], event)
        else:
            _fold_dossier(progress, event)
    return progress


def _fold_dossier(progress: Progress, event: Event) -> None:
    match event.kind:
        case "declared":
            progress.declared_at = event.at
        case "results_returned":
            progress.returned_at = event.at
        case "withdrawn":
            progress.withdrawn_at = event.at
        case "consent_requested":
            progress.consents_asked.add(event.payload["party"])
            _done(progress, ("request_consent", event.payload["party"], 0))
        case "consent_given":
            progress.consents_given.setdefault(event.payload["party"], event.at)
        case "consent_refused":
            progress.consents_refused.setdefault(event.payload["party"], event.at)
        case "attempt_failed":
            _failed(progress, event)


def _fold_step(progress: Progress, step: Step, event: Event) -> None:  # noqa: C901, PLR0912  one arm for each kind
    match event.kind:
        case "sent":
            step.state, step.sent_at = "sent", event.at
            step.consents_forwarded.update(event.payload.get("consents", ()))
            _done(progress, ("send", step.procedure, event.round))
            _done(progress, ("resend", step.procedure, event.round))
        case "consent_forwarded":
            step.consents_forwarded.add(event.payload["party"])
            _done(progress, ("forward_consent", step.procedure, event.payload["order"]))
        case "received":
            step.state, step.received_at = "received", event.at
            step.sent_at = step.sent_at or event.at  # it was sent, though no answer ever said so
            step.due_at = datetime.fromisoformat(event.payload["due_at"])
        case "verification_started":
            step.verified, step.due_at = True, datetime.fromisoformat(event.payload["due_at"])
        case "supplement_requested":
            step.state, step.round, step.asked_at = "supplement_requested", event.round, event.at
            step.answer_by = datetime.fromisoformat(event.payload["answer_by"])
            step.reason, step.findings = event.payload["reason"], tuple(event.payload["findings"])
        case "supplement_sent":
            step.state = "supplement_sent"
            step.sent_documents += tuple(event.payload["documents"])
            _done(progress, ("supplement", step.procedure, event.round))
        case "supplemented":
            step.state, step.due_at = "received", datetime.fromisoformat(event.payload["due_at"])
        case "returned_to_issuer":
            step.state, step.error, step.returns = "returned_to_issuer", event.payload, step.returns + 1
        case "correction_requested":
            step.corrections_asked.add((event.payload["found_by"], event.round))
            _done(progress, ("ask_correction", event.payload["found_by"], event.round))
        case "corrected":
            step.corrected_at, step.results = event.at, dict(event.payload["results"])
        case "withdrawn" if step.ended:
            pass  # the agency confirms that an application whose branch has ended is taken back
        case "granted" | "rejected" | "refused" | "not_started" | "withdrawn":
            step.state, step.decided_at = event.kind, event.at
            step.results = dict(event.payload.get("results", {}))
            step.reason = event.payload.get("reason", "")
        case "personal_id_filled_in":
            step.results |= event.payload["results"]
        case "overdue":
            step.overdue = True
        case "visited":
            step.visits[event.payload["purpose"], event.round] = event.at
            _done(progress, ("visit", step.procedure, event.round))
            if event.payload["purpose"] == "collect":
                step.collected_at = event.at
        case "attempt_failed":
            _failed(progress, event)


def _failed(progress: Progress, event: Event) -> None:
    key = (event.payload["move"], event.payload["about"], event.round)
    progress.try_again[key] = datetime.fromisoformat(event.payload["next_try_at"])
    progress.attempts[key] = event.payload["attempt"]
    progress.errors[key] = f"{event.payload['service']}: {event.payload['reason']}"


def _forget_agency_retries(progress: Progress, procedure: str | None) -> None:
    """An agency's own retry (a look-up, an ID to fill in) is over once it tells anything else."""
    for key in [key for key in progress.try_again if key[1] == procedure and key[0] in AGENCY_RETRIES]:
        _done(progress, key)


def _forget_what_arrived(progress: Progress, event: Event) -> None:
    """What was sent has its effect, so it arrived, though the answer may have been lost: no more attempts."""
    kinds = _SHOWS.get(event.kind, ())
    if not kinds:
        return
    about = {event.procedure, event.payload.get("party")}
    if event.kind == "corrected":  # asked for by those who found the error
        about = {name for name, step in progress.steps.items() if step.error.get("issuer") == event.procedure}
    for key in [key for key in progress.try_again if key[0] in kinds and key[1] in about]:
        _done(progress, key)


def _done(progress: Progress, key: tuple[str, str, int]) -> None:
    progress.try_again.pop(key, None)
    progress.attempts.pop(key, None)
    progress.errors.pop(key, None)
