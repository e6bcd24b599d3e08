"""The only HTTP client, and the only module that knows which library it is.

The same calls go over the network or straight into an app in this process, so a test of a flow needs no mock.
Nothing is retried here but what asks for it: a busy process says when to come again, and is obeyed as long as
the caller's patience lasts. A step of a flow is sent again by the engine that remembers it.
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from contextlib import nullcontext
from functools import lru_cache, partial
from math import ceil, inf
from types import TracebackType
from typing import Any, Self

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from starlette.types import ASGIApp

from chassis.answers import (
    Answer,
    ServiceRefused,
    ServiceUnreachable,
    comes_again,
    parsed,
    whole_seconds,
)
from chassis.breakers import Breaker, Bulkhead, Crowded, Open
from chassis.clock import WallClock, seconds_passed
from chassis.heads import TIME_LEFT, WORK_DEPTH
from chassis.in_process import InProcess, Received, by_name
from chassis.mishaps import Mishap, Reason, Staged, spoilt, suffer
from chassis.strict_json import strict_dumps
from chassis.work import present_work
from flow_model.chance import uniform

__all__ = ["Answer", "ServiceClient", "ServiceRefused", "ServiceUnreachable"]

_MAX_CONNECTIONS = 100
# A connection that rested longer is not used again: a server that is about to end closes those that rested
# three times as long, so no request meets a closing door.
_KEPT_SECONDS = 1.0
_UNREACHED = (httpx.TransportError, TimeoutError, OSError, aiohttp.ClientError)
# Certificates are verified by the session's own context; the transport would read them all once more.
_UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# How long a caller waits in all for a process that is busy, before it gives up.
PATIENCE_SECONDS = 20.0


class ServiceClient:
    """Calls services by name. Close it, or use it as `async with`."""

    def __init__(
        self,
        clients: Mapping[str, "_Network | InProcess"],
        base_urls: Mapping[str, str],
        timeout_seconds: float | None,
        patience_seconds: float = PATIENCE_SECONDS,
        calls_each: int | None = None,
    ) -> None:
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)
        self._bulkheads = {} if calls_each is None else {name: Bulkhead(calls_each) for name in base_urls}
        self._patience_seconds = patience_seconds
        self._clients = dict(clients)
        self._base_urls = dict(base_urls)
        self._timeout_seconds = timeout_seconds
        self.told: Callable[[str, str, float], None] = lambda _service, _outcome, _seconds: None

    @classmethod
    def over_http(
        cls, base_urls: Mapping[str, str], *, timeout_seconds: float = 10.0, calls_each: int | None = None
    ) -> Self:
        """Real connections, kept open and shared by all services; one pool, opened at the first call.

        ``calls_each``: so many calls to one service at once, for a process that serves others meanwhile.
        """
        network = _Network(timeout_seconds, 0 if calls_each is not None else _MAX_CONNECTIONS)
        urls = {name: url.rstrip("/") for name, url in base_urls.items()}
        return cls(dict.fromkeys(urls, network), urls, timeout_seconds, calls_each=calls_each)

    @classmethod
    def in_process(cls, apps: Mapping[str, ASGIApp], *, patience_seconds: float = PATIENCE_SECONDS) -> Self:
        """No network and no time limit: the app runs in this process. It sees the same requests."""
        ways = {name: InProcess(app) for name, app in apps.items()}
        return cls(ways, dict.fromkeys(apps, ""), None, patience_seconds)

    def move_to(self, base_urls: Mapping[str, str]) -> None:
        """Other addresses for the same services; for a client made before they were known."""
        self._base_urls = {name: base_urls[name].rstrip("/") for name in self._base_urls}

    def url_of(self, service: str) -> str:
        """Where a service is called over HTTP, to be shown to people; nothing in process."""
        return self._base_urls[service]

    def gone(self) -> dict[str, bool]:
        """The services that were called, and whether nobody is sent there for the moment."""
        return {service: breaker.is_open for service, breaker in self._breakers.items()}

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self._base_urls)

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | AsyncIterable[bytes] | None = None,
        mishap: Mishap | None = None,
    ) -> Answer:
        """One request, one answer; ServiceUnreachable if there is none, or if it says 'later'.

        `content` sends bytes as they are, for whoever wants to be rude; `json` is the polite way.
        `mishap` stages a fault of the run on this one call.
        """
        client = self._clients[service]
        sent = dict(headers or {})
        if json is not None:
            content = strict_dumps(json)
            sent.setdefault("Content-Type", "application/json")
        url = self._base_urls[service] + path

        async def send() -> Received:
            limit = self._limit(service, sent)
            way = partial(client.send, method, url, params, sent, content)
            return await self._guarded(service, limit, way)

        try:
            response = await self._patiently(
                service, send if mishap is None else partial(suffer, mishap, send)
            )
        except Staged as staged:
            raise ServiceUnreachable(service, staged.reason, staged=True) from None
        except Open as gone:
            raise ServiceUnreachable(service, gone.reason) from None
        except Crowded:
            raise ServiceUnreachable(service, "busy") from None
        except _UNREACHED as error:
            raise ServiceUnreachable(service, _reason(error)) from error
        said = response.headers
        received = spoilt(mishap, response.content)
        body, readable = parsed(said.get("content-type", ""), received)
        later = response.status_code >= 500 and "retry-after" in said
        # Spoilt on its way, "the disk is full" must not pass for a registry that is closed in the story.
        if later and (readable or mishap is not None):
            raise ServiceUnreachable(service, "unavailable", whole_seconds(said["retry-after"]))
        if not readable:
            raise ServiceUnreachable(service, "unreadable", staged=mishap is not None)
        return Answer(response.status_code, said, body, service, received)

    def _limit(self, service: str, sent: dict[str, str]) -> float | None:
        """How long this call may take, by our own limit and by what is left to whoever asked; tells it on."""
        limit, work = self._timeout_seconds, present_work()
        if work is not None:
            sent[WORK_DEPTH] = str(work.depth + 1)
            if work.until is not None:
                left = work.until - seconds_passed()
                if left <= 0:
                    raise ServiceUnreachable(service, "timeout")
                limit = left if limit is None else min(limit, left)
        if limit is not None:
            sent[TIME_LEFT] = str(max(1, int(limit * 1000)))
        return limit

    async def _guarded(
        self, service: str, limit: float | None, send: Callable[[], Awaitable[Received]]
    ) -> Received:
        """Send, past the service's bulkhead and breaker. Who had less time than is usual proves nothing."""
        breaker, bulkhead = self._breakers[service], self._bulkheads.get(service)
        going, began = None, seconds_passed()
        try:
            async with asyncio.timeout(limit):
                async with nullcontext() if bulkhead is None else bulkhead.place():
                    going = breaker.begin()
                    response = await send()
        except BaseException as error:
            told = isinstance(error, _UNREACHED) and _reason(error)
            ended = told or ("not_sent" if going is None else "given_up")
            self.told(service, ended, seconds_passed() - began)
            if going is not None:
                if told and (told != "timeout" or limit == self._timeout_seconds):
                    breaker.failed(going, told)
                else:
                    breaker.dropped(going)
            raise
        breaker.answered()
        self.told(service, f"{response.status_code // 100}xx", seconds_passed() - began)
        return response

    async def _patiently(self, service: str, send: Callable[[], Awaitable[Received]]) -> Received:
        """Send, and again when the service says that it is busy and when to come again."""
        waited, turn = 0.0, 0
        while True:
            response = await send()
            again = comes_again(response)
            if again is None:
                return response
            turn += 1
            pause = again * (0.5 + 0.5 * uniform(turn, service, int(waited * 1000)))
            work = present_work()
            left = inf if work is None or work.until is None else work.until - seconds_passed()
            if waited + pause > self._patience_seconds or pause > left:
                raise ServiceUnreachable(service, "busy", ceil(again))
            await WallClock().pause(pause)
            waited += pause

    async def aclose(self) -> None:
        for client in {id(client): client for client in self._clients.values()}.values():
            await client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class _Network:
    """The way to real servers: one pool of connections for all."""

    def __init__(self, timeout_seconds: float, most_connections: int) -> None:
        self._transport = AiohttpTransport(
            client=partial(_open_session, most_connections),
            verify=_UNUSED,
            trust_env=False,
        )
        self._extensions = {"timeout": httpx.Timeout(timeout_seconds).as_dict()}

    async def send(
        self,
        method: str,
        url: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str],
        content: bytes | AsyncIterable[bytes] | None,
    ) -> Received:
        # Past httpx's client: redirects, cookies and log-ins, which nobody here uses, cost a third of a call.
        to = _url(url)
        request = httpx.Request(
            method, to, params=params, headers=headers, content=content, extensions=self._extensions
        )
        response = await self._transport.handle_async_request(request)
        try:
            received = await _content(response)
        finally:
            await response.aclose()
        return Received(response.status_code, by_name(response.headers.raw), received)

    async def aclose(self) -> None:
        await self._transport.aclose()


async def _content(response: httpx.Response) -> bytes:
    """The body. What is not compressed needs none of the layers that httpx reads it through."""
    if "content-encoding" in response.headers or not isinstance(response.stream, httpx.AsyncByteStream):
        return await response.aread()
    return b"".join([piece async for piece in response.stream])


# Many calls go to a few addresses, and to read one takes a tenth of a call.
@lru_cache(maxsize=1024)
def _url(text: str) -> httpx.URL:
    return httpx.URL(text)


def _open_session(most_connections: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=most_connections, keepalive_timeout=_KEPT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


def _reason(error: BaseException) -> Reason:
    """The transport names a refused connection a time-out, so its cause is asked first."""
    if isinstance(error.__cause__, aiohttp.ClientError):
        error = error.__cause__
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "timeout"
    if isinstance(error, aiohttp.ClientConnectorError | httpx.ConnectError):
        return "refused"
    return "reset"
