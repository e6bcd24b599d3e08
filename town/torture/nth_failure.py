"""The n-th call to the disk fails, for n = 1, 2, 3…, until an act of a real service is over before it.

Each time: the act is kept, or refused with a clear reason, and never by half. After a broken disk the service
refuses until it is started again; after a full one it goes on. The same request again has the one effect.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import count
from time import perf_counter

import apsw

from chassis.store_errors import UnusableFile
from town.torture.crash_content import Folder
from town.torture.crash_vfs import FAILURES
from town.torture.luck import Luck
from town.torture.victim import Json, Said, Unreadable, Victim

ERROR, ERRORS, FULL = "an error", "errors from then on", "full from then on"
WAYS = (ERROR, ERRORS, FULL)
_CLEAR = {"store-broken": 503, "store-full": 507}


@dataclass(frozen=True)
class Act:
    """A request that changes something, and how to read all that it changes."""

    name: str
    method: str
    path: str
    body: Json
    read: Callable[[Victim], Awaitable[Json]]
    headers: Mapping[str, str] = field(default_factory=dict)
    same_answer: bool = True  # whether the same request again is answered the same

    async def do(self, victim: Victim) -> Said:
        """Send the request."""
        return await victim.ask(self.method, self.path, self.body, self.headers)


@dataclass
class Loop:
    """What came of one act, one way to fail, and a process that has run for a while or is only starting."""

    act: str
    way: str
    starting: bool
    attempts: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = field(default=0.0, compare=False)

    def as_json(self) -> Json:
        """All of it."""
        return {**asdict(self), "answers": dict(self.answers)}


class _Nth:
    """Makes the n-th call fail. Only writes find that the disk is full."""

    def __init__(self, n: int, way: str) -> None:
        self.met = ""
        self._left, self._way, self._well = n, way, False

    def __call__(self, what: str, file: str) -> int | None:
        if self._well or (self._way == FULL and what != "write"):
            return None
        self._left -= 1
        if self._left > 0 or (self.met and self._way == ERROR):
            return None
        self.met = self.met or f"{what} {file}"
        return apsw.SQLITE_FULL if self._way == FULL else FAILURES[what]

    def heal(self) -> None:
        """The disk is well, and has room, again."""
        self._well = True


async def loop(victim: Victim, act: Act, way: str, *, starting: bool) -> Loop:
    """Do the act on a failing disk again and again, each time from what the disk holds now."""
    began, found = perf_counter(), Loop(act.name, way, starting)
    before = victim.folder.copy()
    victim.start(before.copy())
    answer = await act.do(victim)
    trial = _Trial(victim, act, before, answer, await act.read(victim), found)
    if answer.status >= 400:
        found.wrong.append(f"on a good disk: {answer.status} {answer.body}")
    for n in count(1):
        if found.wrong or await trial.goes_well(n, way):
            break
    victim.start(before)
    found.seconds = perf_counter() - began
    return found


@dataclass
class _Trial:
    victim: Victim
    act: Act
    before: Folder
    answer: Said
    expected: Json
    found: Loop

    async def goes_well(self, n: int, way: str) -> bool:
        """One attempt; whether the act was over before the n-th call."""
        nth = _Nth(n, way)
        self.found.attempts += 1
        said = await self._done(nth)
        nth.heal()
        if not nth.met:
            await self._require_kept(said, "without a failure")
            return True
        self._note(nth, said)
        if said is None or said.slug != "store-full":
            await self._start_again(n, said)
        if said is not None and said.status < 400:
            await self._require_kept(said, f"{nth.met}, answered well")
        again = await self.act.do(self.victim)
        await self._require_kept(again, f"{nth.met}, sent again")
        return False

    async def _done(self, nth: _Nth) -> Said | None:
        """What the act was answered; None when the process did not even start."""
        try:
            self.victim.start(self.before.copy(), nth if self.found.starting else None)
        except UnusableFile:
            return None
        if not self.found.starting:
            await self.act.read(self.victim)
            self.victim.fail(nth)
        return await self.act.do(self.victim)

    def _note(self, nth: _Nth, said: Said | None) -> None:
        told = "not started" if said is None else said.slug or str(said.status)
        self.found.answers[told] += 1
        if said is not None and said.status >= 400 and _CLEAR.get(said.slug) != said.status:
            self._wrong(f"{nth.met}: {said and (said.status, said.body)}")
        if self.found.way != FULL and told == "store-full":
            self._wrong(f"{nth.met}: told as a full disk")

    async def _start_again(self, n: int, said: Said | None) -> None:
        if said is not None and said.slug == "store-broken":
            for refused in (await self.act.do(self.victim), await self.victim.ask("GET", "/health")):
                if refused.slug != "store-broken":
                    self._wrong(f"a broken store went on: {refused.status} {refused.body}")
        self.victim.die()
        left = self.victim.folder
        self.victim.start(left if n % 2 else left.after_cut(Luck(n)))

    async def _require_kept(self, said: Said | None, when: str) -> None:
        if said is None or said.status >= 400 or (self.act.same_answer and said.body != self.answer.body):
            self._wrong(f"{when}: {said and (said.status, said.body)}")
        try:
            there = await self.act.read(self.victim)
        except Unreadable as error:
            self._wrong(f"{when}: {error}")
        else:
            if there != self.expected:
                self._wrong(f"{when}: something else is there")

    def _wrong(self, what: str) -> None:
        self.found.wrong.append(f"{self.found.attempts}: {what}"[:2000])
