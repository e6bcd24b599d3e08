"""The citizen of the old path: when each visit to a counter happens, as a pure function.

Fills the form at home, waits for the office to open, travels, queues, hands in; comes back when the
appointment slip says; carries the paper to the next counter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flow_model.case import Case
from flow_model.working_time import CALENDAR, WorkingCalendar


@dataclass(frozen=True)
class Visit:
    """One trip to a counter: leaves home, arrives at an open office, is served.

    From ``ready_at`` to ``leaves_at`` the citizen waits; then travels; then queues until served.
    """

    purpose: str
    ready_at: datetime
    leaves_at: datetime
    arrives_at: datetime
    served_at: datetime
    back_seconds: int

    def as_json(self) -> dict[str, Any]:
        """The visit as it stands in the payload of a ``visited`` event."""
        return {
            "purpose": self.purpose,
            "ready_at": self.ready_at.isoformat(),
            "leaves_at": self.leaves_at.isoformat(),
            "arrives_at": self.arrives_at.isoformat(),
            "back_seconds": self.back_seconds,
        }


def visit_of(payload: Mapping[str, Any], served_at: datetime) -> Visit:
    """The visit that a ``visited`` event tells of."""
    return Visit(
        purpose=payload["purpose"],
        ready_at=datetime.fromisoformat(payload["ready_at"]),
        leaves_at=datetime.fromisoformat(payload["leaves_at"]),
        arrives_at=datetime.fromisoformat(payload["arrives_at"]),
        served_at=served_at,
        back_seconds=payload["back_seconds"],
    )


def plan_visit(
    case: Case,
    procedure: str,
    purpose: str,
    ready_at: datetime,
    turn: int = 0,
    calendar: WorkingCalendar = CALENDAR,
) -> Visit:
    """The visit of a citizen who is ready to set out at an instant.

    Nobody sets out to arrive at a closed office: the citizen leaves so as to arrive when it is open.
    """
    travel = timedelta(seconds=case.seconds("travel", procedure))
    arrives_at = calendar.next_open(ready_at + travel)
    served_at = calendar.add_working_seconds(arrives_at, case.seconds(f"counter_{purpose}", procedure, turn))
    return Visit(purpose, ready_at, arrives_at - travel, arrives_at, served_at, int(travel.total_seconds()))
