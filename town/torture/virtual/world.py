"""A town whose processes die, pause and start again, and whose messages get lost, all in virtual time.

The apps are those that run everywhere. A message is handled by a task of the process that gets it, so whoever
stops waiting leaves the work going on, as in a real network. A process that dies loses what was not
committed, and all that it knew.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from chassis.client import ServiceClient
from chassis.in_process import InProcess, Received
from chassis.problem_docs import TYPE_PREFIX
from chassis.strict_json import strict_dumps
from town.torture.virtual.loop import VirtualLoop
from town.torture.virtual.steps import step_of
from town.torture.virtual.storing import StoreFault

CLIENT = "client"
TIMEOUT_SECONDS = 10.0
DOWN_SECONDS = 1.5
PAUSE_SECONDS = 35.0


class ProcessDied(BaseException):
    """Goes through what a dead process was doing. Nobody catches it."""


class Plan(Protocol):
    """What happens at a point."""

    def fault(self, at: Literal["commit", "message"], number: int, step: str) -> str | None: ...


class NoFaults:
    """Nothing ever happens."""

    def fault(self, _at: Literal["commit", "message"], _number: int, _step: str) -> str | None:
        return None


@dataclass
class Process:
    """One process: the app that runs, those that are kept for its next lives, and what it is doing."""

    name: str
    app: Any
    spares: list[Any]
    up: bool = True
    paused_until: float = 0.0
    lives: int = 1
    door: InProcess = field(init=False)

    def __post_init__(self) -> None:
        self.door = InProcess(self.app)


@dataclass
class World:
    """The processes, the messages between them, and the plan of what goes wrong."""

    loop: VirtualLoop
    processes: dict[str, Process] = field(default_factory=dict)
    plan: Plan = field(default_factory=NoFaults)
    messages: int = 0
    commits: int = 0
    fired: Counter[tuple[str, str]] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    at_commit: Callable[[int, str], None] = lambda _number, _name: None
    committed: Callable[[str], None] = lambda _name: None

    def client_of(self, name: str, others: Mapping[str, Any]) -> ServiceClient:
        """How a process speaks to the others."""
        links: Any = {other: Link(self, name, other) for other in others if other != name}
        return ServiceClient(links, dict.fromkeys(links, ""), TIMEOUT_SECONDS)

    def add(self, name: str, lives: list[Any]) -> None:
        """A process, with an app for each of its lives."""
        self.processes[name] = Process(name, lives[0], lives[1:])
        self._watch(name)

    def _watch(self, name: str) -> None:
        self.processes[name].app.state.store.around_commit = lambda commit: self._commit(name, commit)

    def next_lives(self) -> None:
        """Every process goes on as its next life, in good order; the last life is followed by the first."""
        for process in self.processes.values():
            ended = process.app
            process.spares.append(ended)
            process.app = process.spares.pop(0)
            ended.state.store.die()
            process.app.state.store.take_over(ended.state.store)
            process.door = InProcess(process.app)
            self._watch(process.name)

    def begin(self) -> None:
        """From here on points are counted."""
        self.messages = self.commits = 0
        self.log.clear()

    def note(self, text: str) -> None:
        """One line of what happened."""
        self.log.append(f"{self.loop.time():9.3f} {text}")

    def _commit(self, name: str, commit: Callable[[], None]) -> None:
        store = self.processes[name].app.state.store
        if not store.wrote():
            commit()  # nothing to keep, so nothing to lose
            return
        self.commits += 1
        self.at_commit(self.commits, name)
        kind = self.plan.fault("commit", self.commits, f"commit {name}")
        if kind is not None:
            self._fire(f"commit {name}", kind, f"c{self.commits}")
        if kind in ("full", "ioerr"):
            if kind == "ioerr":
                self.restart_later(name)
            raise StoreFault.of(kind)
        if kind != "-":
            commit()
            self.note(f"c{self.commits} {name} commits")
            self.committed(name)
        if kind in ("-", "+"):
            self.die(name)
            raise ProcessDied

    def _fire(self, step: str, kind: str, point: str) -> None:
        self.fired[step, kind] += 1
        self.note(f"{point} {step}: {kind}")

    def die(self, name: str, down_seconds: float = DOWN_SECONDS) -> None:
        """Kill a process as SIGKILL does; it is started again a little later."""
        process = self.processes[name]
        if not process.up:
            return
        process.up = False
        process.app.state.store.die()
        self.note(f"{name} dies")
        process.door.tear_off()
        self.loop.call_later(down_seconds, self._start, name)

    def restart_later(self, name: str) -> None:
        """Whoever looks after a process that refuses to work starts it again."""
        self.loop.call_later(2.0, self.die, name)

    def _start(self, name: str) -> None:
        process = self.processes[name]
        dead = process.app.state.store
        if not process.spares:
            raise RuntimeError(f"{name} has no more lives: build the world with more")
        process.app = process.spares.pop(0)
        process.door = InProcess(process.app)
        process.app.state.store.take_over(dead)
        process.up, process.lives = True, process.lives + 1
        self._watch(name)
        self.note(f"{name} starts again")

    def pause(self, name: str, seconds: float = PAUSE_SECONDS) -> None:
        """Stop a process as SIGSTOP does: what arrives waits, and what it says waits too."""
        if name in self.processes:
            self.processes[name].paused_until = self.loop.time() + seconds

    async def awake(self, name: str) -> None:
        """Wait until a process is not paused."""
        while name in self.processes and (left := self.processes[name].paused_until - self.loop.time()) > 0:
            await passed(self.loop, left)

    async def deliver(self, name: str, request: "Request") -> Received:
        """Let a process handle a request in a task of its own; it may die under it."""
        await self.awake(name)
        process = self.processes[name]
        if not process.up:
            raise ConnectionRefusedError
        answer = await process.door.send(
            request.method, request.path, request.params, request.headers, request.content
        )
        if answer.status_code == 500:
            said = answer.content.decode()[:300]
            self.wrong.append(f"500 from {name}: {request.method} {request.path}: {said}")
        await self.awake(name)
        return answer


@dataclass(frozen=True)
class Request:
    """One request as it travels."""

    method: str
    path: str
    params: Mapping[str, str | int] | None
    headers: Mapping[str, str]
    content: bytes | None


class Link:
    """The way from one process to another, with what happens on it."""

    def __init__(self, world: World, source: str, target: str) -> None:
        self._world = world
        self._source = source
        self._target = target

    async def send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str],
        content: Any,
    ) -> Received:
        """One request, one answer, or an error of the network."""
        world = self._world
        await world.awake(self._source)
        world.messages += 1
        number = world.messages
        step = f"{self._target} {step_of(method, path)}"
        kind = world.plan.fault("message", number, step)
        world.note(f"m{number} {self._source} → {step}")
        request = Request(method, path, params, headers, content)
        if kind is None:
            return await self._straight(request)
        world._fire(step, kind, f"m{number}")
        happen: Callable[[Request], Awaitable[Received]] = getattr(self, f"_{kind}")
        return await happen(request)

    async def _straight(self, request: Request) -> Received:
        return await self._world.deliver(self._target, request)

    async def _refused(self, _request: Request) -> Received:
        raise ConnectionRefusedError

    async def _lost_request(self, _request: Request) -> Received:
        await never(self._world.loop)
        raise AssertionError

    async def _lost_answer(self, request: Request) -> Received:
        await self._straight(request)
        await never(self._world.loop)
        raise AssertionError

    async def _reset_after(self, request: Request) -> Received:
        await self._straight(request)
        raise ConnectionResetError

    async def _slow_request(self, request: Request) -> Received:
        await passed(self._world.loop, TIMEOUT_SECONDS * 0.6)
        return await self._straight(request)

    async def _late_request(self, request: Request) -> Received:
        """It arrives when nobody waits any more: after what was sent later."""
        self._in_background(request, TIMEOUT_SECONDS * 2.5)
        await never(self._world.loop)
        raise AssertionError

    async def _slow_answer(self, request: Request) -> Received:
        answer = await self._straight(request)
        await passed(self._world.loop, TIMEOUT_SECONDS * 0.6)
        return answer

    async def _duplicate(self, request: Request) -> Received:
        self._in_background(request, 0.0)
        return await self._straight(request)

    async def _duplicate_late(self, request: Request) -> Received:
        self._in_background(request, TIMEOUT_SECONDS * 3)
        return await self._straight(request)

    async def _truncated(self, request: Request) -> Received:
        answer = await self._straight(request)
        return Received(answer.status_code, answer.headers, answer.content[: len(answer.content) // 2])

    async def _garbled(self, request: Request) -> Received:
        answer = await self._straight(request)
        return Received(answer.status_code, answer.headers, answer.content[::-1])

    async def _error_500(self, _request: Request) -> Received:
        return problem(500, "internal-error")

    async def _error_500_after(self, request: Request) -> Received:
        await self._straight(request)
        return problem(500, "internal-error")

    async def _busy(self, _request: Request) -> Received:
        return problem(503, "busy", {"retry-after": "2"})

    async def _busy_after(self, request: Request) -> Received:
        await self._straight(request)
        return problem(503, "busy", {"retry-after": "2"})

    async def _crash_receiver(self, _request: Request) -> Received:
        self._world.die(self._target)
        raise ConnectionResetError

    async def _crash_sender(self, request: Request) -> Received:
        """The request is on its way; the answer finds nobody."""
        if self._source == CLIENT:
            return await self._reset_after(request)
        self._in_background(request, 0.0)
        self._world.loop.call_soon(self._world.die, self._source)
        await never(self._world.loop)
        raise AssertionError

    async def _pause_receiver(self, request: Request) -> Received:
        self._world.pause(self._target)
        return await self._straight(request)

    async def _pause_sender(self, request: Request) -> Received:
        answer = await self._straight(request)
        self._world.pause(self._source)
        await self._world.awake(self._source)
        return answer

    def _in_background(self, request: Request, seconds: float) -> None:
        async def later() -> None:
            await passed(self._world.loop, seconds)
            with suppress(ConnectionError):  # nobody is there, and nobody waits for it
                await self._straight(request)

        background = self._world.loop.create_task(later())
        _KEPT.add(background)
        background.add_done_callback(_KEPT.discard)

    async def aclose(self) -> None:
        """There is nothing to close."""


_KEPT: set["asyncio.Task[None]"] = set()


def problem(status: int, slug: str, headers: Mapping[str, str] | None = None) -> Received:
    """An error in place of an answer, as a proxy or a service in trouble gives it."""
    body = {"type": TYPE_PREFIX + slug, "title": slug, "status": status, "detail": slug, "errors": []}
    return Received(
        status, {"content-type": "application/problem+json", **(headers or {})}, strict_dumps(body)
    )


async def passed(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    """Let virtual time pass."""
    future: asyncio.Future[None] = loop.create_future()
    timer = loop.call_later(seconds, _wake, future)
    try:
        await future
    finally:
        timer.cancel()


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


async def never(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for what does not come: the caller's own time limit ends it."""
    await loop.create_future()
