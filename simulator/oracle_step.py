"""Where one procedure of one dossier stands in the oracle, and what every part of that says of it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol

from flow_model.faults import absence
from flow_model.group import Procedure
from flow_model.working_time import CALENDAR
from simulator.dossier import Branch, Dossier, Line
from simulator.oracle_hearing import Act, Hearing, Message

SECOND = timedelta(seconds=1)
ENDED = frozenset({"granted", "rejected", "not_started"})
# Who acts at the same instant acts in this order: the gateway and the citizen, the agencies, people at last.
GATEWAY, AGENCY, STAFF = 0, 1, 2


class Agenda(Protocol):
    """What is still to be done, for all dossiers; what is told; and the desks, if files wait for officers."""

    hearing: Hearing
    desks: "Queue | None"
    desk_of: Callable[[int, Procedure], Hashable]

    def plan(self, at: datetime, who: int, case: int, step: int, act: Act) -> None: ...


class Queue(Protocol):
    """Officers who take one file after the other."""

    def take(self, desk: Hashable, since: datetime, busy: Callable[[datetime], datetime]) -> datetime: ...


@dataclass
class Step:
    """Where one procedure stands."""

    procedure: Procedure
    number: int
    state: str = "waiting"
    round: int = 0
    returns: int = 0
    planned: bool = False
    receiving: int = 0
    verified: bool = False
    overdue: bool = False
    paused: int = 0
    sent_at: datetime | None = None
    received_at: datetime | None = None
    taken_up_at: datetime | None = None
    due_at: datetime | None = None
    decided_at: datetime | None = None
    collected_at: datetime | None = None
    corrected_at: datetime | None = None
    correcting: bool = False
    # As the agency knows it; the gateway hears of it, later when a message is lost.
    agency_state: str = ""
    known_due_at: datetime | None = None
    # The turns that arrived at the counter, and with which consents the first did.
    here: set[int] = field(default_factory=set)
    came_with: set[str] = field(default_factory=set)
    # Consents that the agency has, was told of by name, and that the gateway knows it to have.
    consents: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    forwarded: set[str] = field(default_factory=set)
    resending: int = 0
    asked_to_correct: set[tuple[str, int]] = field(default_factory=set)


class Going:
    """One dossier going on: what is written down of it, and what is planned."""

    def __init__(self, agenda: Agenda, number: int, dossier: Dossier) -> None:
        self.agenda, self.number, self.dossier = agenda, number, dossier
        self.lines: list[Line] = []
        self.given: dict[str, datetime] = {}
        self.asked: set[str] = set()
        self.steps = {each.id: Step(each, place) for place, each in enumerate(dossier.chosen())}
        self.finished_at: datetime | None = None

    def _write(self, at: datetime, kind: str, step: Step | None = None, turn: int | None = None) -> None:
        name = "" if step is None else step.procedure.id
        number = 0 if step is None else step.round if turn is None else turn
        self.lines.append(Line(at, kind, name, number))

    def _plan(self, at: datetime, who: int, step: Step | None, act: Act) -> None:
        self.agenda.plan(at, who, self.number, -1 if step is None else step.number, act)

    def _tell(self, at: datetime, kind: str, step: Step, heard: Act | None = None) -> None:
        """The agency tells of what it did; ``heard`` is what follows when the gateway hears of it."""
        number = step.round

        def hears(now: datetime) -> None:
            self._write(now, kind, step, number)
            if heard is not None:
                heard(now)

        def refuses(now: datetime) -> None:
            self._write(now, "message_refused", step, 0)

        message = Message(step.procedure.id, kind, hears, refuses)
        self.agenda.hearing.tell(step.procedure.agency, message, at)

    def _plan_act(self, step: Step, at: datetime, act: Act, *, officers: bool) -> None:
        """An act of people in an office: with nobody there it waits until somebody is back."""

        def people(now: datetime) -> None:
            back = self._away(step, now, officers=officers)
            if back is None:
                act(now)
            else:
                self._plan_act(step, back, act, officers=officers)

        self._plan(at, AGENCY, step, people)

    def _away(self, step: Step, at: datetime, *, officers: bool) -> datetime | None:
        agency, name = step.procedure.agency, step.procedure.id
        away = absence(self.dossier.faults, agency, name, at, officers=officers)
        return None if away is None else CALENDAR.next_open(away.until)

    def _branch(self, step: Step) -> Branch:
        return self.dossier.branches(step.procedure.id, step.round + step.returns)


def office_seconds(begins: datetime, ends: datetime) -> int:
    """Whole seconds of office time between two instants, begun ones counted."""
    return ceil(CALENDAR.working_time_between(begins, ends) / SECOND)
