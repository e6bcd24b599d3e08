"""What failed again and again: it waits on the worklist of its owner, with its reason, and holds nobody up.

A move of the gateway, or an act of an agency, that met so many real faults (no fault of the story, no process
that is gone or busy) is written down as ``stuck``; ``put_back`` gives it new attempts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow_model.events import Event

Key = tuple[str, str, int]
GATEWAY = "gateway"
# What shows that whatever was stuck about a procedure has come about, or is of no use any more.
_OVERTAKEN_BY = frozenset(
    {"sent", "received", "supplemented", "granted", "rejected", "refused", "not_started", "withdrawn"}
)
_CONSENT_IS_THERE = frozenset({"consent_requested", "consent_given", "consent_refused"})


@dataclass(frozen=True)
class Stuck:
    """One thing that is stuck: what, about what, who must act, where it failed, why, since when.

    ``kept_by`` is who has it on a list and can put it back: the gateway for a move, a service for its act.
    """

    move: str
    about: str
    round: int
    owner: str
    service: str
    reason: str
    attempts: int
    since: datetime
    kept_by: str

    @property
    def key(self) -> Key:
        """The name that moves have as well."""
        return self.move, self.about, self.round

    def as_json(self) -> dict[str, Any]:
        """As it is shown."""
        return {
            "move": self.move,
            "about": self.about,
            "owner": self.owner,
            "service": self.service,
            "reason": self.reason,
            "attempts": self.attempts,
            "since": self.since.isoformat(),
        }


def stuck_payload(
    move: str, about: str, owner: str, service: str, reason: str, attempts: int
) -> dict[str, Any]:
    """What an event says of it; the reason names no person."""
    return {
        "move": move,
        "about": about,
        "owner": owner,
        "service": service,
        "reason": reason,
        "attempts": attempts,
    }


def heard_of(stuck: dict[Key, Stuck], event: Event) -> None:
    """Go on with what is stuck from one event to the next."""
    payload = event.payload
    if event.kind == "stuck":
        found = Stuck(**payload, round=event.round, since=event.at, kept_by=event.actor)
        stuck[found.key] = found
    elif event.kind == "put_back":
        _drop(stuck, [key for key in stuck if key[:2] == (payload["move"], payload["about"])])
    elif event.kind == "withdrawn" and event.procedure is None:
        stuck.clear()
    elif event.kind in _CONSENT_IS_THERE:
        _drop(stuck, [key for key in stuck if key[1] == payload["party"]])
    elif event.kind in _OVERTAKEN_BY:
        _drop(stuck, [key for key in stuck if key[1] == event.procedure])


def _drop(stuck: dict[Key, Stuck], keys: Iterable[Key]) -> None:
    for key in keys:
        del stuck[key]
