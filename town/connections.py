"""One connection of a server: bounded in how many, how large and how slow.

uvicorn bounds none of it. What comes too slowly is told so (408) and closed; whoever has said nothing at all
is closed without a word. A connection is ended from this side first and dropped only when the other side has
seen it, so that an answer that was sent is not torn off.
"""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import httptools
from uvicorn import Config
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from chassis.heads import MOST_ADDRESS_BYTES, MOST_HEADER_BYTES, AddressTooLong, HeadersTooLarge
from chassis.problems import problem_of
from chassis.quick_answers import Rendered
from flow_model.errors import Busy, SandboxError

Phase = Literal["", "head", "body"]


@dataclass(frozen=True)
class Limits:
    """What one server bears."""

    head_seconds: float = 5.0
    body_seconds: float = 10.0
    # Each so many bytes of a body earn a second more.
    body_bytes_a_second: int = 8_192
    # Whoever reads so slowly that nothing can be written for so long is let go.
    write_seconds: float = 30.0
    linger_seconds: float = 0.5
    connections: int = 1_000


class TooSlow(SandboxError):
    """The sender sends the same again, faster."""

    slug = "too-slow"


class NotHttp(SandboxError):
    """The sender corrects its program."""

    slug = "bad-request"


class LimitedConfig(Config):
    """uvicorn's configuration, and our limits with it."""

    def __init__(self, app: Any, limits: Limits, **more: Any) -> None:
        super().__init__(app, http=Connection, **more)
        self.limits = limits


