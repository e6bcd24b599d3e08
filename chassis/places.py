"""The places of one depth, and the line before them: who gets one, who waits, who makes room for whom."""

import asyncio
from dataclasses import dataclass

# The pace of late: a mean over about so many.
_OF_LATE = 8


class LineFull(Exception):
    """There is no room to wait, or somebody else needs it more."""


@dataclass(eq=False, slots=True)
class Waiting:
    client: str
    called: "asyncio.Future[None]"


class Places:
    """With ``kept`` no client may hold them all: a fourth is for whoever else comes."""

    def __init__(self, places: int, most_waiting: int, *, kept: bool) -> None:
        self.places, self.most_waiting = places, most_waiting
        self.share = max(1, places - places // 4) if kept else places
        self.working = 0
        self.line: list[Waiting] = []
        self.room = most_waiting
        self.pace_seconds = 0.0
        self._left_at: float | None = None
        self._held: dict[str, int] = {}
        self._present: dict[str, int] = {}

    def take(self, client: str) -> bool:
        """A place, if one is free: then nobody who waits may have it."""
        if self.working >= self.places or self._held.get(client, 0) >= self.share:
            return False
        self._seat(client)
        self._count(self._present, client, 1)
        return True

    def keep_pace(self, now: float) -> None:
        """Somebody is done: how often that happens, about, while others wait."""
        if self._left_at is not None and self.line:
            since = now - self._left_at
            self.pace_seconds += (since - self.pace_seconds) / _OF_LATE if self.pace_seconds else since
        self._left_at = now

    def leave(self, client: str) -> None:
        """Give the place to whoever waits and holds fewest; of those, to the one who came first."""
        self.working -= 1
        self._count(self._held, client, -1)
        self._count(self._present, client, -1)
        while self.working < self.places and (waiting := self._still_waiting()):
            following = min(waiting, key=lambda each: self._held.get(each.client, 0))
            if self._held.get(following.client, 0) >= self.share:
                return
            self.line.remove(following)
            self._seat(following.client)
            following.called.set_result(None)

    def wait(self, client: str) -> Waiting:
        """A place in the line; who brought most of it makes room for who brought less."""
        if self.full_for(client):
            raise LineFull
        if len(self.line) >= self.room and (others := self._still_waiting()):
            self._send_away(max(reversed(others), key=lambda each: self._present[each.client]))
        waiting = Waiting(client, asyncio.get_running_loop().create_future())
        self.line.append(waiting)
        self._count(self._present, client, 1)
        return waiting

    def give_up(self, waiting: Waiting) -> None:
        """Leave the line, or the place if it was given just now."""
        if waiting in self.line:
            self.line.remove(waiting)
            self._count(self._present, waiting.client, -1)
        elif not waiting.called.cancelled() and waiting.called.exception() is None:
            self.leave(waiting.client)

    def full_for(self, client: str) -> bool:
        """Whether this client cannot even wait."""
        if len(self.line) < self.room:
            return False
        most = max((self._present[each.client] for each in self.line), default=0)
        return self._present.get(client, 0) + 1 >= most

    def crowded_by(self, client: str) -> bool:
        """Whether others would be served if this client brought less."""
        most = max(self._present.values(), default=0)
        return self.working < self.places or (len(self._present) > 1 and self._present.get(client, 0) >= most)

    def _still_waiting(self) -> list[Waiting]:
        """Not those who stopped waiting just now, and will leave the line in their next turn."""
        return [each for each in self.line if not each.called.done()]

    def _seat(self, client: str) -> None:
        self.working += 1
        self._count(self._held, client, 1)

    def _send_away(self, waiting: Waiting) -> None:
        self.line.remove(waiting)
        self._count(self._present, waiting.client, -1)
        waiting.called.set_exception(LineFull())

    @staticmethod
    def _count(counts: dict[str, int], client: str, by: int) -> None:
        left = counts.get(client, 0) + by
        if left:
            counts[client] = left
        else:
            del counts[client]
