"""uvicorn without its signals, with limits, and with an end that costs nobody an answer."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
import uvicorn
from uvicorn.protocols.http.flow_control import CLOSE_HEADER

from chassis.clock import WallClock, seconds_passed
from town.connections import Connection, LimitedConfig, Limits

# From the word to end until the last answer; what then is not answered is cut off.
GRACE_SECONDS = 10.0
# So long before that, what is at work asks nobody else any more: its answer is to be in time.
_ANSWER_SECONDS = 1.0
# A connection that rested so long is ended: no client of ours uses it again. Others end by their next answer.
_IDLE_SECONDS = 3.0
_TICK_SECONDS = 0.02
_log = structlog.get_logger("town.server")


class Server(uvicorn.Server):
    """Ends when ``stop`` is called. The one who owns the loop owns the signals.

    ``drain_seconds``: so long it still takes connections, while its health says that it is ending, until a
    proxy has noticed.
    """

    def __init__(
        self,
        app: Any,
        limits: Limits | None = None,
        drain_seconds: float = 0.0,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        super().__init__(
            LimitedConfig(
                app,
                limits or Limits(),
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=75,  # longer than the client keeps one, so no request meets a closing door
            )
        )
        self.listening = asyncio.Event()
        self._stop = asyncio.Event()
        self._admission = getattr(getattr(app, "state", None), "admission", None)
        self._drain_seconds = drain_seconds
        self._idle_seconds = idle_seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.listening.set()

    def stop(self) -> None:
        """End in good order."""
        self.should_exit = True
        self._stop.set()

    async def main_loop(self) -> None:
        """Until it is to stop; once a second what the Date header says is brought up to date."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so; take nobody new; answer what is there; end what is idle; cut off what takes too long."""
        end = seconds_passed() + GRACE_SECONDS
        if self._admission is not None:
            self._admission.stop(GRACE_SECONDS - _ANSWER_SECONDS)
        self.server_state.default_headers = [*self.server_state.default_headers, CLOSE_HEADER]
        for connection in self._connections():
            connection.drain()
        if self._drain_seconds:
            await WallClock().pause(self._drain_seconds)
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        await WallClock().pause(_TICK_SECONDS)  # whoever was let in just now is shown to us in the next turn
        await self._until(self._is_empty, end)
        await self._cut_off()

    def _connections(self) -> list[Connection]:
        return [each for each in self.server_state.connections if isinstance(each, Connection)]

    def _is_empty(self) -> bool:
        connections = self._connections()
        busy = any(each.at_work and not each.streams for each in connections)
        for each in connections:
            idle = not each.at_work and seconds_passed() - each.idle_since >= self._idle_seconds
            if idle or (each.streams and not busy):  # whoever follows a stream takes it up again elsewhere
                each.end()
        return not connections and not self.server_state.tasks

    async def _until(self, is_so: Callable[[], bool], end: float) -> None:
        while not is_so() and seconds_passed() < end:
            await WallClock().pause(_TICK_SECONDS)

    async def _cut_off(self) -> None:
        for connection in self._connections():
            connection.transport.abort()
        left = list(self.server_state.tasks)
        if left:
            _log.error("cut-off", requests=len(left), seconds=GRACE_SECONDS)
            for task in left:
                task.cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await asyncio.gather(*left, return_exceptions=True)
