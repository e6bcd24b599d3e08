"""One server of the town: its declaration, its port, and how it begins and ends."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from errno import EADDRINUSE
from importlib import import_module
from typing import Any, TypeVar

from chassis.clock import WallClock
from flow_model.errors import SandboxError
from town.connections import Limits
from town.server import Server
from town.tidying import Tidying, tidied_by_us

PACE_SECONDS = 0.2
Result = TypeVar("Result")
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


class PortTaken(SandboxError):
    """The operator ends the other program, or gives the town other ports."""

    slug = "port-taken"


class CannotListen(SandboxError):
    """The operator corrects the host, or the port."""

    slug = "cannot-listen"


@dataclass(frozen=True)
class ServerSpec:
    """One server: `build` is "module:function", and what it returns for `arguments` is the app.

    The arguments go to another process if need be, so they are plain values. Port 0 takes a free one.
    """

    name: str
    port: int
    build: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def app(self) -> Any:
        module, _, function = self.build.partition(":")
        return getattr(import_module(module), function)(**self.arguments)


@dataclass(frozen=True)
class Running:
    """Servers that answer."""

    urls: Mapping[str, str]
    pids: Callable[[], list[int]]
    """Every process of the town as it is now, helpers included. A restarted server has a new number."""
    servers: Callable[[], Mapping[str, int]] = dict
    """The process of each server by name, where each has one of its own."""


def run_served(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a server's loop: the quicker one, where there is one for this system."""
    new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with suppress(ImportError):
        new_loop = import_module("uvloop").new_event_loop
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main)


@asynccontextmanager
async def serving(
    apps: Sequence[Any],
    sockets: Sequence[socket.socket],
    limits: Limits | None = None,
    drain_seconds: float = 0.0,
) -> AsyncIterator[None]:
    """Each app behind its open port, inside the block. They end in their order: who asks first."""
    servers = [Server(app, limits, drain_seconds) for app in apps]
    tasks = [asyncio.create_task(server.serve([each])) for server, each in zip(servers, sockets, strict=True)]
    try:
        for server, task in zip(servers, tasks, strict=True):
            await server.listening.wait()
            if not server.started:
                await task  # raises what went wrong
        beside = [asyncio.create_task(_keep_pace(app)) for app in apps if hasattr(app.state, "keep_pace")]
        tidying = Tidying(lambda: sum(each.server_state.total_requests for each in servers))
        beside.append(asyncio.create_task(tidying.go_on()))
        try:
            with tidied_by_us():
                yield
        finally:
            for each in beside:
                each.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
    finally:
        for app, server, task in zip(apps, servers, tasks, strict=True):
            server.stop()
            await task
            for let_go in getattr(app.state, "closing", ()):  # its connections to others, its file
                await let_go()


async def _keep_pace(app: Any) -> None:
    """Runs whose clock moves by itself are moved; a process that is gone for a moment is asked again."""
    clock = WallClock()
    while True:
        await clock.pause(PACE_SECONDS)
        with suppress(SandboxError):
            await app.state.keep_pace()


@asynccontextmanager
async def stopped_by_sigterm(stop: asyncio.Event) -> AsyncIterator[None]:
    """Inside the block SIGTERM sets the event instead of killing the process. Only in the main thread."""
    loop = asyncio.get_running_loop()
    # A plain handler works on every system; the loop is woken, because the signal may find it asleep.
    previous = signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(stop.set))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


@contextmanager
def bound(specs: Sequence[ServerSpec], host: str) -> Iterator[list[socket.socket]]:
    """Every port, taken before anything starts: all or none. PortTaken names the one that is not free."""
    with ExitStack() as stack:
        yield [stack.enter_context(_bind(spec, host)) for spec in specs]


def url_of(bound_socket: socket.socket) -> str:
    host, port = bound_socket.getsockname()[:2]
    return address_of(_WILDCARDS.get(host, host), port)


def address_of(host: str, port: int) -> str:
    """Where somebody listens, as a URL says it: an address of IPv6 stands in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bind(spec: ServerSpec, host: str) -> socket.socket:
    opened: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or "0.0.0.0", spec.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
        # Windows: share with nobody. POSIX: a port may be taken again at once after its owner ended.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        opened.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
        opened.bind(address)
        # Two programs may bind one port; only one may listen. Who calls before the app is there waits.
        opened.listen(2048)
    except (OSError, UnicodeError) as error:  # the second of a name that no host can have
        if opened is not None:
            opened.close()
        raise _refusal(spec, host, error) from error
    return opened


def _refusal(spec: ServerSpec, host: str, error: OSError | UnicodeError) -> SandboxError:
    if isinstance(error, OSError) and error.errno == EADDRINUSE:
        free = spec.port + 100 if spec.port < 64_000 else 8000
        return PortTaken(
            f"Cổng {spec.port} (dịch vụ {spec.name}) đang có chương trình khác dùng: "
            f"tắt chương trình đó, hoặc chọn cổng khác, ví dụ --port {free}.",
            f"Port {spec.port} (service {spec.name}) is taken by another program: end that program, "
            f"or choose other ports, such as --port {free}.",
        )
    reason = (isinstance(error, OSError) and error.strerror) or str(error)
    return CannotListen(
        f"Không mở được {host}:{spec.port} cho dịch vụ {spec.name} ({reason}): sửa SANDBOX_HOST hoặc --port.",
        f"Cannot listen on {host}:{spec.port} for service {spec.name} ({reason}): "
        "correct SANDBOX_HOST or --port.",
    )
