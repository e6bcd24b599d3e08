"""A town whose processes die, pause and start again, and whose messages get lost, all in virtual time.

The apps are those that run everywhere. A message is handled by a task of the process that gets it, so whoever
stops waiting leaves the work going on, as in a real network. A process that dies loses what was not
committed, and all that it knew.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from chassis.clock import passed
from chassis.in_process import InProcess, Received
from town.torture.virtual.loop import VirtualLoop
from town.torture.virtual.requests import Request
from town.torture.virtual.storing import StoreFault

DOWN_SECONDS = 1.5
PAUSE_SECONDS = 35.0
_ENDS_A_LIFE = ("-", "+", "ioerr")


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

    def heal(self) -> None:
        """From here on nothing goes wrong; what goes wrong already takes its course."""
        self.plan = NoFaults()

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
        if kind in _ENDS_A_LIFE and not self.processes[name].spares:
            kind = None  # it was started again as often as this world was built for
        if kind is not None:
            self.fire(f"commit {name}", kind, f"c{self.commits}")
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

    def fire(self, step: str, kind: str, point: str) -> None:
        self.fired[step, kind] += 1
        self.note(f"{point} {step}: {kind}")

    def die(self, name: str, down_seconds: float = DOWN_SECONDS) -> None:
        """Kill a process as SIGKILL does; it is started again a little later."""
        process = self.processes[name]
        if not process.up or not process.spares:
            return  # it is dead already, or was started again as often as this world was built for
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

    async def deliver(self, name: str, request: Request) -> Received:
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
