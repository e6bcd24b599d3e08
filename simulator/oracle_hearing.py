"""What services tell the gateway of the oracle, in their order; what is lost or refused is heard later."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flow_model.faults import LiveFault, MessageFault
from flow_model.working_time import VIETNAM

Act = Callable[[datetime], None]
Plan = Callable[[datetime, Act], None]
_SECOND = timedelta(seconds=1)
_NEVER = datetime.max.replace(tzinfo=VIETNAM)


@dataclass(frozen=True)
class Message:
    """Something a service tells about a procedure, or a party: what the gateway does when it is ``heard``,
    and when it is ``refused`` because it came out of order or was signed wrongly."""

    about: str
    kind: str
    heard: Act
    refused: Act


@dataclass
class _Stream:
    waiting: deque[Message] = field(default_factory=deque)
    held: datetime | None = None


class Hearing:
    """The messages of a run; a service of which one is not heard is not heard at all for a while."""

    def __init__(self, faults: Sequence[LiveFault], plan: Plan) -> None:
        self._faults = [fault for fault in faults if isinstance(fault, MessageFault)]
        self._plan = plan
        self._streams: dict[str, _Stream] = {}

    def tell(self, service: str, message: Message, at: datetime) -> None:
        """Heard at once, unless a fault of the run hits it, or hit one before it."""
        if not self._faults and not self._streams:
            message.heard(at)
            return
        stream = self._streams.setdefault(service, _Stream())
        stream.waiting.append(message)
        self._hear(service, stream, at)

    def pulled(self, at: datetime) -> None:
        """Staff pull a dossier again: whatever was kept back is heard now."""
        for service, stream in self._streams.items():
            stream.held = None
            self._hear(service, stream, at)

    def _hear(self, service: str, stream: _Stream, now: datetime) -> None:
        if stream.held is not None and stream.held > now:
            return
        stream.held = None
        while stream.waiting:
            message = stream.waiting[0]
            fault = self._hit(service, message)
            if fault is not None and fault.effect != "twice":
                if fault.effect != "lost":
                    message.refused(now)
                stream.held = _again(fault, now)
                if stream.held != _NEVER:
                    self._plan(stream.held, lambda at: self._hear(service, stream, at))
                return
            stream.waiting.popleft()
            message.heard(now)

    def _hit(self, service: str, message: Message) -> MessageFault | None:
        """The fault that hits this message; each hits once."""
        for fault in self._faults:
            if fault.hits(service, message.about, message.kind):
                self._faults.remove(fault)
                return fault
        return None


def _again(fault: MessageFault, now: datetime) -> datetime:
    if fault.until == "resync":
        return _NEVER
    if isinstance(fault.until, datetime):
        return max(fault.until, now + _SECOND)
    return now + timedelta(minutes=fault.minutes)
