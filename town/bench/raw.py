"""HTTP as cheaply as it can be sent: who brings too much must not need the cores that serve them."""

import asyncio
from urllib.parse import urlsplit

from chassis.strict_json import strict_dumps

_NOBODY = 0
_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = b"content-length:"


class RawClient:
    """POSTs to one server, over connections that are used again."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._free: list[_Line] = []

    def request(self, path: str, body: object, key: str) -> bytes:
        """All that is sent, put together beforehand."""
        content = strict_dumps(body)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    async def send(self, request: bytes) -> int:
        """The status of the answer; 0 when there was none."""
        try:
            line = self._kept() or await self._open()
        except OSError:
            return _NOBODY
        status = await line.ask(request)
        if line.is_open:
            self._free.append(line)
        return status

    async def aclose(self) -> None:
        """Close what is open."""
        for line in self._free:
            line.close()
        self._free.clear()

    def _kept(self) -> "_Line | None":
        """A connection that is open; those that the other side has closed meanwhile are forgotten."""
        while self._free:
            line = self._free.pop()
            if line.is_open:
                return line
        return None

    async def _open(self) -> "_Line":
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: _Line(loop), self._host, self._port)
        return line


class _Line(asyncio.Protocol):
    """One connection, and the one answer that is awaited on it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.is_open = False
        self._loop = loop
        self._answer: asyncio.Future[int] | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self.is_open = transport, True

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.is_open = False
        self._tell(_NOBODY)

    async def ask(self, request: bytes) -> int:
        """The status of the answer; 0 if the other side hung up."""
        self._answer, self._received = self._loop.create_future(), b""
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, ended, body = self._received.partition(_HEAD_ENDS)
        if not ended:
            return
        head = head.lower()
        length = int(head.partition(_LENGTH)[2].partition(b"\r\n")[0] or 0)
        if len(body) >= length:
            if b"connection: close" in head:
                self.close()
            self._tell(int(head.split(b" ", 2)[1]))

    def close(self) -> None:
        """Say no more."""
        self.is_open = False
        self._transport.close()

    def _tell(self, status: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)
