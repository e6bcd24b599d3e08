"""What came of a play: the verdict, what failed and how near it was, what happened on the way."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal["passed", "failed", "timed_out", "error", "cancelled"]


@dataclass(frozen=True)
class Failure:
    """One expectation that does not hold: where it stands in the file, what was wanted, what came.

    ``nearest`` is the nearest miss: what came closest to what was wanted.
    """

    where: str
    expected: str
    actual: str
    nearest: str = ""

    def __str__(self) -> str:
        near = f"; nearest: {self.nearest}" if self.nearest else ""
        return f"{self.where}: expected {self.expected}, got {self.actual}{near}"


@dataclass(frozen=True)
class Reached:
    """What a play reached, for the coverage report; each list is sorted and says a thing once."""

    states: tuple[tuple[str, str], ...] = ()  # (procedure, state)
    faults: tuple[str, ...] = ()  # kinds that really happened
    checks: tuple[tuple[str, str], ...] = ()  # (procedure, finding's code)
    articles: tuple[str, ...] = ()
    paths: tuple[tuple[str, str, str], ...] = ()  # (bundle, path, outcome)
    reported: tuple[str, ...] = ()


@dataclass(frozen=True)
class Played:
    """One play. ``seconds`` is real time; everything else follows from the file and the seed."""

    scenario: str
    title_vi: str
    title_en: str
    file: str
    seed: int
    verdict: Verdict
    command: str
    failures: tuple[Failure, ...] = ()
    seconds: float = 0.0
    events: int = 0
    last_event: str = ""
    logs: Mapping[str, str] = field(default_factory=dict)
    dossiers: Mapping[str, str] = field(default_factory=dict)  # name in the file → run/dossier
    told: tuple[tuple[str, str, str], ...] = ()  # (instant, Vietnamese, English), in order
    reached: Reached = Reached()
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        """The play as it is shown."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Played":
        """The play that was shown so."""
        made = {
            "failures": tuple(Failure(**each) for each in document["failures"]),
            "told": tuple(tuple(line) for line in document["told"]),
            "reached": Reached(**{name: _tuples(value) for name, value in document["reached"].items()}),
        }
        return cls(**{**document, **made})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
