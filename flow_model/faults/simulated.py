"""What the simulator makes of a live fault: calendars that are closed, branches that are taken, delays.

It follows from the live fault and from nothing else, so the two compilations of an office word agree.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from flow_model.faults.live import (
    Absence,
    AttachmentLost,
    CertificateError,
    IdIssue,
    LineFault,
    LiveFault,
    MessageFault,
    OfficerDecides,
    Outage,
)
from flow_model.faults.parts import Delay

# A decision of an officer, as a branch of the flow.
_BRANCHES = {
    "grant": "granted",
    "reject": "rejected",
    "request_supplement": "supplement_requested",
    "return_to_issuer": "returned_to_issuer",
}


@dataclass(frozen=True)
class Closure:
    """A resource that does not work between two instants: an office, its officers, a system, a line."""

    resource: str
    starts: datetime
    until: datetime


@dataclass(frozen=True)
class Odds:
    """How likely a branch is at one turn of a procedure (None: of every procedure); ``times`` in a row."""

    branch: str
    procedure: str | None
    probability: float = 1.0
    turn: int = 0
    times: int = 1


@dataclass(frozen=True)
class Longer:
    """How much longer one passage takes: from ``edge`` to what it goes to."""

    edge: str
    procedure: str | None
    delay: Delay | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Simulated:
    """What a set of faults does to the model."""

    closures: tuple[Closure, ...] = ()
    odds: tuple[Odds, ...] = ()
    longer: tuple[Longer, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """As it is shown: instants as text."""
        document: dict[str, Any] = _plain(asdict(self))
        return document


def simulated(faults: Iterable[LiveFault]) -> Simulated:
    """The calendars, branch odds and delays of a run's live faults."""
    parts = [_part_of(fault) for fault in faults]
    return Simulated(
        tuple(part for part in parts if isinstance(part, Closure)),
        tuple(part for part in parts if isinstance(part, Odds)),
        tuple(part for part in parts if isinstance(part, Longer)),
    )


def _part_of(fault: LiveFault) -> Closure | Odds | Longer:  # noqa: PLR0911  one arm a kind
    match fault:
        case Outage():
            return Closure(f"system:{fault.service}", fault.starts, fault.until)
        case Absence():
            return Closure(f"{fault.who}:{fault.agency}", fault.starts, fault.until)
        case LineFault():
            return _part_of_line(fault)
        case MessageFault():
            return _heard_later(fault)
        case AttachmentLost():
            return Odds("supplement_requested", fault.procedure)
        case CertificateError():
            return Odds("returned_to_issuer", fault.procedure)
        case OfficerDecides():
            return Odds(_BRANCHES[fault.decision], fault.procedure, turn=fault.turn)
        case IdIssue():
            return Longer("personal_id", None, until=fault.until)


def _part_of_line(fault: LineFault) -> Closure | Odds | Longer:
    if fault.effect == "slow":
        return Longer(f"line:{fault.to}", fault.procedure, fault.delay)
    if fault.starts is not None and fault.until is not None:
        return Closure(f"line:{fault.to}", fault.starts, fault.until)
    return Odds(f"attempt:{fault.effect}", fault.procedure, times=fault.times)


def _heard_later(fault: MessageFault) -> Longer:
    edge = f"message:{fault.sender}:{fault.effect}"
    if fault.effect == "twice":
        return Longer(edge, fault.procedure, Delay(shape="fixed", value=0))
    if isinstance(fault.until, datetime):
        return Longer(edge, fault.procedure, until=fault.until)
    return Longer(edge, fault.procedure, Delay(shape="fixed", value=fault.minutes))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Delay):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
