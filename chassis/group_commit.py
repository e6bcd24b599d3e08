"""The pieces of work that share one commit, and who has to hear how it went.

Some wait for the commit. Others did their piece and ask only later: their task, and those that it has begun,
remember which commit their last piece was in.
"""

import asyncio
from contextvars import ContextVar

from chassis.store_errors import StoreTrouble


class Group:
    """The pieces of one turn of the event loop, or one piece where no loop runs."""

    def __init__(self, store: object, loop: asyncio.AbstractEventLoop | None) -> None:
        self.store = store
        self.loop = loop
        self.pieces = 0
        self.trouble: StoreTrouble | None = None
        self.waiting: list[asyncio.Future[None]] = []

    def remember(self) -> None:
        """The present task does a piece that this commit is to keep."""
        if self.loop is not None:
            _last.set(self)

    def end(self, trouble: StoreTrouble | None) -> None:
        """Tell everybody how it went."""
        self.trouble = trouble
        for each in self.waiting:
            if each.done():
                continue
            if trouble is None:
                each.set_result(None)
            else:
                each.set_exception(trouble)


_last: ContextVar[Group | None] = ContextVar("last group", default=None)


def require_kept(store: object) -> None:
    """Raise what the commit of the present task's last piece met, if that is over and failed."""
    group = _last.get()
    if group is not None and group.store is store and group.trouble is not None:
        raise group.trouble
