"""Faults of a run, in office words or as the live system obeys them; one list may hold both.

``AnyFault`` is what people write, ``compiled`` what the live system obeys, ``simulated`` what the simulator
makes of it.
"""

from collections.abc import Iterable
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter

from flow_model.faults import decisions, messages, spells
from flow_model.faults.live import (
    PORTAL,
    Absence,
    AttachmentLost,
    CertificateError,
    IdIssue,
    LineFault,
    LiveFault,
    MessageFault,
    OfficerDecides,
    Outage,
    absence,
    decided_otherwise,
    line_fault,
)
from flow_model.faults.parts import Closed, Delay, Moment
from flow_model.faults.simulated import Simulated, simulated
from flow_model.faults.words import Words

__all__ = [
    "Absence",
    "AnyFault",
    "AttachmentLost",
    "CertificateError",
    "Closed",
    "Delay",
    "IdIssue",
    "KINDS",
    "LineFault",
    "LiveFault",
    "MessageFault",
    "Moment",
    "OFFICE_WORDS",
    "OfficerDecides",
    "Outage",
    "PORTAL",
    "Simulated",
    "Words",
    "absence",
    "as_json",
    "compiled",
    "decided_otherwise",
    "line_fault",
    "live_from_json",
    "simulated",
]

AnyFault = Annotated[
    spells.OfficeClosed
    | spells.OfficerOnLeave
    | spells.DatabaseDown
    | spells.LineDown
    | spells.ManualWork
    | spells.NotMapped
    | messages.SyncSlow
    | messages.ResultNotSynced
    | messages.StatusOutOfOrder
    | messages.TypedByHand
    | messages.MessageTwice
    | messages.MessageLost
    | messages.WrongSignature
    | messages.AnswerLost
    | messages.ServerError
    | decisions.AttachmentMissing
    | decisions.SuspectedDuplicate
    | decisions.IdSystemError
    | decisions.IdFormatError
    | decisions.IdToBeVerified
    | decisions.NoSeal
    | decisions.ReturnedWithoutReason
    | decisions.SecondSupplement
    | Outage
    | LineFault
    | MessageFault
    | Absence
    | AttachmentLost
    | CertificateError
    | OfficerDecides
    | IdIssue,
    Field(discriminator="kind"),
]
KINDS: tuple[type[Closed], ...] = get_args(get_args(AnyFault)[0])
OFFICE_WORDS: tuple[type[Words], ...] = tuple(kind for kind in KINDS if issubclass(kind, Words))
_LIVE: TypeAdapter[tuple[LiveFault, ...]] = TypeAdapter(tuple[LiveFault, ...])


def compiled(faults: Iterable[Closed]) -> tuple[LiveFault, ...]:
    """The live faults that these words come to, in the order in which they were given."""
    live: list[LiveFault] = []
    for fault in faults:
        live += fault.live() if isinstance(fault, Words) else [fault]  # type: ignore[list-item]
    return tuple(live)


def as_json(faults: Iterable[Closed]) -> list[dict[str, Any]]:
    """Faults as they stand in the terms of a run: only what was said, instants in Vietnam's zone."""
    return [fault.model_dump(mode="json", by_alias=True, exclude_none=True) for fault in faults]


def live_from_json(faults: Any) -> tuple[LiveFault, ...]:
    """Live faults out of a JSON list."""
    return _LIVE.validate_python(faults)
