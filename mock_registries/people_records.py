"""What is known of an invented person, household or family: the shapes only.

Every value is frozen. Codes are strings, because leading zeros count: a personal number of 12 digits,
a province of two, a commune of five.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Sex = Literal["male", "female"]
Standing = Literal[
    "pension", "monthly_benefit", "reserved_time", "voluntary", "waiting_age", "working", "none"
]
SocialProtection = Literal["none", "monthly_assistance", "social_pension", "emergency"]
Relation = Literal[
    "head",
    "spouse",
    "child",
    "parent",
    "grandparent",
    "grandchild",
    "sibling",
    "child_in_law",
    "parent_in_law",
    "other",
]


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a commune; `detail` is the house, street and quarter, or empty."""

    province_code: str
    commune_code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Person:
    """A living or deceased person as the population registry knows them.

    `residence` is the permanent residence, or for a foreigner the address where they live.
    """

    personal_id: str
    full_name: str
    sex: Sex
    born_on: date
    ethnicity: str
    nationality: str
    hometown: Address
    residence: Address | None
    phone: str
    email: str
    id_paper: Literal["identity_card", "passport"]
    id_issued_on: date | None
    id_issued_by: str
    passport: str = ""

    @property
    def key(self) -> str:
        """The number a family knows this person by: the personal number, or a foreigner's passport."""
        return self.personal_id or self.passport


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in a household."""

    personal_id: str
    relation_to_head: Relation


@dataclass(frozen=True, slots=True)
class Household:
    """The people registered at one address, and whose dwelling it is."""

    household_id: str
    address: Address
    head_id: str
    owner_id: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Marriage:
    """An entry in a marriage book. A foreigner stands in `spouse_ids` by passport."""

    number: str
    book: str
    registered_on: date
    place: Address
    spouse_ids: tuple[str, str]


@dataclass(frozen=True, slots=True)
class MotherOnNotice:
    """The mother as the hospital wrote her down; all blank when she gave no name."""

    personal_id: str
    name: str
    born_on: date | None


@dataclass(frozen=True, slots=True)
class BirthNotice:
    """A hospital's notice of one birth (Circular 22/2025/TT-BYT, form 01)."""

    code: str
    issued_at: datetime
    facility_name: str
    mother: MotherOnNotice
    child_born_at: datetime
    sex: Sex
    weight_grams: int
    children_this_birth: int
    place: Address
    intended_name: str
    died_on: date | None


@dataclass(frozen=True, slots=True)
class DeathNotice:
    """A notice of death (Circular 25/2025/TT-BYT, form 05, when a hospital issues it)."""

    code: str
    issuer_kind: Literal["hospital", "commune", "police"]
    issuer_name: str
    issued_at: datetime
    deceased_id: str
    died_at: datetime
    place: Address
    place_text: str
    cause: str


@dataclass(frozen=True, slots=True)
class Insurance:
    """Where a person stands with the social-insurance agency."""

    number: str
    standing: Standing
    months_paid: int


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What the agencies would pay, or already pay, because of this person."""

    insurance: Insurance
    merit: bool = False
    merit_decision_number: str = ""
    social_protection: SocialProtection = "none"
    poor_household: str | None = None
    monthly_survivor_over_80: bool = False


@dataclass(frozen=True, slots=True)
class Parents:
    """A person's parents by key; empty where unknown or outside the family told of."""

    father_id: str
    mother_id: str


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child to be registered, as the parents know it."""

    full_name: str
    sex: Sex
    born_at: datetime
    place: Address
    place_text: str


@dataclass(frozen=True, slots=True)
class Relative:
    """A survivor and what they are to the deceased."""

    personal_id: str
    relation: str


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account at a bank that does not exist; real account numbers do not begin with eight zeros."""

    bank: str
    number: str
    holder: str


@dataclass(frozen=True, slots=True)
class Family:
    """One family with one life event, and all that its members could be asked."""

    index: int
    situation: str
    persons: tuple[Person, ...]
    households: tuple[Household, ...]
    marriage: Marriage | None
    roles: Mapping[str, str]
    birth_notices: tuple[BirthNotice, ...]
    death_notices: tuple[DeathNotice, ...]
    entitlements: Mapping[str, Entitlements]
    facts: Mapping[str, Any]
    parentage: Mapping[str, Parents] = field(default_factory=dict)

    def person(self, role: str) -> Person:
        """The person who has this role; KeyError when nobody has."""
        wanted = self.roles[role]
        for person in self.persons:
            if person.key == wanted:
                return person
        raise KeyError(role)
