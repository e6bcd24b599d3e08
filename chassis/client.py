"""The only HTTP client, and the only module that knows which library it is.

The same calls go over the network or straight into an app in this process, so a test of a flow needs no mock.
Nothing is retried here but what asks for it: a busy process says when to come again, and is obeyed as long as
the caller's patience lasts. A step of a flow is sent again by the engine that remembers it.
"""

import asyncio
import json as json_library
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from math import ceil
from types import TracebackType
from typing import Any, Self

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from starlette.types import ASGIApp

from chassis.clock import WallClock
from chassis.in_process import InProcess, Received
from chassis.mishaps import Mishap, Reason, Staged, spoilt, suffer
from chassis.problem_table import OF_THE_PROCESS
from chassis.strict_json import strict_dumps
from flow_model.chance import uniform
from flow_model.errors import SandboxError, ServiceDown

_REASONS: dict[Reason, tuple[str, str]] = {
    "refused": ("không nhận kết nối", "refuses connections"),
    "timeout": ("không trả lời kịp", "did not answer in time"),
    "reset": ("ngắt kết nối giữa chừng", "broke off the connection"),
    "unavailable": ("báo đang tạm ngừng", "says it is unavailable"),
    "busy": ("đang quá tải, hoặc chưa ghi được", "has too much to do, or cannot keep anything now"),
    "broken": ("báo lỗi máy chủ", "answers with a server error"),
    "unreadable": ("trả lời không đọc được", "gave an answer that cannot be read"),
}
_MAX_CONNECTIONS = 100
_BUSY_STATUS = (429, 503, 507)
# How long a caller waits in all for a process that is busy, before it gives up.
PATIENCE_SECONDS = 20.0


class ServiceUnreachable(ServiceDown):
    """The operator starts the service; whoever called sends the same request again later.

    ``staged``: it was meant to happen, as a fault of the run.
    """

    def __init__(
        self,
        service: str,
        reason: Reason,
        retry_after_seconds: int | None = None,
        *,
        staged: bool = False,
    ) -> None:
        vi, en = _REASONS[reason]
        super().__init__(
            f"Dịch vụ {service} {vi}.",
            f"The service {service} {en}.",
            retry_after_seconds=retry_after_seconds,
        )
        self.service = service
        self.reason: Reason = reason
        self.staged = staged


class ServiceRefused(SandboxError):
    """The caller reads the other service's problem: that service says what to put right."""

    slug = "service-refused"

    def __init__(self, service: str, status: int, problem: Mapping[str, Any]) -> None:
        detail = str(problem.get("detail") or problem.get("title") or f"HTTP {status}")
        super().__init__(f"{service}: {detail}", f"{service}: {detail}")
        self.service = service
        self.status = status
        self.problem = dict(problem)

    @property
    def problem_slug(self) -> str:
        """The last word of the problem's type: `conflicting-content`."""
        return str(self.problem.get("type", "")).rpartition(":")[2]


@dataclass(frozen=True)
class Answer:
    """What a service answered. Header names are lower case; `body` is the parsed JSON, or None."""

    status: int
    headers: Mapping[str, str]
    body: Any
    service: str = ""
    content: bytes = field(default=b"", repr=False)

    def raise_for_problem(self) -> Self:
        """The answer itself when it is no error; ServiceRefused otherwise."""
        if self.status >= 400:
            problem = self.body if isinstance(self.body, dict) else {}
            raise ServiceRefused(self.service, self.status, problem)
        return self


