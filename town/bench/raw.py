"""HTTP as cheaply as it can be sent: who brings too much must not need the cores that serve them."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from chassis.strict_json import strict_dumps

_NOBODY = 0


@dataclass
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class RawClient:
    """POSTs to one server, over connections that are used again."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._free: list[_Line] = []

    async def post(self, path: str, body: object, key: str) -> int:
        """The status of the answer; 0 when there was none."""
        content = strict_dumps(body)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        try:
            line = self._free.pop() if self._free else await self._open()
            line.writer.write(head.encode() + content)
            return await self._status(line)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            return _NOBODY

    async def aclose(self) -> None:
        """Close what is open."""
        for line in self._free:
            line.writer.close()
            await asyncio.gather(line.writer.wait_closed(), return_exceptions=True)
        self._free.clear()

    async def _open(self) -> _Line:
        return _Line(*await asyncio.open_connection(self._host, self._port))

    async def _status(self, line: _Line) -> int:
        head = (await line.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
        await line.reader.readexactly(length)
        if "connection: close" in head:
            line.writer.close()
        else:
            self._free.append(line)
        return int(head.split(" ", 2)[1])
