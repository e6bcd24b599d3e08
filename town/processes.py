"""One process for each server, copied from one that has already imported everything (town/preload.py).

The ports stay open in this process: while a server is started again, who calls waits in line.
"""

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from flow_model.errors import BadContract, SandboxError
from town.listening import ServerSpec, url_of
from town.server_process import serve

_START_SECONDS = 60.0
_STOP_SECONDS = 13.0


class NotStarted(SandboxError):
    """The operator reads why: the service could not be built."""

    slug = "service-not-started"


@dataclass
class _Child:
    spec: ServerSpec
    listening: socket.socket
    process: BaseProcess
    report: Connection


class Fleet:
    """The processes of a town. Inside the block each one that dies unexpectedly is started again."""

    def __init__(self, specs: Sequence[ServerSpec], sockets: Sequence[socket.socket]) -> None:
        self._context = _context()
        self._places = list(zip(specs, sockets, strict=True))
        self._children: list[_Child] = []
        self._lock = Lock()
        self._watcher = Thread(target=self._watch, name="town-watcher", daemon=True)
        self._stopped, self._stop = self._context.Pipe(duplex=False)

    def pids(self) -> list[int]:
        """This process, the servers, and the helpers that Python starts for them."""
        with self._lock:
            servers = [child.process.pid for child in self._children]
        helpers = [
            getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None),
            getattr(getattr(resource_tracker, "_resource_tracker", None), "_pid", None),
        ]
        return [os.getpid(), *(pid for pid in [*servers, *helpers] if pid is not None)]

    def servers(self) -> dict[str, int]:
        """The process of each server, by its name, as it is now."""
        with self._lock:
            return {child.spec.name: child.process.pid or 0 for child in self._children}

    def __enter__(self) -> Self:
        try:
            for spec, listening in self._places:
                self._children.append(self._start(spec, listening))
            for child in self._children:
                _wait_until_built(child)
            self._watcher.start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _start(self, spec: ServerSpec, listening: socket.socket) -> _Child:
        report, told = self._context.Pipe(duplex=False)
        process = self._context.Process(target=serve, args=(spec, listening, told), name=spec.name)
        process.start()
        told.close()
        return _Child(spec, listening, process, report)

    def _watch(self) -> None:
        while True:
            with self._lock:
                living = {child.process.sentinel: child for child in self._children}
            ended = wait([self._stopped, *living])
            if self._stopped in ended:
                return
            for sentinel in ended:
                assert isinstance(sentinel, int)
                self._replace(living[sentinel])

    def _replace(self, dead: _Child) -> None:
        dead.process.join()
        _make_sure_it_ended(dead)
        dead.report.close()
        try:
            fresh = self._start(dead.spec, dead.listening)
        except OSError as error:
            self._give_up(dead, str(error))
            return
        with self._lock:
            self._children[self._children.index(dead)] = fresh
        try:
            _wait_until_built(fresh, self._stopped)
        except NotStarted as error:
            self._give_up(fresh, error.detail_en)
            return
        port = url_of(dead.listening).rpartition(":")[2]
        why = _ending(dead.process.exitcode)
        _say(
            f"{dead.spec.name} dừng đột ngột ({why}); đã chạy lại ở cổng {port}",
            f"{dead.spec.name} ended unexpectedly ({why}); started again on port {port}",
        )

    def _give_up(self, child: _Child, reason: str) -> None:
        """A service that cannot start twice in a row stays down, and whoever calls it is refused at once."""
        with self._lock:
            self._children.remove(child)
        child.process.kill()
        child.process.join()
        child.listening.close()
        _say(f"{child.spec.name} không chạy lại được: {reason}", f"{child.spec.name} stays down: {reason}")

    def _end(self) -> None:
        self._stop.send(None)
        if self._watcher.is_alive():
            self._watcher.join()
        # The first asks the others: what it has begun is answered before they go.
        for children in (self._children[:1], self._children[1:]):
            for child in children:
                child.process.terminate()
            for child in children:
                child.process.join(_STOP_SECONDS)
                if child.process.exitcode is None:
                    child.process.kill()
                    child.process.join()
                child.process.close()
                child.report.close()
        self._children.clear()
        self._stop.close()
        self._stopped.close()


def _context() -> ForkServerContext | SpawnContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["town.preload"])
    _start_the_copier()
    return context


def _start_the_copier() -> None:
    """Start the process that makes the copies, with the signals of a terminal held back.

    It leaves those to us as soon as it has read how (town/preload.py). Until then they would end it.
    """
    resource_tracker.ensure_running()  # which would let the signals through again
    ours = [getattr(signal, name) for name in ("SIGINT", "SIGHUP")]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ours)
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _wait_until_built(child: _Child, stopped: Connection | None = None) -> None:
    """The child says "" once it listens, or why it cannot."""
    others = [] if stopped is None else [stopped]
    ready = wait([child.report, child.process.sentinel, *others], _START_SECONDS)
    if stopped in ready:
        return
    vi = en = f"{_START_SECONDS:.0f} s"
    cause = None
    if child.report in ready or child.report.poll():
        try:
            vi, en, in_a_flow = child.report.recv()
            if not vi:
                return
            cause = BadContract(*en.split(": ", 1)) if in_a_flow else None
        except EOFError:
            child.process.join()
            vi = en = _ending(child.process.exitcode)
    elif child.process.sentinel in ready:
        child.process.join()
        vi = en = _ending(child.process.exitcode)
    raise NotStarted(
        f"Dịch vụ {child.spec.name} không khởi động được: {vi}",
        f"The service {child.spec.name} did not start: {en}",
    ) from cause


def _make_sure_it_ended(child: _Child) -> None:
    """If the process that makes the copies was killed, a server only seems to have ended, with code 255."""
    pid = child.process.pid
    if child.process.exitcode == 255 and pid is not None:
        with suppress(OSError):
            os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            pass
    return f"exit {code}"


def _say(vi: str, en: str) -> None:
    print(f"{vi} / {en}", file=sys.stderr, flush=True)