class Connection(HttpToolsProtocol):
    """uvicorn's connection with limits, and with an end in good order."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody came; one too many is sent away at once."""
        super().connection_made(transport)
        # asyncio does so only for a socket whose protocol is named. Without it an answer may take 40 ms more.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        assert isinstance(self.config, LimitedConfig)
        self.limits = self.config.limits
        self._doorman = getattr(getattr(self.config.app, "state", None), "doorman", None)
        self.ending = False
        self.idle_since = self.loop.time()
        self._phase: Phase = ""
        self._due = 0.0
        self._arriving: Phase = ""
        self._received = self._of_head = 0
        self._watch: asyncio.TimerHandle | None = None
        self._slow_reader: asyncio.TimerHandle | None = None
        if len(self.connections) > self.limits.connections:
            self._refuse(Busy(*_CROWDED, retry_after_seconds=1))
            self.connections.discard(self)  # it counts no more, however long it lingers
        else:
            self._expect("head", self.limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._watch, self._slow_reader):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    # what comes

    def data_received(self, data: bytes) -> None:
        if self.ending:
            return
        before = self._arriving
        self._count(before, len(data))
        # For the scope of what arrives: since when it waits, and with how many others.
        self.app_state = {"arrived": self.loop.time(), "at_hand": self.tasks}
        if before:
            self.scope["state"].update(self.app_state)
        super().data_received(data)
        if self.ending:
            return
        if self._arriving == "head" and self._of_head > MOST_HEADER_BYTES + MOST_ADDRESS_BYTES:
            long = len(self.url) > MOST_ADDRESS_BYTES
            self._refuse(AddressTooLong(*_LONG) if long else HeadersTooLarge(*_LARGE))
        elif self._arriving:
            self._expect(
                self._arriving,
                self.limits.head_seconds if self._arriving == "head" else self.limits.body_seconds,
            )
        else:
            self._phase = ""

    def _count(self, arriving: Phase, many: int) -> None:
        """So many bytes more: of a body, or of a head (and of what follows it in the same piece)."""
        if arriving != "head":
            self._of_head = 0
        if arriving != "body":
            self._of_head += many
            self._received = 0
        self._received += many

    def on_message_begin(self) -> None:
        self._arriving = "head"
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._arriving = "body"
        if self.parser.get_http_version() == "1.1" and not any(name == b"host" for name, _ in self.headers):
            raise httptools.HttpParserError("no Host")  # RFC 9112, 3.2
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        answer = None
        if self._doorman is not None and cycle.keep_alive and not (self.pipeline or self.flow.write_paused):
            answer = self._doorman.turns_away(cycle.scope)
        if answer is None:
            super()._start_asgi_task(cycle, app)
            return
        self.transport.write(_as_sent(answer, cycle.default_headers))
        cycle.response_started = cycle.response_complete = True
        cycle.on_response()

    def on_message_complete(self) -> None:
        self._arriving = ""
        super().on_message_complete()

    def _expect(self, phase: Phase, seconds: float) -> None:
        if phase == self._phase:
            return
        self._phase = phase
        self._due = self.loop.time() + seconds
        if self._watch is None or self._watch.when() > self._due:
            self._look_at(self._due)

    def _look_at(self, instant: float) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self.loop.call_at(instant, self._look)

    def _look(self) -> None:
        self._watch = None
        if self.ending or not self._phase:
            return
        due = self._due + (self._received / self.limits.body_bytes_a_second if self._phase == "body" else 0)
        if self.loop.time() < due:
            self._look_at(due)
        elif self._phase == "head" and not self._arriving:
            self.end()
        else:
            self._refuse(TooSlow(*_SLOW))

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  the parser's own words
        """What the parser refused, as a problem like all others."""
        self._refuse(NotHttp(*_NOT_HTTP))

    # what goes

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._slow_reader is None:
            self._slow_reader = self.loop.call_later(self.limits.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._slow_reader is not None:
            self._slow_reader.cancel()
            self._slow_reader = None

    def on_response_complete(self) -> None:
        self.idle_since = self.loop.time()
        super().on_response_complete()

    # the end

    @property
    def at_work(self) -> bool:
        """Whether a request is being answered, or arriving."""
        answering = self.cycle is not None and not self.cycle.response_complete
        return answering or bool(self._arriving)

    @property
    def streams(self) -> bool:
        """Whether the answer under way has no end of its own."""
        answering = self.cycle is not None and not self.cycle.response_complete
        return answering and bool(self.scope["state"].get("streams"))

    def drain(self) -> None:
        """The next answer is the last one on this connection, and says so."""
        if self.cycle is None or self.cycle.response_complete:
            return
        if self.cycle.response_started:
            self.cycle.keep_alive = False
        else:
            self.cycle.default_headers = [*self.cycle.default_headers, CLOSE_HEADER]

    def end(self) -> None:
        """Say that nothing more is said; drop the connection when the other side has seen it."""
        if self.ending or self.transport.is_closing():
            return
        self.ending = True
        self._unset_keepalive_if_required()
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self.loop.call_later(self.limits.linger_seconds, self.transport.abort)

    def _refuse(self, error: SandboxError) -> None:
        """Answer in place of the app, if nothing was answered yet, and end."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(_rendered(error))
        self.end()


def _rendered(error: SandboxError) -> bytes:
    """No header was read, or none can be trusted: no language is known, so both are told."""
    answer = problem_of(error, {"path": "", "headers": []})
    return _as_sent(Rendered(answer.status_code, answer.raw_headers, bytes(answer.body)), [CLOSE_HEADER])


def _as_sent(answer: Rendered, more_headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    lines = [STATUS_LINE[answer.status].rstrip()]
    lines += [name + b": " + value for name, value in (*more_headers, *answer.headers)]
    return b"\r\n".join([*lines, b"", answer.body])


def _both(vi: str, en: str) -> tuple[str, str]:
    return f"{vi} / {en}", en


_CROWDED = _both("Quá nhiều kết nối. Hãy gửi lại sau.", "Too many connections. Send it again later.")
_SLOW = _both("Yêu cầu đến quá chậm. Hãy gửi lại.", "The request came too slowly. Send it again.")
_NOT_HTTP = _both("Yêu cầu không đúng HTTP.", "The request is not HTTP.")
_LARGE = _both("Tiêu đề HTTP quá lớn. Hãy bớt tiêu đề.", "The headers are too large. Send fewer.")
_LONG = _both("Địa chỉ quá dài. Hãy rút ngắn.", "The address is too long. Shorten it.")
