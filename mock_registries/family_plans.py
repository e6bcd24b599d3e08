"""What makes one situation differ from the plain one. The defaults are the plain one."""

from dataclasses import dataclass
from typing import Literal

from mock_registries.people_records import SocialProtection, Standing


@dataclass(frozen=True, slots=True)
class BirthPlan:
    """A birth: by default to a married couple at home, two to twelve days ago, with a notice."""

    home: Literal["parents", "grandparents_own", "grandparents_near", "apart"] = "parents"
    father: Literal["known", "unknown", "foreign"] = "known"
    mother_known: bool = True
    married: bool = True
    children: int = 1
    days_before: tuple[int, int] = (2, 12)
    notice: bool = True
    child_dies: bool = False
    twin_already_registered: bool = False
    grandparent_declares: bool = False


@dataclass(frozen=True, slots=True)
class DeathPlan:
    """A death: by default of somebody old who lived with a grown child, in hospital, entitled to nothing."""

    ages: tuple[int, int] = (62, 90)
    lives: Literal["with_child", "as_head", "with_spouse_as_head", "alone", "nowhere"] = "with_child"
    spouse_per_mille: int = 450
    notice: Literal["hospital", "commune", "police", "none"] = "hospital"
    days_before: tuple[int, int] = (1, 3)
    standing: Standing = "none"
    months_paid: tuple[int, int] = (0, 0)
    merit: bool = False
    social_protection: SocialProtection = "none"
    monthly_survivor_over_80: bool = False


def years_before(low: int, high: int) -> tuple[int, int]:
    """A death this many years before the run, in days."""
    return low * 365, high * 365
