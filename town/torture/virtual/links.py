"""The way from one process to another, with what happens on it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from chassis.client import ServiceClient
from chassis.clock import passed
from chassis.in_process import Received
from chassis.problem_docs import TYPE_PREFIX
from chassis.strict_json import strict_dumps
from town.torture.virtual.requests import Request
from town.torture.virtual.steps import step_of
from town.torture.virtual.waiting import never
from town.torture.virtual.world import World

CLIENT = "client"
TIMEOUT_SECONDS = 10.0
# A story takes some forty. Whoever sends so many goes round in a circle.
MOST_MESSAGES = 1000


class Endless(Exception):
    """Messages without end: the schedule is ended instead."""


def client_of(world: World, name: str, others: Iterable[str]) -> ServiceClient:
    """How a process speaks to the others."""
    links: Any = {other: Link(world, name, other) for other in others if other != name}
    return ServiceClient(links, dict.fromkeys(links, ""), TIMEOUT_SECONDS)


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
        if number > MOST_MESSAGES:
            raise Endless(f"{number} messages, and no end")
        asks = "" if self._source in (CLIENT, "gateway") else f" for {self._source}"
        step = f"{self._target} {step_of(method, path)}{asks}"
        kind = world.plan.fault("message", number, step)
        world.note(f"m{number} {self._source} → {step}")
        request = Request(method, path, params, headers, content)
        if kind is None:
            return await self._straight(request)
        world.fire(step, kind, f"m{number}")
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

    async def _busy_garbled(self, _request: Request) -> Received:
        """It comes through that the process is busy, but not in what words."""
        answer = problem(503, "busy", {"retry-after": "2"})
        return Received(answer.status_code, answer.headers, answer.content[::-1])

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
