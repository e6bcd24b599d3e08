"""The invented people: families with one life event each, as pure functions of a seed.

The same (seed, index, moment) gives an equal family in any process. Shapes are in `people_records`,
situations in `family_situations`; every number is one that no real person can hold (`people_numbers`).
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from flow_model.chance import choose
from mock_registries.family_births import birth_family
from mock_registries.family_deaths import death_family
from mock_registries.family_draft import VIETNAM_TIME, Draft
from mock_registries.family_plans import BirthPlan
from mock_registries.family_situations import SITUATIONS, Situation
from mock_registries.names import person_key
from mock_registries.people_numbers import (
    FAMILIES_PER_RUN,
    PersonalIdParts,
    child_card_code,
    newborn_personal_id,
    personal_id_is_reserved,
    personal_id_parts,
    social_insurance_number,
)
from mock_registries.people_records import (
    Address,
    BankAccount,
    BirthNotice,
    DeathNotice,
    Entitlements,
    Family,
    Household,
    Insurance,
    Marriage,
    Member,
    MotherOnNotice,
    NewChild,
    Parents,
    Person,
    Relative,
)

__all__ = [
    "FAMILIES_PER_RUN",
    "SITUATIONS",
    "Address",
    "BankAccount",
    "BirthNotice",
    "DeathNotice",
    "Entitlements",
    "Family",
    "Household",
    "Insurance",
    "Marriage",
    "Member",
    "MotherOnNotice",
    "NewChild",
    "Parents",
    "Person",
    "PersonalIdParts",
    "Relative",
    "Situation",
    "child_card_code",
    "families",
    "family",
    "family_in",
    "newborn_personal_id",
    "person_key",
    "personal_id_is_reserved",
    "personal_id_parts",
    "situation_of",
    "social_insurance_number",
]

_BY_WEIGHT = tuple(situation for situation in SITUATIONS for _ in range(situation.weight))
_BY_ID = {situation.id: situation for situation in SITUATIONS}


def situation_of(seed: int, index: int) -> Situation:
    """Each situation once, in order, for the first families of a run; by weight for the others."""
    if index < len(SITUATIONS):
        return SITUATIONS[index]
    return choose(_BY_WEIGHT, seed, "situation", index)


# In one process six services ask for the same families one after the other, and so do the runs of a class:
# more than an ordinary run has, or each would push out what the next one asks for.
@lru_cache(maxsize=768)
def family(seed: int, index: int, moment: datetime) -> Family:
    """The family of this number in the run that begins at this moment."""
    return family_in(situation_of(seed, index).id, seed, index, moment)


def family_in(situation_id: str, seed: int, index: int, moment: datetime) -> Family:
    """A family in a chosen situation, for examples: its numbers are those of `index`."""
    if not 0 <= index < FAMILIES_PER_RUN:
        raise ValueError(f"a run has families 0 to {FAMILIES_PER_RUN - 1}, not {index}")
    if moment.tzinfo is None:
        raise ValueError("the moment a run begins is an aware time, such as 08:00+07:00")
    draft = Draft(seed, index, moment.astimezone(VIETNAM_TIME))
    plan = _BY_ID[situation_id].plan
    if isinstance(plan, BirthPlan):
        birth_family(draft, plan)
    else:
        death_family(draft, plan)
    return draft.frozen(situation_id)


def families(seed: int, count: int, moment: datetime) -> Iterator[Family]:
    """The first `count` families of a run, in order."""
    return (family(seed, index, moment) for index in range(count))
