"""The error tree. Each class says who must act; HTTP numbers live in chassis/problems.py.

SandboxError
├── InvalidDeclaration     the citizen corrects the declaration
├── Refused                the citizen takes another way: the law does not allow this one
├── DifferentBody          the caller uses a new key for new content
├── MissingKey             the caller adds an Idempotency-Key
├── ConflictingContent     the caller looks: another content stands under this name
├── StillRunning           the caller waits and asks again
├── NotAllowedNow          the caller looks at the state first
├── UnknownThing           the caller corrects the name
├── ServiceDown            the operator starts the service; the gateway tries again
│   └── DownInTheStory     nobody: it is a fault of the run
├── Busy                   the caller comes again a little later: this process has too much to do
│   └── RunElsewhere       the caller comes again: another gateway is at work on this run
├── NeighbourGone          the operator starts the process; nothing has moved, so the caller asks again
│   └── NeighbourBroken    its developer: it answers, and with a fault of its program
├── Runaway                the developer: a run does the same thing for ever
└── BadContract            the author of a flow corrects the declaration of the flow
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: dotted path, stable code, a sentence in each language."""

    field: str
    code: str
    message_vi: str
    message_en: str


class SandboxError(Exception):
    """Something a named person can put right."""

    slug: ClassVar[str] = "error"

    def __init__(
        self,
        detail_vi: str,
        detail_en: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(detail_en)
        self.detail_vi = detail_vi
        self.detail_en = detail_en
        self.errors = list(errors)
        self.retry_after_seconds = retry_after_seconds


class InvalidDeclaration(SandboxError):
    """The citizen corrects the declaration, field by field."""

    slug = "invalid-declaration"


class Refused(SandboxError):
    """The citizen takes another way: the law does not allow this one."""

    slug = "refused"


class DifferentBody(SandboxError):
    """The caller uses a new key for new content."""

    slug = "different-body"


class MissingKey(SandboxError):
    """The caller adds an Idempotency-Key."""

    slug = "idempotency-key-missing"


class ConflictingContent(SandboxError):
    """The caller looks first: another content already stands under this name."""

    slug = "conflicting-content"


class StillRunning(SandboxError):
    """The caller waits and asks again."""

    slug = "still-running"


class NotAllowedNow(SandboxError):
    """The caller looks at the state first: this act is not open now."""

    slug = "not-allowed-now"


class UnknownThing(SandboxError):
    """The caller corrects the name: nothing of this name is here."""

    slug = "not-found"


class ServiceDown(SandboxError):
    """The operator starts the service; the gateway tries again."""

    slug = "service-down"


class DownInTheStory(ServiceDown):
    """A fault of the run: nobody has to do anything."""


class Busy(SandboxError):
    """The caller comes again a little later. A trouble of this process, never an event of a run."""

    slug = "busy"


class RunElsewhere(Busy):
    """The caller comes again: another gateway is at work on this run, or was until it stopped."""

    slug = "run-elsewhere"


class NeighbourGone(SandboxError):
    """The operator starts the process; nothing of the run has moved, so the caller asks again.

    Not an event of the simulated world: see docs/decisions/0003.
    """

    slug = "neighbour-gone"


class NeighbourBroken(NeighbourGone):
    """Whoever looks after that service: it answers with a fault of its program, or what nobody can read.

    Asked again a few times; what fails then is stuck, and whoever asked goes on with other things.
    """

    def __init__(self, service: str, what: str) -> None:
        super().__init__(f"{service}: {what}", f"{service}: {what}")
        self.service = service
        self.what = what


class Runaway(SandboxError):
    """The developer finds out why a run does the same thing again and again at one instant."""

    slug = "runaway"


class BadContract(SandboxError):
    """The author of a flow corrects its declaration; the program does not start until then."""

    slug = "bad-declaration-of-flow"

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}", f"{where}: {what}")
