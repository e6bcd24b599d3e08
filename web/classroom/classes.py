"""Classes and trainees as they are kept: a document each, so that fifty who join at once do not meet."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chassis.clock import Clock
from chassis.settings import Settings
from flow_model.errors import Refused, UnknownThing
from web.declaring.draft import DRAFT, MOST_KEPT, SENT
from web.keeping import Keeping, Kept
from web.trainees import page_of, run_of

CLASS = "class"
MOST_TRAINEES = 100
# Letters that are not taken for one another when they are read from a wall.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 5
CODE = rf"^[{_LETTERS}]{{{_CODE_LENGTH}}}$"


@dataclass(frozen=True)
class Class:
    """A class: what everybody in it does. ``group`` empty: each chooses."""

    code: str
    title: str
    group: str
    law: str
    officers: str
    seed: int
    opened_at: str

    @property
    def key(self) -> str:
        """Part of the address of the board: who has it is the trainer."""
        secret = Settings.from_environment(os.environ).event_secret
        return sha256(f"{secret} {self.code} {self.opened_at}".encode()).hexdigest()[:16]

    @property
    def board(self) -> str:
        """Where the trainer looks."""
        return f"/lop/{self.code}/bang/{self.key}"

    @property
    def terms(self) -> dict[str, Any]:
        """The terms of every run of the class."""
        return {"seed": self.seed, "law": self.law, "officers": self.officers}


@dataclass(frozen=True)
class Trainee:
    """Somebody in a class. ``round`` grows when they begin anew, and their run has another name then."""

    name: str
    called: str
    code: str
    round: int
    joined_at: str
    kept: Kept

    @property
    def run_id(self) -> str:
        """Their own run."""
        return run_of(self.code, self.name, self.round)

    @property
    def address(self) -> str:
        """Their own page."""
        return page_of(self.code, self.name)


class Classes:
    """Opens and finds classes; takes trainees in."""

    def __init__(self, keeping: Keeping, clock: Clock) -> None:
        self._keeping, self._clock = keeping, clock

    def open(self, title: str, group: str, law: str, officers: str, seed: int) -> Class:
        """A new class, under a code that no other class has."""
        now = self._clock.now().isoformat()
        content = {
            "title": title,
            "group": group,
            "law": law,
            "officers": officers,
            "seed": seed,
            "opened_at": now,
        }
        for attempt in range(1000):
            code = _code(f"{now} {title} {attempt}")
            kept = self._keeping.add(CLASS, code, content)
            if kept.content == content:
                return _class(kept)
        raise Refused("Không còn mã lớp nào trống.", "There is no free code for a class.")

    def find(self, code: str) -> Class:
        """The class of a code; UnknownThing with what to do when there is none."""
        try:
            return _class(self._keeping.read(CLASS, code.upper()))
        except UnknownThing:
            raise UnknownThing(
                f"Không có lớp {code}. Hãy xem lại mã trên bảng của giảng viên.",
                f"There is no class {code}. Look at the code on the trainer's board again.",
            ) from None

    def all(self) -> list[Class]:
        """The classes that are open, the newest first."""
        return sorted(map(_class, self._keeping.all(CLASS)), key=lambda each: each.opened_at, reverse=True)

    def join(self, one: Class, called: str) -> Trainee | None:
        """Take somebody in; None when somebody of that name is in already."""
        if len(self._keeping.all(_kind(one.code), MOST_TRAINEES)) >= MOST_TRAINEES:
            raise Refused(
                f"Lớp đã đủ {MOST_TRAINEES} người.", f"The class is full: {MOST_TRAINEES} trainees."
            )
        name = sha256(f"{one.code} {called.casefold()}".encode()).hexdigest()[:10]
        joined = self._clock.now().isoformat()
        content = {"called": called, "round": 1, "joined_at": joined}
        kept = self._keeping.add(_kind(one.code), name, content)
        return _trainee(kept) if kept.content == content else None

    def trainee(self, code: str, name: str) -> Trainee:
        """One trainee; UnknownThing."""
        return _trainee(self._keeping.read(_kind(code), name))

    def trainees(self, code: str) -> list[Trainee]:
        """Everybody in a class, in the order in which they joined."""
        found = map(_trainee, self._keeping.all(_kind(code), MOST_TRAINEES))
        return sorted(found, key=lambda each: each.joined_at)

    def anew(self, trainee: Trainee) -> Trainee:
        """The trainee begins anew: drafts are forgotten, the run gets another name."""
        self._forget_drafts({trainee.run_id})
        content = {**trainee.kept.content, "round": trainee.round + 1}
        return _trainee(self._keeping.write(trainee.kept, content))

    def close(self, one: Class) -> list[Trainee]:
        """Forget a class and all that is in it; those whose runs are to be removed."""
        found = self.trainees(one.code)
        self._forget_drafts({each.run_id for each in found})
        for each in found:
            self._keeping.remove(_kind(one.code), each.name)
        self._keeping.remove(CLASS, one.code)
        return found

    def drafts(self) -> Mapping[str, Kept]:
        """The draft that was saved last in each run."""
        found: dict[str, Kept] = {}
        for kept in sorted(self._keeping.all(DRAFT, MOST_KEPT), key=lambda each: each.kept_at):
            found[kept.content["run_id"]] = kept
        return found

    def _forget_drafts(self, runs: set[str]) -> None:
        for kind in (DRAFT, SENT):
            for kept in self._keeping.all(kind, MOST_KEPT):
                if kept.content["run_id"] in runs:
                    self._keeping.remove(kind, kept.name)


def _kind(code: str) -> str:
    return f"trainee-{code}"


def _code(told: str) -> str:
    number = int(sha256(told.encode()).hexdigest(), 16)
    letters = []
    for _ in range(_CODE_LENGTH):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)


def _class(kept: Kept) -> Class:
    return Class(code=kept.name, **kept.content)


def _trainee(kept: Kept) -> Trainee:
    told = kept.content
    code = kept.kind.removeprefix("trainee-")
    return Trainee(kept.name, told["called"], code, told["round"], told["joined_at"], kept)
