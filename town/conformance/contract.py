"""What a check is: a small function that asks an agency something, and is silent or says what is broken."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import getdoc

from town.conformance.bench import Bench

Act = Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True)
class Check:
    """One demand of the contract, under the name by which reports and tests know it."""

    name: str
    chapter: str
    act: Act

    @property
    def demand(self) -> str:
        """What the contract demands, in one sentence."""
        return (getdoc(self.act) or self.name).partition("\n")[0]

    @property
    def why(self) -> str:
        """The whole of the docstring: the demand and its reason."""
        return getdoc(self.act) or self.name


CHECKS: list[Check] = []


def chapter(name: str) -> Callable[[Act], Act]:
    """The decorator that puts checks into a chapter of the list, in the order in which they stand."""

    def listed(act: Act) -> Act:
        CHECKS.append(Check(act.__name__, name, act))
        return act

    return listed
