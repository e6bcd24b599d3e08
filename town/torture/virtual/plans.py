"""What goes wrong, and where: points in the order in which a schedule comes by them, and faults at some.

A plan is written as one word, so that a schedule that failed is played again by naming it:
``c17-`` the process dies before its commit, the 17th of all, ``c17+`` after it; ``c17=full``: no room;
``m9=lost_answer`` the ninth message loses its answer.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from flow_model.chance import bits, uniform

MESSAGE_FAULTS = (
    "refused",
    "lost_request",
    "lost_answer",
    "reset_after",
    "slow_request",
    "late_request",
    "slow_answer",
    "duplicate",
    "duplicate_late",
    "truncated",
    "garbled",
    "error_500",
    "error_500_after",
    "busy",
    "busy_after",
    "busy_garbled",
    "crash_receiver",
    "crash_sender",
    "pause_receiver",
    "pause_sender",
)
COMMIT_FAULTS = ("-", "+", "full", "ioerr")
_POINT = re.compile(r"([cm])(\d+)(?:([-+])|=([a-z_0-9]+))")


@dataclass(frozen=True, order=True)
class Fault:
    """A fault at one point: ``commit`` or ``message``, its number from 1, and what happens there."""

    at: Literal["commit", "message"]
    number: int
    kind: str

    def __str__(self) -> str:
        sign = self.kind if self.kind in "-+" else f"={self.kind}"
        return f"{self.at[0]}{self.number}{sign}"


def written(faults: Iterable[Fault]) -> str:
    """A plan in one word."""
    return ",".join(map(str, faults)) or "none"


def read(text: str) -> list[Fault]:
    """The plan of a word; ValueError says which part is none."""
    faults = []
    for part in text.split(",") if text not in ("", "none") else []:
        found = _POINT.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{part!r} is no fault: c17-, c17+, c17=full, m9=lost_answer")
        letter, number, sign, kind = found.groups()
        at: Literal["commit", "message"] = "commit" if letter == "c" else "message"
        known = COMMIT_FAULTS if at == "commit" else MESSAGE_FAULTS
        if (sign or kind) not in known:
            raise ValueError(f"{part!r}: {at}s know {', '.join(known)}")
        faults.append(Fault(at, int(number), sign or kind))
    return faults


class Fixed:
    """Exactly these faults."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._faults = {(each.at, each.number): each.kind for each in faults}

    def fault(self, at: Literal["commit", "message"], number: int, _step: str) -> str | None:
        """What happens at a point."""
        return self._faults.get((at, number))


@dataclass
class Drawn:
    """Faults drawn from a seed: some kinds only (swarm), a few of them, and one cell that is aimed at.

    ``aim`` is (step, kind): the first time that the step comes by, this happens to it.
    """

    seed: int
    aim: tuple[str, str] | None = None
    most: int = 6
    happened: list[Fault] = field(default_factory=list)
    _aimed: bool = False

    def __post_init__(self) -> None:
        self.rate = (0.0, 0.01, 0.03, 0.08)[bits(self.seed, "rate") % 4]
        self.messages = self._some(MESSAGE_FAULTS)
        self.commits = self._some(COMMIT_FAULTS)

    def _some(self, kinds: tuple[str, ...]) -> list[str]:
        return [kind for kind in kinds if bits(self.seed, "swarm", kind) % 2]

    def fault(self, at: Literal["commit", "message"], number: int, step: str) -> str | None:
        """What happens at a point; it is written down."""
        kind = self._kind(at, number, step)
        if kind is not None:
            self.happened.append(Fault(at, number, kind))
        return kind

    def _kind(self, at: Literal["commit", "message"], number: int, step: str) -> str | None:
        if self.aim is not None and not self._aimed and self.aim[0] == step:
            self._aimed = True
            return self.aim[1]
        kinds = self.messages if at == "message" else self.commits
        if not kinds or len(self.happened) >= self.most:
            return None
        if uniform(self.seed, at, number) >= self.rate:
            return None
        return kinds[bits(self.seed, at, number, "kind") % len(kinds)]


Fired = Mapping[tuple[str, str], int]
