"""The law as a referee: named rules, checked on any event log, live or simulated (docs/referee.md)."""

from collections.abc import Iterable, Sequence

from flow_model.case import Case
from flow_model.events import Event
from measurement.referee.model import Record, Rule, Violation
from measurement.referee.rules import RULES

__all__ = ["RULES", "Rule", "Violation", "referee", "referee_run"]


def referee(case: Case, history: Sequence[Event], genesis: str | None = None) -> list[Violation]:
    """What the law has against one dossier, in the order of its events.

    ``case`` holds the declaration as it stands after its supplements. Without ``genesis`` the chain of
    hashes is not checked.
    """
    return _judge([Record(case, history, genesis)])


def referee_run(
    cases_with_histories: Iterable[tuple[Case, Sequence[Event]]], genesis: str | None = None
) -> list[Violation]:
    """What the law has against the dossiers of a run: each for itself, and all of them together."""
    return _judge([Record(case, history, genesis) for case, history in cases_with_histories])


def _judge(records: Sequence[Record]) -> list[Violation]:
    found = [violation for rule in RULES for violation in rule.violations(records)]
    return sorted(found, key=lambda violation: (violation.dossier, violation.sequence))
