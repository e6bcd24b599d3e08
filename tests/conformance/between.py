"""Somebody between the suite and an agency of ours, who changes what is asked or what is answered."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Request:
    """What is asked: `path` without its query, `headers` in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: bytes

    @property
    def run(self) -> str:
        return self.headers.get("run-id", "")

    @property
    def body(self) -> Any:
        """The parsed body; None for none, or for one that cannot be parsed."""
        try:
            return json.loads(self.content) if self.content else None
        except ValueError:
            return None

    def saying(self, body: Any) -> "Request":
        return replace(self, content=json.dumps(body).encode())

    def get(self, path: str) -> "Request":
        """Another question in the same run, at the same instant."""
        return replace(self, method="GET", path=path, query={}, content=b"")


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content) if self.content else None

    def saying(self, body: Any, status: int | None = None) -> "Reply":
        return replace(self, content=json.dumps(body).encode(), status=status or self.status)


@dataclass
class Between:
    """An app that hands everything to `act`, which may ask the agency as often as it likes."""

    app: ASGIApp
    act: "Act"
    memory: dict[str, Any] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reply = await self.act(self, await _request(scope, receive))
        headers = {**reply.headers, "content-length": str(len(reply.content))}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": pairs})
        await send({"type": "http.response.body", "body": reply.content})

    async def ask(self, request: Request) -> Reply:
        """What the agency itself answers."""
        sent: list[Message] = []
        messages: list[Message] = [{"type": "http.request", "body": request.content, "more_body": False}]

        async def receive() -> Message:
            return messages.pop() if messages else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(_scope(request), receive, send)
        headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], headers, b"".join(each.get("body", b"") for each in sent[1:]))


Act = Callable[[Between, Request], Awaitable[Reply]]


async def _request(scope: Scope, receive: Receive) -> Request:
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    return Request(scope["method"], scope["path"], query, headers, content)


def _scope(request: Request) -> Scope:
    headers = {**request.headers, "content-length": str(len(request.content))}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": urlencode(request.query).encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("in-process.invalid", 80),
        "client": ("127.0.0.1", 1),
    }
