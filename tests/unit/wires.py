"""Ways to services that answer, hang or are gone, and what a caller is told."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from chassis.answers import Answer, ServiceUnreachable
from chassis.client import ServiceClient
from chassis.clock import passed
from chassis.in_process import Received
from chassis.mishaps import Mishap
from town.torture.virtual.waiting import never

LIMIT = 10.0


class Wire:
    """The way to one service, which answers, hangs or is gone."""

    def __init__(self, behaves: Callable[[], Any] = lambda: None) -> None:
        self.behaves = behaves
        self.knocks = 0
        self.headers: list[Mapping[str, str]] = []

    async def send(
        self, _method: str, _url: str, _params: Any, headers: Mapping[str, str], _content: Any
    ) -> Any:
        self.knocks += 1
        self.headers.append(dict(headers))
        told = self.behaves()
        if asyncio.iscoroutine(told):
            told = await told
        return told or Received(200, {}, b"")

    async def aclose(self) -> None:
        """Nothing is open."""


def gone() -> Any:
    raise ConnectionResetError


def hanging() -> Any:
    return never(asyncio.get_running_loop())


def takes(seconds: float) -> Callable[[], Any]:
    return lambda: passed(asyncio.get_running_loop(), seconds)


def client_of(calls_each: int | None = None, **wires: Wire) -> ServiceClient:
    ways: Any = dict(wires)
    return ServiceClient(ways, dict.fromkeys(wires, ""), LIMIT, calls_each=calls_each)


async def told(client: ServiceClient, service: str, mishap: Mishap | None = None) -> str:
    """The status, or why there was none."""
    try:
        answer: Answer = await client.call(service, "GET", "/x", mishap=mishap)
    except ServiceUnreachable as error:
        return f"{error.reason} staged" if error.staged else error.reason
    return str(answer.status)
