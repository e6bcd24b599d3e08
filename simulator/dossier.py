"""One dossier as the simulator knows it: what is asked for, when, and what the officers will find.

The live system reads what an officer finds off forms and registries. Here it is given, or drawn; when things
happen follows from it in the same way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flow_model.faults import LiveFault
from flow_model.group import Effect, Group, Procedure


@dataclass(frozen=True)
class Branch:
    """What happens to an application at one turn (supplements asked for and returns so far).

    ``opened`` is the gravest finding when the file is opened, ``decided`` what is found when the decision
    falls due; ``answered`` says whether the citizen can send what is asked for.
    """

    opened: Effect = Effect.NOTE
    decided: Effect = Effect.NOTE
    answered: bool = True


Branches = Callable[[str, int], Branch]


def in_favour(_procedure: str, _turn: int) -> Branch:
    """Nothing is found, every time."""
    return Branch()


@dataclass(frozen=True)
class Dossier:
    """A declaration on one path under one law.

    ``key`` is its code, or in a national year its number: what its draws depend on. ``consents`` names the
    parties who must agree, by procedure; ``silent`` those of them who never answer. By procedure as well:
    ``asks`` names the shared registries that an officer looks things up in, ``reports`` the one that is told
    before the entry is made, ``fills`` the one whose number the entry does not wait for, and the event of its
    coming late.
    """

    key: str | int
    group: Group
    path: str
    law: str
    seed: int
    procedures: tuple[str, ...]
    declared_at: datetime
    conditions: frozenset[str] = frozenset()
    consents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    branches: Branches = in_favour
    faults: tuple[LiveFault, ...] = ()
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reports: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def chosen(self) -> list[Procedure]:
        """The chosen procedures in the group's order."""
        return [each for each in self.group.procedures if each.id in self.procedures]

    def visited(self, procedure: Procedure) -> bool:
        """Whether the citizen goes to a counter for it."""
        day = self.group.law.profile(self.law).as_of["separate"]
        return self.path == "separate" and procedure.visited_on(day)

    def seconds(self, name: str, procedure: str, turn: int = 0) -> int:
        """A drawn duration in whole seconds."""
        return self.group.assumptions.seconds(name, self.path, procedure, self.seed, self.key, turn)


@dataclass(frozen=True, order=True)
class Line:
    """One line of a timeline: an event without what it says."""

    at: datetime
    kind: str
    procedure: str
    round: int