class ServiceClient:
    """Calls services by name. Close it, or use it as `async with`."""

    def __init__(
        self,
        clients: Mapping[str, "_Network | InProcess"],
        base_urls: Mapping[str, str],
        timeout_seconds: float | None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._patience_seconds = patience_seconds
        self._clients = dict(clients)
        self._base_urls = dict(base_urls)
        self._timeout_seconds = timeout_seconds

    @classmethod
    def over_http(cls, base_urls: Mapping[str, str], *, timeout_seconds: float = 10.0) -> Self:
        """Real connections, kept open and shared by all services; one pool, opened at the first call."""
        network = _Network(timeout_seconds)
        urls = {name: url.rstrip("/") for name, url in base_urls.items()}
        return cls(dict.fromkeys(urls, network), urls, timeout_seconds)

    @classmethod
    def in_process(cls, apps: Mapping[str, ASGIApp], *, patience_seconds: float = PATIENCE_SECONDS) -> Self:
        """No network and no time limit: the app runs in this process. It sees the same requests."""
        ways = {name: InProcess(app) for name, app in apps.items()}
        return cls(ways, dict.fromkeys(apps, ""), None, patience_seconds)

    def move_to(self, base_urls: Mapping[str, str]) -> None:
        """Other addresses for the same services; for a client made before they were known."""
        self._base_urls = {name: base_urls[name].rstrip("/") for name in self._base_urls}

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
            async with asyncio.timeout(self._timeout_seconds):
                return await client.send(method, url, params, sent, content)

        try:
            response = await self._patiently(
                service, send if mishap is None else partial(suffer, mishap, send)
            )
        except Staged as staged:
            raise ServiceUnreachable(service, staged.reason, staged=True) from None
        except (httpx.TransportError, TimeoutError, OSError, aiohttp.ClientError) as error:
            raise ServiceUnreachable(service, _reason(error)) from error
        said = response.headers
        if response.status_code >= 500 and "retry-after" in said:
            raise ServiceUnreachable(service, "unavailable", _seconds(said["retry-after"]))
        received = spoilt(mishap, response.content)
        body, readable = _parsed(said.get("content-type", ""), received)
        if not readable and (mishap is not None or response.status_code < 400):
            raise ServiceUnreachable(service, "unreadable", staged=mishap is not None)
        return Answer(response.status_code, said, body, service, received)

    async def _patiently(self, service: str, send: Callable[[], Awaitable[Received]]) -> Received:
        """Send, and again when the service says that it is busy and when to come again."""
        waited, turn = 0.0, 0
        while True:
            response = await send()
            again = _comes_again(response)
            if again is None:
                return response
            turn += 1
            pause = again * (0.5 + 0.5 * uniform(turn, service, int(waited * 1000)))
            if waited + pause > self._patience_seconds:
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

    def __init__(self, timeout_seconds: float) -> None:
        self._client = httpx.AsyncClient(
            transport=AiohttpTransport(client=_open_session, trust_env=False),
            timeout=timeout_seconds,
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def send(
        self,
        method: str,
        url: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str],
        content: bytes | AsyncIterable[bytes] | None,
    ) -> Received:
        request = self._client.build_request(method, url, params=params, headers=headers, content=content)
        response = await self._client.send(request)
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Received(response.status_code, lower, response.content)

    async def aclose(self) -> None:
        await self._client.aclose()


def _open_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=_MAX_CONNECTIONS),
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


def _comes_again(response: Received) -> float | None:
    """The seconds after which a busy process wants to be asked again; None when it is not busy."""
    if response.status_code not in _BUSY_STATUS or "retry-after" not in response.headers:
        return None
    body, _ = _parsed(response.headers.get("content-type", ""), response.content)
    slug = str(body.get("type", "")).rpartition(":")[2] if isinstance(body, dict) else ""
    return float(_seconds(response.headers["retry-after"]) or 1) if slug in OF_THE_PROCESS else None


def _seconds(retry_after: str) -> int | None:
    return int(retry_after) if retry_after.isascii() and retry_after.isdigit() else None


def _parsed(content_type: str, content: bytes) -> tuple[Any, bool]:
    """The JSON that it holds (None when it says that it holds none), and whether it could be read."""
    essence = content_type.partition(";")[0].strip().lower()
    if not essence.endswith(("/json", "+json")):
        return None, True
    try:
        return json_library.loads(content), True
    except (ValueError, RecursionError):
        return None, False
