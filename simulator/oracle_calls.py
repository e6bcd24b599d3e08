"""The gateway of the oracle calls services: what arrives, what it learns of that, and when it tries again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from flow_model.faults import PORTAL, IdIssue, LineFault, Outage, line_fault
from flow_model.working_time import CALENDAR
from simulator.oracle_hearing import Act
from simulator.oracle_step import GATEWAY, SECOND, Going, Step

LONGEST_PAUSE = timedelta(hours=4)
# How long an agency waits before it asks a registry again that did not answer.
_ASKED_AGAIN = 30 * 60
# The answer comes, and cannot be read; or none comes, though the work is done in both; or nothing is amiss.
_SPOILT = frozenset({"truncated", "garbled"})
_AFTER = _SPOILT | {"reset", "timeout_after"}
_HARMLESS = frozenset({"duplicate", "slow"})
# To set out anew at an instant, for the so-manieth time.
Again = Callable[[datetime, int], None]
Wanted = Callable[[datetime], bool]


@dataclass(frozen=True)
class Call:
    """What is sent: the kind of move, to which service, about what; ``procedure``: None about a person."""

    kind: str
    service: str
    about: str
    procedure: str | None


class Way(NamedTuple):
    """What becomes of an attempt: whether it arrives, and when it is made again (None: it was answered)."""

    arrives: bool
    again: datetime | None


def _always(_at: datetime) -> bool:
    return True


class Calling(Going):
    """One dossier, whose gateway and agencies call others over lines that fail as the story says."""

    def _call(
        self, at: datetime, step: Step | None, call: Call, arrives: Act, noted: Act,
        wanted: Wanted = _always, again: Again | None = None, attempt: int = 1,
    ) -> None:  # fmt: skip
        """Call at an instant if it is still ``wanted`` then: ``arrives`` is what the service does, ``noted``
        what the gateway writes down when it has an answer. Without one it tries again, after twice as long
        each time."""

        def make(now: datetime) -> None:
            if not wanted(now):
                return
            way = self._way(call, attempt, now)
            if way.arrives:
                arrives(now)
            if way.again is None:
                noted(now)
            elif again is None:
                self._call(way.again, step, call, arrives, noted, wanted, None, attempt + 1)
            else:
                again(way.again, attempt + 1)

        self._plan(at, GATEWAY, step, make)

    def _way(self, call: Call, attempt: int, now: datetime) -> Way:
        fault = None
        if call.kind != "visit":
            fault = line_fault(
                self.dossier.faults, to=call.service, calls=call.kind, procedure=call.procedure,
                attempt=attempt, at=now,
            )  # fmt: skip
        if fault is not None and fault.delay is not None:
            dossier = self.dossier
            late = fault.delay.seconds(dossier.seed, dossier.key, call.about, "slow_line", call.kind)
            return Way(False, now + max(1, late) * SECOND)
        down = self._down_for(call.service, now)
        if call.service == PORTAL or (down == 0 and _is_harmless(fault)):
            return Way(True, None)
        if down and _is_told(fault):
            return Way(False, _later(now, attempt, down))
        arrives = down == 0 and fault is not None and fault.effect in _AFTER
        return Way(arrives, _later(now, attempt, 0))

    def _down_for(self, service: str, now: datetime) -> int:
        """The seconds for which a service will take nothing in; 0 when it is up."""
        down = [
            each.until
            for each in self.dossier.faults
            if isinstance(each, Outage) and each.service == service and each.holds(now)
        ]
        return ceil((max(down) - now) / SECOND) if down else 0

    def _asked_again(
        self, step: Step, services: tuple[str, ...], calls: str, attempt: int, now: datetime
    ) -> datetime | None:
        """When an agency asks shared registries again of which one does not answer; None when all do."""
        for service in services:
            fault = line_fault(
                self.dossier.faults, to=service, calls=calls, procedure=step.procedure.id,
                attempt=attempt, at=now,
            )  # fmt: skip
            down = self._down_for(service, now)
            if down and _is_told(fault):
                return _by_habit_or(now, now + down * SECOND)
            if not _is_harmless(fault):
                return CALENDAR.add_working_seconds(now, _ASKED_AGAIN)
        return None

    def _number_held(self, now: datetime) -> datetime | None:
        """When a number is asked for again that is not issued now; None when it is."""
        held = [each.until for each in self.dossier.faults if isinstance(each, IdIssue) and now < each.until]
        return _by_habit_or(now, max(held)) if held else None


def _is_harmless(fault: LineFault | None) -> bool:
    return fault is None or fault.effect in _HARMLESS


def _is_told(fault: LineFault | None) -> bool:
    """Whether a service that is down can say for how long: a spoilt answer still says it in its head."""
    return _is_harmless(fault) or (fault is not None and fault.effect in _SPOILT)


def _by_habit_or(now: datetime, at_least: datetime) -> datetime:
    return max(CALENDAR.add_working_seconds(now, _ASKED_AGAIN), at_least)


def _later(now: datetime, attempt: int, at_least: int) -> datetime:
    doubled: int = 60 * 2**attempt
    return now + min(max(doubled, at_least) * SECOND, LONGEST_PAUSE)
