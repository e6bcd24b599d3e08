"""What is wrong with a scenario file, and where: one line for each problem, as a compiler tells it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from flow_model.errors import FieldError, SandboxError


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong; line and column count from 1, in characters.

    ``path`` is the dotted path in the file (``act[0].does``), empty for the file as a whole.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    message_vi: str

    def __str__(self) -> str:
        return self._told(self.message)

    @property
    def in_vietnamese(self) -> str:
        """The same line in Vietnamese."""
        return self._told(self.message_vi)

    def _told(self, message: str) -> str:
        about = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {about}{message}"

    def as_json(self) -> dict[str, Any]:
        """The problem as an answer over HTTP shows it."""
        return asdict(self)


class BadScenario(SandboxError):
    """The author of a scenario corrects the file. ``problems`` holds one problem or more, in file order."""

    slug: ClassVar[str] = "bad-scenario"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__(
            f"Kịch bản có {len(self.problems)} chỗ chưa đúng:\n"
            + "\n".join(each.in_vietnamese for each in self.problems),
            "\n".join(map(str, self.problems)),
            errors=[
                FieldError(each.path or each.file, "scenario", each.message_vi, str(each))
                for each in self.problems
            ],
        )
