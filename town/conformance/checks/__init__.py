"""The checks, a module for each chapter of the contract, in the order in which they are put."""

from town.conformance.checks import (
    answers,
    applications,
    batches,
    bodies,
    consents,
    decisions,
    events,
    lookups,
    returns,
    runs,
    supplements,
    work,
)
from town.conformance.contract import CHECKS, Check

# Those about all answers come last: they look through what the others were told.
_CHAPTERS = (
    runs,
    applications,
    batches,
    bodies,
    work,
    events,
    consents,
    supplements,
    decisions,
    returns,
    lookups,
    answers,
)
ALL: tuple[Check, ...] = tuple(
    each for module in _CHAPTERS for each in CHECKS if each.act.__module__ == module.__name__
)
