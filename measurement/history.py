"""What a history says of the whole dossier: its order, its beginning and its end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flow_model.events import Event


@dataclass(frozen=True)
class Span:
    """The time that a dossier takes, or has taken so far.

    ``finished`` is true only when the results were returned: what was withdrawn, or still goes on, is
    no measure of how long things take.
    """

    starts_at: datetime
    ends_at: datetime
    finished: bool


def in_order(history: Iterable[Event]) -> list[Event]:
    """The events by instant, and by number within one instant."""
    return sorted(history, key=lambda event: (event.at, event.sequence))


def declared_in(history: Iterable[Event]) -> Event:
    """The declaration; raises ValueError for a history without one."""
    for event in history:
        if event.kind == "declared":
            return event
    raise ValueError("a dossier begins with a declaration; this history has none")


def span_of(history: Sequence[Event], now: datetime | None = None) -> Span:
    """From the declaration to the return of the results.

    A dossier that still goes on is measured until ``now``, or until its last event when ``now`` is not
    given or lies before it. A withdrawn one ends when it was withdrawn.
    """
    starts_at = declared_in(history).at
    for event in history:
        if event.kind in ("results_returned", "withdrawn"):
            return Span(starts_at, event.at, event.kind == "results_returned")
    last_at = max(event.at for event in history)
    return Span(starts_at, last_at if now is None else max(now, last_at), False)
