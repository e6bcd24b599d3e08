"""How a check ends when it does not end in silence."""

from chassis.client import Answer


class Broken(Exception):
    """The agency does not keep to the contract. ``answer`` is the one that shows it; else the last one."""

    def __init__(self, expected: str, actual: str, answer: Answer | None = None) -> None:
        super().__init__(f"expected {expected}; came {actual}")
        self.expected = expected
        self.actual = actual
        self.answer = answer


class NotTried(Exception):
    """This agency gives no occasion to try it: no failure, and never counted as passed."""
