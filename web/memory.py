"""Pages that were made already, while nothing that they rest on has changed. Losing them costs time only."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from web.viewer import viewer_of

MOST_PAGES = 200


def seen_of(*runs: Mapping[str, Any]) -> Hashable:
    """What tells that these runs are as they were: every change of a run moves its version."""
    return tuple((run["run_id"], run["version"], run["now"]) for run in runs)


class Memory:
    """The pages made last, by address, visitor's language and mode, and what they rest on."""

    def __init__(self, most: int = MOST_PAGES) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, tuple[bytes, dict[str, str]]] = OrderedDict()
        self._making: dict[Hashable, asyncio.Lock] = {}

    async def page(
        self, request: Request, seen: Hashable, make: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The page as it was made, or made now. Only what went well is remembered."""
        viewer = viewer_of(request.scope)
        key = (viewer.path, viewer.query, viewer.language, viewer.trainer, seen)
        # Fifty who click at once wait for the one who makes the page.
        lock = self._making.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                return self._known(key) or await self._made(key, make)
        finally:
            if not lock.locked():
                self._making.pop(key, None)

    def _known(self, key: Hashable) -> Response | None:
        known = self._pages.get(key)
        if known is None:
            return None
        self._pages.move_to_end(key)
        body, headers = known
        return HTMLResponse(body, headers=headers)

    async def _made(self, key: Hashable, make: Callable[[], Awaitable[Response]]) -> Response:
        made = await make()
        if made.status_code == 200:
            kept = {name: value for name, value in made.headers.items() if name != "content-length"}
            self._pages[key] = (bytes(made.body), kept)
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)
        return made
