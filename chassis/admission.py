"""How much work a process takes on at once. What is too much is told so at once, and when to come again.

There are places for each *depth*: 0 is asked for from outside; what is asked for on behalf of admitted work
is one deeper than that work. Work waits for places of the next depth and holds none of them, so no circle of
processes can wait for itself, whoever calls whom. From outside, nobody waits long, and nobody takes all
places; what is asked for on behalf of admitted work waits as long as somebody waits for the answer.
"""

import asyncio
from collections.abc import Callable, Sized

from chassis.clock import seconds_passed
from chassis.heads import Head
from chassis.places import LineFull, Places, Waiting
from chassis.settings import PLACES
from chassis.work import Work
from flow_model.errors import Busy, SandboxError

PATIENCE_SECONDS = 0.2
# As long as some are sent away, what waits is no buffer but delay (CoDel): others wait for so much less.
_SHORTER = 8
_MOST_DEEP = 1024
# Over so many seconds those who are sent away come again.
_SPREAD_SECONDS = 3


class TooManyRequests(SandboxError):
    """This client comes again a little later: others want to be served as well."""

    slug = "too-many-requests"


class DeadlinePassed(SandboxError):
    """Nobody: whoever asked has stopped waiting. Nothing was done."""

    slug = "deadline-passed"


class Stopping(Busy):
    """The caller comes again a little later, and meets the next process."""

    slug = "stopping"


class Admission:
    """The door of one app."""

    def __init__(
        self,
        places: int = PLACES,
        *,
        most_waiting: int | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        seconds: Callable[[], float] = seconds_passed,
    ) -> None:
        self.stopping = False
        self._patience = patience_seconds
        self._seconds = seconds
        self._depths: dict[int, Places] = {}
        self._works: dict[Work, None] = {}
        self._shed = 0
        self._shed_at = float("-inf")
        self._end: float | None = None
        self.set_places(places, most_waiting)

    def set_places(self, places: int, most_waiting: int | None = None) -> None:
        """So many at once, and so many in the line; before the first request."""
        self.places = places
        waiting = places if most_waiting is None else most_waiting
        self._depths = {0: Places(places, waiting, kept=True)}

    @property
    def at_work(self) -> int:
        """How many hold a place or wait for one."""
        return sum(each.working + len(each.line) for each in self._depths.values())

    def stop(self, within_seconds: float) -> None:
        """The process is to end: what is at work may ask others only so much longer."""
        self.stopping = True
        self._end = self._seconds() + within_seconds
        for work in self._works:
            work.until = self._bounded(work.until)

    def look(self, head: Head) -> None:
        """Raise at once, before the body is read, if there is no use in waiting."""
        places = self._with_room(head.depth)
        if places.line and places.full_for(head.client):
            raise self._too_much(places, head.client)

    async def enter(self, head: Head, arrived: float | None = None, at_hand: Sized = ()) -> Work:
        """A place, at once or after a while; raises Busy, TooManyRequests, DeadlinePassed.

        ``arrived``: when the process had the whole request, and ``at_hand``: all the requests that it has.
        Work that only computes never fills the places: where there is more than that, the loop is the line.
        """
        if head.until is not None and self._seconds() >= head.until:
            raise _too_late()
        places = self._depth(head.depth)
        if head.depth == 0 and len(at_hand) > self.places and self._is_late(arrived):
            raise self._busy(self._comes_again())
        if not places.take(head.client):
            await self._wait(self._with_room(head.depth), head)
        work = Work(head.client, head.depth, self._bounded(head.until))
        self._works[work] = None
        return work

    def leave(self, work: Work) -> None:
        """Give the place to the next; once is enough."""
        if work.has_place:
            work.has_place = False
            del self._works[work]
            places = self._depth(work.depth)
            places.keep_pace(self._seconds())
            places.leave(work.client)

    def _bounded(self, until: float | None) -> float | None:
        return until if self._end is None else self._end if until is None else min(until, self._end)

    async def _wait(self, places: Places, head: Head) -> None:
        left = None if head.until is None else head.until - self._seconds()
        patience = self._patience_now() if head.depth == 0 else None
        seconds = min((each for each in (left, patience) if each is not None), default=None)
        waiting: Waiting | None = None
        try:
            waiting = places.wait(head.client)
            async with asyncio.timeout(seconds):
                await waiting.called
        except LineFull:
            raise self._too_much(places, head.client) from None
        except TimeoutError:
            assert waiting is not None
            places.give_up(waiting)
            raise (_too_late() if seconds == left else self._too_much(places, head.client)) from None
        except BaseException:
            if waiting is not None:
                places.give_up(waiting)
            raise

    def _is_late(self, arrived: float | None) -> bool:
        return arrived is not None and self._seconds() - arrived > self._patience_now()

    def _with_room(self, depth: int) -> Places:
        """The places; while some are sent away, with room in the line only for those who may get one in time.

        Whoever waits in vain costs more than whoever is sent away at once.
        """
        places = self._depth(depth)
        if depth == 0:
            patience, room = self._patience_now(), places.most_waiting
            if places.pace_seconds and patience < self._patience:
                room = min(room, max(1, int(patience / places.pace_seconds)))
            places.room = room
        return places

    def _patience_now(self) -> float:
        """How long somebody from outside waits."""
        shedding = self._seconds() - self._shed_at <= self._patience
        return self._patience / _SHORTER if shedding else self._patience

    def _depth(self, depth: int) -> Places:
        if depth not in self._depths:
            self._depths[depth] = Places(self.places, _MOST_DEEP, kept=False)
        return self._depths[depth]

    def _too_much(self, places: Places, client: str) -> SandboxError:
        seconds = self._comes_again()
        if places.crowded_by(client):
            return TooManyRequests(
                "Bạn đang gửi quá nhiều yêu cầu cùng lúc. Hãy đợi rồi gửi lại.",
                "You send too many requests at once. Wait, then send it again.",
                retry_after_seconds=seconds,
            )
        return self._busy(seconds)

    def _comes_again(self) -> int:
        """After how many seconds somebody who is sent away comes again: not all at once."""
        self._shed += 1
        self._shed_at = self._seconds()
        return 1 + self._shed % _SPREAD_SECONDS

    @staticmethod
    def _busy(seconds: int) -> Busy:
        return Busy(
            "Dịch vụ đang quá tải. Hãy đợi rồi gửi lại.",
            "The service has too much to do. Wait, then send it again.",
            retry_after_seconds=seconds,
        )


def _too_late() -> DeadlinePassed:
    return DeadlinePassed(
        "Hết thời gian trước khi bắt đầu; chưa có gì được làm.",
        "The time was over before this was begun; nothing was done.",
    )
