"""The one record that gateway, simulator and measurement share.

An event is a fact with its instant; it is appended once and never changed. Each carries the hash
of the one before it in the same dossier, so a change, a gap or a swap is found.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

STEPS = (
    "declared",
    "sent",
    "received",
    "supplement_requested",
    "supplemented",
    "granted",
    "rejected",
    "results_returned",
)
MARKS = (
    "refused",
    "consent_requested",
    "consent_given",
    "consent_refused",
    "consent_forwarded",
    "taken_up",
    "supplement_sent",
    "verification_started",
    "returned_to_issuer",
    "correction_requested",
    "corrected",
    "personal_id_filled_in",
    "overdue",
    "visited",
    "not_started",
    "withdrawn",
    "clock_moved",
    "run_opened",
    "fault_injected",
    "message_refused",
    "acted",
    "fork_begun",
    "forked",
    "preview_shown",
    "preview_answered",
    "attempt_failed",
    "stuck",
    "put_back",
)
KINDS = frozenset(STEPS + MARKS)
PACE = ("clock", "seconds_per_working_day")
DECISIONS = ("granted", "rejected")


@dataclass(frozen=True)
class Event:
    """One line of a dossier's history. ``at`` is an aware datetime in +07:00."""

    dossier: str
    sequence: int
    kind: str
    at: datetime
    procedure: str | None = None
    round: int = 0
    actor: str = "gateway"
    payload: Mapping[str, Any] = field(default_factory=dict)
    previous_hash: str = ""
    hash: str = ""

    def as_json(self) -> dict[str, Any]:
        """The event as it is shown, stored and hashed."""
        return {
            "dossier": self.dossier,
            "sequence": self.sequence,
            "kind": self.kind,
            "procedure": self.procedure,
            "round": self.round,
            "at": self.at.isoformat(),
            "actor": self.actor,
            "payload": dict(self.payload),
            "previous_hash": self.previous_hash,
            "hash": self.hash,
        }


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def genesis(terms: Mapping[str, Any]) -> str:
    """The hash before the first event: the terms of the run, and not its name, so that two runs
    with the same terms give the same log. How the clock is moved changes nothing of what happens."""
    fixed = {name: value for name, value in terms.items() if name not in PACE}
    return sha256(canonical(fixed)).hexdigest()


def seal(event: Event, previous_hash: str) -> Event:
    """The event with its place in the chain."""
    content = event.as_json() | {"previous_hash": previous_hash}
    del content["hash"]
    return Event(
        dossier=event.dossier,
        sequence=event.sequence,
        kind=event.kind,
        at=event.at,
        procedure=event.procedure,
        round=event.round,
        actor=event.actor,
        payload=event.payload,
        previous_hash=previous_hash,
        hash=sha256(canonical(content)).hexdigest(),
    )


def first_broken(events: Iterable[Event], genesis_hash: str) -> int | None:
    """The sequence of the first event that does not fit the chain; None when all fit."""
    previous, expected = genesis_hash, 1
    for event in events:
        if event.sequence != expected or seal(event, previous).hash != event.hash:
            return expected
        previous, expected = event.hash, expected + 1
    return None
