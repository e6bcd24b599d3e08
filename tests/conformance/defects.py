"""Agencies that break exactly one thing each, and the checks that must say so."""

from tests.conformance import defects_of_applications, defects_of_cases, defects_of_events, defects_of_runs
from tests.conformance.planting import Defect

DEFECTS: list[Defect] = [
    *defects_of_applications.DEFECTS,
    *defects_of_events.DEFECTS,
    *defects_of_cases.DEFECTS,
    *defects_of_runs.DEFECTS,
]
