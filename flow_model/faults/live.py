"""Faults of a run, as the live system obeys them. What people call them is in office_words.py.

Faults are part of what fixes a run: which call, message or act a fault hits is a pure function of its own
words and of what the journal says (which attempt, which turn, which instant), never of hidden state. So a
killed process meets the same fault again, and every layout meets the same faults.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from flow_model.faults.parts import Closed, Delay, Moment, Name

LineEffect = Literal[
    "refused",
    "reset",
    "timeout_before",
    "timeout_after",
    "error_500",
    "unavailable_503",
    "slow",
    "truncated",
    "garbled",
    "duplicate",
]
MessageEffect = Literal["lost", "twice", "out_of_order", "wrong_signature"]
Decision = Literal["grant", "reject", "request_supplement", "return_to_issuer"]
# The gateway's own counter at the national portal: where results are laid down for the citizen.
PORTAL = "portal"


class _Windowed(Closed):
    starts: Moment = Field(alias="from")
    until: Moment

    @model_validator(mode="after")
    def _in_order(self) -> "_Windowed":
        if self.until <= self.starts:
            raise ValueError("it must end after it begins")
        return self

    def holds(self, at: datetime) -> bool:
        """From the first instant until just before the last."""
        return self.starts <= at < self.until


class Outage(_Windowed):
    """A service answers no look-up and takes nothing in, from one instant until just before another."""

    kind: Literal["outage"]
    service: Name = Field(examples=["population"])


class LineFault(Closed):
    """Something happens to a call on its way: refused, cut off, answered late, twice, or unreadably.

    Without a window the first ``times`` attempts of each matching call are hit; with ``until`` every attempt
    before that instant is.
    """

    kind: Literal["line"]
    to: Name = Field(examples=["social_insurance"])
    effect: LineEffect
    calls: Name | None = Field(None, description="send, supplement, forward_consent, look_up, prefill…")
    procedure: Name | None = None
    times: int = Field(1, ge=1, le=1000)
    starts: Moment | None = Field(None, alias="from")
    until: Moment | None = None
    delay: Delay | None = Field(None, description="how long a slow line takes")

    @model_validator(mode="after")
    def _whole(self) -> "LineFault":
        if (self.effect == "slow") != (self.delay is not None):
            raise ValueError("a slow line, and only a slow line, has a delay")
        return self

    def hits(self, to: str, calls: str, procedure: str | None, attempt: int, at: datetime) -> bool:
        """Whether this attempt (1, 2, 3…) of this call is hit."""
        if self.to != to or self.calls not in (None, calls) or self.procedure not in (None, procedure):
            return False
        if self.starts is not None and at < self.starts:
            return False
        if self.effect == "slow":
            return attempt == 1  # delivered late, and then it is delivered
        return at < self.until if self.until is not None else attempt <= self.times


class MessageFault(Closed):
    """Something happens to what an agency tells: lost, told twice, out of order, signed wrongly.

    What is lost or refused is asked for again ``minutes`` later, at ``until``, or ("resync") when somebody
    has the dossier pulled again.
    """

    kind: Literal["message"]
    sender: Name = Field(examples=["civil_status"])
    effect: MessageEffect
    procedure: Name | None = None
    event: Name | None = Field(None, description="received, taken_up, granted…")
    minutes: int = Field(10, ge=1, le=525_600)
    until: Moment | Literal["resync"] | None = None

    def hits(self, sender: str, procedure: str, event: str) -> bool:
        """Whether this message is hit; each fault hits the first that matches."""
        return self.sender == sender and self.procedure in (None, procedure) and self.event in (None, event)


class Absence(_Windowed):
    """Nobody is there: the whole office, or the officer while the counter still takes things in."""

    kind: Literal["absence"]
    agency: Name
    who: Literal["office", "officer"] = "office"
    procedure: Name | None = None


class AttachmentLost(Closed):
    """The dossier arrives and a paper does not: all of them, or one by name. It happens once."""

    kind: Literal["attachment_lost"]
    procedure: Name
    paper: str | None = Field(None, max_length=60)


class CertificateError(Closed):
    """The first entry made for this procedure is misspelt until somebody finds it."""

    kind: Literal["certificate_error"]
    procedure: Name = Field(examples=["birth_registration"])


class OfficerDecides(Closed):
    """An officer decides otherwise than the papers suggest, at one turn (0, 1, 2…) of an application."""

    kind: Literal["officer_decides"]
    procedure: Name
    decision: Decision
    dossier: str | None = Field(None, pattern=r"^[A-Z]-\d{4}-\d{6}$")
    turn: int = Field(0, ge=0, le=20, description="supplements asked for and returns so far")
    stage: Literal["take_up", "decide"] = Field("take_up", description="on opening it, or when deciding")
    code: Name = "decided_otherwise"
    reason_vi: str = Field("", max_length=300)
    reason_en: str = Field("", max_length=300)
    article: str = Field("", max_length=200)
    remedy: tuple[str, ...] = Field((), max_length=10, description="papers of which one puts it right")

    @model_validator(mode="after")
    def _something_else(self) -> "OfficerDecides":
        if self.stage == "decide" and self.decision == "grant":
            raise ValueError("deciding in favour is what happens at that stage anyway")
        return self


class IdIssue(Closed):
    """The population database gives no number before an instant, and says why."""

    kind: Literal["id_issue"]
    answer: Literal["suspected_duplicate", "system_error", "format_error", "to_be_verified"]
    until: Moment


LiveFault = Annotated[
    Outage
    | LineFault
    | MessageFault
    | Absence
    | AttachmentLost
    | CertificateError
    | OfficerDecides
    | IdIssue,
    Field(discriminator="kind"),
]


def line_fault(
    faults: Iterable[LiveFault], *, to: str, calls: str, procedure: str | None, attempt: int, at: datetime
) -> LineFault | None:
    """What happens to a call; None, at once, when nothing does."""
    for fault in faults:
        if isinstance(fault, LineFault) and fault.hits(to, calls, procedure, attempt, at):
            return fault
    return None


def absence(
    faults: Iterable[LiveFault], agency: str, procedure: str, at: datetime, *, officers: bool
) -> Absence | None:
    """Who is away from an agency at an instant: the office, or also its officers for this procedure."""
    away = [
        fault
        for fault in faults
        if isinstance(fault, Absence)
        and fault.agency == agency
        and fault.procedure in (None, procedure)
        and (officers or fault.who == "office")
        and fault.holds(at)
    ]
    return max(away, key=lambda fault: fault.until, default=None)


def decided_otherwise(
    faults: Iterable[LiveFault], dossier: str, procedure: str, turn: int, stage: str
) -> OfficerDecides | None:
    """What an officer was told to decide at this turn and stage; what was told last counts."""
    for fault in reversed(tuple(faults)):
        if (
            isinstance(fault, OfficerDecides)
            and fault.procedure == procedure
            and (fault.turn, fault.stage) == (turn, stage)
            and fault.dossier in (None, dossier)
        ):
            return fault
    return None
