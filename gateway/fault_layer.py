"""What the faults of a run do to the gateway's own calls. With no faults it costs a look at an empty list.

Which call is hit is computed from the fault's words and the journal (which attempt this is), so a gateway
that was killed in between meets the same fault again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chassis.attempts import Poisoned
from chassis.client import ServiceRefused
from flow_model.case import Case, Progress
from flow_model.errors import ConflictingContent
from flow_model.faults import PORTAL, AttachmentLost, LineFault, absence, line_fault
from flow_model.progress import Move
from flow_model.stuck import GATEWAY, stuck_payload
from flow_model.working_time import CALENDAR
from gateway.journal import Note
from gateway.neighbours import Neighbours
from gateway.runs import Run

LONGEST_PAUSE = timedelta(hours=4)
_MOST_DOUBLED = 10  # of a minute: longer than the longest pause; what is tried for a year must not overflow


class Postponed(Exception):
    """A move cannot be done before an instant."""

    def __init__(self, reason: str, until: datetime) -> None:
        super().__init__(reason)
        self.reason = reason
        self.until = until


@dataclass(frozen=True)
class Line:
    """The way to a service for one move, with what happens to it. ``again``: an attempt failed before."""

    neighbours: Neighbours
    run: Run
    dossier: str
    fault: LineFault | None
    again: bool = False

    async def put(self, service: str, path: str, body: dict[str, Any]) -> bool:
        """Send under a name of ours; TemporarilyClosed when the run's faults prevent it.

        False when an earlier attempt arrived after all and its answer was lost. What it said stands: the
        clock has gone on since, and a consent may have come in between, so this one says something else.
        """
        try:
            await self.neighbours.call(
                self.run, service, "PUT", path, json=body, trace=self.dossier, fault=self.fault
            )
        except ServiceRefused as refused:
            if self.again and refused.problem_slug == ConflictingContent.slug:
                return False
            raise
        return True


@dataclass(frozen=True)
class Hit:
    """A fault that hits a move: the note of it, what it does to the line, or how long the move waits."""

    note: Note
    reason: str
    line: LineFault | None = None
    waits: datetime | None = None


def fault_on(run: Run, case: Case, progress: Progress, move: Move) -> Hit | None:
    """What hits this move, if anything does."""
    if not run.faults:
        return None
    if move.kind == "visit":
        return _closed_door(run, case, move)
    to = _goes_to(case, move)
    if to is None:
        return None
    attempt = progress.attempts.get(move.key, 0) + 1
    procedure = move.about if move.about in case.procedures else None
    fault = line_fault(run.faults, to=to, calls=move.kind, procedure=procedure, attempt=attempt, at=run.now)
    if fault is None:
        return None
    note = injected(run, case, move, "line", effect=fault.effect, service=to)
    if fault.delay is None:
        return Hit(note, fault.effect, fault)
    seconds = max(1, fault.delay.seconds(run.terms.seed, case.dossier, move.about, "slow_line", move.kind))
    return Hit(note, "slow", waits=run.now + timedelta(seconds=seconds))


def _closed_door(run: Run, case: Case, move: Move) -> Hit | None:
    """On the old path the citizen finds a closed door, and comes again when the office is open."""
    agency = case.group.procedure(move.about).agency
    away = absence(run.faults, agency, move.about, run.now, officers=False)
    if away is None:
        return None
    back = CALENDAR.next_open(away.until)
    note = injected(run, case, move, "absence", who=away.who, service=agency, back_at=back.isoformat())
    return Hit(note, "closed", waits=back)


def _goes_to(case: Case, move: Move) -> str | None:
    match move.kind:
        case "request_consent":
            return "population"
        case "send" | "supplement" | "resend" | "forward_consent":
            return case.group.procedure(move.about).agency
        case "ask_correction":
            return case.group.procedure(move.detail["issuer"]).agency
        case "return_results":
            return PORTAL
        case _:
            return None


def papers_lost(run: Run, procedure: str, papers: list[str]) -> set[str]:
    """The papers of a dossier that do not arrive with its application."""
    return {
        paper
        for fault in run.faults
        if isinstance(fault, AttachmentLost) and fault.procedure == procedure
        for paper in papers
        if fault.paper in (None, paper)
    }


def injected(run: Run, case: Case, move: Move, fault: str, **more: Any) -> Note:
    """A fault of the run has just shown itself."""
    procedure = move.about if move.about in case.procedures else None
    return Note(
        case.dossier, "fault_injected", run.now, procedure, move.round, payload={"fault": fault, **more}
    )


def next_try(run: Run, progress: Progress, move: Move, least_seconds: int) -> datetime:
    """When a move that failed is tried again: twice as long after each failure, not before it makes sense."""
    doubled = min(progress.attempts.get(move.key, 0) + 1, _MOST_DOUBLED)
    return run.now + min(timedelta(seconds=max(60 * 2**doubled, least_seconds)), LONGEST_PAUSE)


def attempt_failed(
    run: Run,
    case: Case,
    progress: Progress,
    move: Move,
    reason: str,
    again: datetime,
    service: str | None = None,
) -> Note:
    """A move that could not be done now, and when it is tried again."""
    payload = {
        "move": move.kind,
        "about": move.about,
        "service": service or _goes_to(case, move) or case.group.procedure(move.about).agency,
        "reason": reason,
        "attempt": progress.attempts.get(move.key, 0) + 1,
        "next_try_at": again.isoformat(),
    }
    procedure = move.about if move.about in case.procedures else None
    return Note(case.dossier, "attempt_failed", run.now, procedure, move.round, payload=payload)


def is_stuck(run: Run, case: Case, move: Move, poisoned: Poisoned) -> Note:
    """A move that failed as often as it was tried: who must act, and why. It is not tried again by itself."""
    owner = poisoned.service or GATEWAY
    payload = stuck_payload(move.kind, move.about, owner, owner, poisoned.reason, poisoned.attempts)
    procedure = move.about if move.about in case.procedures else None
    return Note(case.dossier, "stuck", run.now, procedure, move.round, payload=payload)
