"""Where one application is at each instant: on its way, in a queue, on a desk, with the citizen.

An application is always in exactly one place; each event that moves it makes a cut. What the office
hours make of a queue is left to ``measurement.conservation``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from flow_model.case import ENDED, Case
from flow_model.events import Event
from flow_model.visits import visit_of
from measurement.office_hours import work_begins

WORK, QUEUE, TRANSPORT, CLOSED = "work", "queue", "transport", "closed"
CITIZEN, APPOINTMENT = "waiting_for_citizen", "waiting_for_appointment"
CORRECTION, RETRY = "correction", "retry"
STAGES = (WORK, QUEUE, TRANSPORT, CITIZEN, APPOINTMENT, CLOSED, CORRECTION, RETRY)

# Moves of an agency that hold up nobody: the decision was taken without them.
AFTER_THE_DECISION = frozenset({"fill_in_id"})
# A move that failed and is tried again, or waits on a worklist to be put back: nothing goes on until then.
FAILED = frozenset({"attempt_failed", "stuck"})
# What holds up nobody else either: a mark on the gateway's calendar.
MARKS = frozenset({"mark_overdue"})


class Cut(NamedTuple):
    """From this instant on, the application is in this stage."""

    at: datetime
    stage: str


def cuts_of(case: Case, procedure: str, history: Sequence[Event]) -> list[Cut]:
    """The cuts of one application, in order of time; of two at one instant the later counts."""
    parties = {consent.party for consent in case.group.procedure(procedure).consents}
    place = _Place(procedure, {each for each in _asked(history) if each in parties})
    for event in history:
        place.read(event)
    return sorted(place.cuts, key=lambda cut: cut.at)


def _holds_up(event: Event) -> bool:
    """Whether what was to be done now could not be: a move failed, or nobody was there."""
    if event.kind == "fault_injected":
        return bool(event.payload["fault"] == "absence")
    return event.kind in FAILED and event.payload["move"] not in AFTER_THE_DECISION | MARKS


def _asked(history: Sequence[Event]) -> list[str]:
    """Who was asked for a consent, or would have been if the request had arrived at once."""
    asked = [event.payload["party"] for event in history if event.kind == "consent_requested"]
    failed = [event.payload for event in history if event.kind in FAILED]
    return asked + [each["about"] for each in failed if each["move"] == "request_consent"]


@dataclass
class _Place:
    """Where the application is, while its history is read."""

    procedure: str
    needed: set[str]
    given: set[str] = field(default_factory=set)
    forwarded: set[str] = field(default_factory=set)
    on_the_way: bool = False
    on_desk_since: datetime | None = None
    decision_failed_at: datetime | None = None
    cuts: list[Cut] = field(default_factory=list)

    def read(self, event: Event) -> None:
        """Cut where the event moves the application."""
        about = event.payload.get("party", event.payload.get("about"))
        if event.procedure is None and about in self.needed:
            self._consent(event, str(about))
        elif event.kind == "correction_requested":
            if event.payload["found_by"] == self.procedure:
                self.cuts.append(Cut(event.at, CORRECTION))
        elif event.procedure == self.procedure:
            self._own(event)

    def _own(self, event: Event) -> None:
        match event.kind:
            case "visited":
                visit = visit_of(event.payload, event.at)
                self.cuts += [
                    Cut(visit.ready_at, CITIZEN),
                    Cut(visit.leaves_at, TRANSPORT),
                    Cut(visit.arrives_at, QUEUE),
                ]
            case "sent":
                self.on_the_way, self.on_desk_since = True, None
                self.forwarded.update(event.payload.get("consents", ()))
                self.cuts.append(Cut(event.at, self._before_receipt()))
            case "consent_forwarded":
                self._consent(event, event.payload["party"])
            case "received" | "taken_up" | "supplemented":
                self.on_the_way, self.on_desk_since, self.decision_failed_at = False, event.at, None
                self.cuts.append(Cut(event.at, QUEUE))
            case "supplement_requested":
                self.cuts.append(Cut(event.at, CITIZEN))
            case "supplement_sent":
                self.cuts.append(Cut(event.at, TRANSPORT))
            case "returned_to_issuer":
                self.cuts.append(Cut(event.at, CORRECTION))
            case _ if _holds_up(event):
                self._held_up(event)
            case kind if kind in ENDED:
                self._worked(event)
                self.cuts.append(Cut(event.at, APPOINTMENT))

    def _before_receipt(self) -> str:
        """Sent, not yet received: the citizen's side must agree, then the word must reach the counter."""
        if self.needed - self.given:
            return CITIZEN
        return TRANSPORT if self.needed - self.forwarded else QUEUE

    def _consent(self, event: Event, party: str) -> None:
        match event.kind:
            case "consent_given":
                self.given.add(party)
            case "consent_forwarded":
                self.forwarded.add(party)
        if self.on_the_way:
            failed = event.kind in FAILED
            self.cuts.append(Cut(event.at, RETRY if failed else self._before_receipt()))

    def _held_up(self, event: Event) -> None:
        if event.payload.get("move", "decide") == "decide":
            self.decision_failed_at = self.decision_failed_at or event.at
        self.cuts.append(Cut(event.at, RETRY))

    def _worked(self, event: Event) -> None:
        """Work is the last office time on the desk before the decision, or before it first failed."""
        work = timedelta(seconds=event.payload.get("work_seconds", 0))
        if self.on_desk_since is None or not work:
            return
        until = self.decision_failed_at or event.at
        begins = work_begins(self.on_desk_since, until, work)
        if begins < until:
            self.cuts.append(Cut(begins, WORK))
