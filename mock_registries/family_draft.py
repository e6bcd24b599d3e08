"""A family while it is being invented: people, households and papers are added, then it is frozen."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from mock_registries import names, people_numbers, places
from mock_registries.lots import Lots
from mock_registries.people_records import (
    Address,
    BirthNotice,
    DeathNotice,
    Entitlements,
    Family,
    Household,
    Insurance,
    Marriage,
    Member,
    Parents,
    Person,
    Relation,
    Sex,
    Standing,
)

VIETNAM_TIME = timezone(timedelta(hours=7))

_FIRST_CARD = date(2021, 1, 1).toordinal()
"""Chip cards have been issued since early 2021; older papers no longer count."""
_MINISTRY_ISSUES_SINCE = date(2024, 7, 1).toordinal()
_POLICE_BUREAU = "Cục Cảnh sát quản lý hành chính về trật tự xã hội"
_MINISTRY = "Bộ Công an"
_CARD_AGE = 14
_POOR_PER_MILLE = 60
"""A guess near the poverty rate of recent years."""


def days(years: float) -> int:
    """So many years in days."""
    return int(years * 365.25)


class Draft:
    """One family in the making."""

    def __init__(self, seed: int, index: int, moment: datetime) -> None:
        self.seed = seed
        self.index = index
        self.moment = moment
        self.today = moment.date().toordinal()
        self.lots = Lots(seed, "family", index)
        self.poor_household = f"99-{index:06d}" if self.lots.happens(_POOR_PER_MILLE) else None
        self.facts: dict[str, Any] = {}
        self.roles: dict[str, str] = {}
        self.marriage: Marriage | None = None
        self.birth_notices: list[BirthNotice] = []
        self.death_notices: list[DeathNotice] = []
        self.entitlements: dict[str, Entitlements] = {}
        self.taken_names: list[str] = []
        self._persons: list[Person] = []
        self._households: list[Household] = []
        self._parentage: dict[str, Parents] = {}
        self._of_sex: dict[Sex, int] = {"male": 0, "female": 0}

    def address(self, like: Address | None = None) -> Address:
        """A new address anywhere in the country, or in the same commune as another."""
        lots = self.lots
        commune = like.commune_code if like else lots.choose(places.communes())
        if places.commune_name(commune).startswith("Phường"):
            street = lots.choose(names.STREETS)
            detail = f"{1 + lots.below(290)} {street}, tổ {1 + lots.below(30)}"
        else:
            detail = f"số nhà {1 + lots.below(120)}, thôn {1 + lots.below(14)}"
        return Address(places.province_of(commune), commune, detail)

    def hometown(self, home: Address) -> Address:
        """A family's hometown: the commune where it lives, or one elsewhere."""
        commune = home.commune_code if self.lots.happens(650) else self.lots.choose(places.communes())
        return Address(places.province_of(commune), commune, "")

    def family_name(self, ethnicity: str) -> str:
        """A new family name."""
        return names.family_name(ethnicity, self.lots)

    def full_name(self, family_name: str, sex: Sex, born_year: int, lots: Lots) -> str:
        """A full name whose given name nobody else in this family bears."""
        given = names.given_name(sex, self.taken_names, lots)
        self.taken_names.append(given)
        return f"{family_name} {names.middle_name(sex, born_year, given, lots)} {given}"

    def person(
        self,
        role: str,
        sex: Sex,
        born: int,
        home: Address | None,
        *,
        family_name: str,
        ethnicity: str,
        hometown: Address,
        last_day: int | None = None,
    ) -> Person:
        """Add a citizen born on this day (an ordinal); `last_day` is when they died, if they did."""
        lots = Lots(self.seed, "person", self.index, len(self._persons))
        running = people_numbers.running_number(self.index, self._of_sex[sex])
        born_on = date.fromordinal(born)
        full_name = self.full_name(family_name, sex, born_on.year, lots)
        issued, issuer = self._identity_card(born, last_day or self.today, lots)
        return self._add(
            role,
            Person(
                personal_id=people_numbers.personal_id(
                    self.seed, running, hometown.province_code, sex, born_on
                ),
                full_name=full_name,
                sex=sex,
                born_on=born_on,
                ethnicity=ethnicity,
                nationality="VN",
                hometown=hometown,
                residence=home,
                phone=people_numbers.phone_number(self.seed, running, sex),
                email=_email(full_name, self.index, len(self._persons)),
                id_paper="identity_card",
                id_issued_on=issued,
                id_issued_by=issuer,
            ),
        )

    def foreigner(self, role: str, born: int, home: Address) -> Person:
        """Add a foreign man, known by his passport."""
        running = people_numbers.running_number(self.index, self._of_sex["male"])
        country, full_name = names.foreign_name(self.lots)
        return self._add(
            role,
            Person(
                personal_id="",
                full_name=full_name,
                sex="male",
                born_on=date.fromordinal(born),
                ethnicity=names.FOREIGNER,
                nationality=country,
                hometown=Address("", "", country),
                residence=home,
                phone=people_numbers.phone_number(self.seed, running, "male"),
                email=_email(full_name, self.index, len(self._persons)),
                id_paper="passport",
                id_issued_on=date.fromordinal(self.today - 200 - self.lots.below(2500)),
                id_issued_by=country,
                passport=people_numbers.passport_number(self.seed, running),
            ),
        )

    def child_of(self, child: Person, father: Person | None, mother: Person | None) -> None:
        """Note whose child somebody is."""
        self._parentage[child.key] = Parents(father.key if father else "", mother.key if mother else "")

    def household(
        self, address: Address, head: Person, *members: tuple[Person, Relation], owner: Person | None = None
    ) -> None:
        """Register people at an address under a head, who owns the dwelling unless another does."""
        listed = (Member(head.key, "head"), *(Member(person.key, relation) for person, relation in members))
        number = f"99{self.index:06d}{len(self._households)}"
        self._households.append(Household(number, address, head.key, (owner or head).key, listed))

    def marry(self, man: Person, woman: Person, place: Address, latest: int) -> int:
        """Enter a marriage between the legal ages (20 and 18) and `latest`; the day, as an ordinal."""
        of_age = max(man.born_on.toordinal() + days(20), woman.born_on.toordinal() + days(18)) + 1
        day = self.lots.between(max(of_age, latest - days(10)), latest)
        on = date.fromordinal(day)
        # A commune enters some dozens of marriages a year, in one book or two (Circular 04/2020 Art 29).
        number = f"{1 + self.lots.below(180):02d}/{on.year}"
        where = Address(place.province_code, place.commune_code, "")
        self.marriage = Marriage(number, "01", on, where, (man.key, woman.key))
        return day

    def issued_after(self, event_at: datetime) -> datetime:
        """When a notice was signed: within four hours in daytime, or the next morning."""
        issued = event_at + timedelta(minutes=30 + self.lots.below(211))
        if time(8) <= issued.time() <= time(17):
            return issued
        morning = issued.replace(hour=8, minute=0)
        if issued.hour >= 17:
            morning += timedelta(days=1)
        return morning + timedelta(minutes=self.lots.below(180))

    def instant(self, day: int) -> datetime:
        """Some minute of this day."""
        midnight = datetime.combine(date.fromordinal(day), time(), VIETNAM_TIME)
        return midnight + timedelta(minutes=self.lots.below(1440))

    def insurance(self, person: Person, standing: Standing, months_paid: int) -> Insurance:
        """An insurance account; it has a number once anything was paid, and ten zeros before."""
        has_number = standing != "none" or months_paid > 0
        number = people_numbers.social_insurance_number(person) if has_number else "0" * 10
        return Insurance(number, standing, months_paid)

    def frozen(self, situation: str) -> Family:
        """The finished family."""
        for person in self._persons:
            if person.key not in self.entitlements:
                insurance = self._usual_insurance(person)
                self.entitlements[person.key] = Entitlements(insurance, poor_household=self.poor_household)
        return Family(
            index=self.index,
            situation=situation,
            persons=tuple(self._persons),
            households=tuple(self._households),
            marriage=self.marriage,
            roles=self.roles,
            birth_notices=tuple(self.birth_notices),
            death_notices=tuple(self.death_notices),
            entitlements=self.entitlements,
            facts=self.facts,
            parentage=self._parentage,
        )

    def _add(self, role: str, person: Person) -> Person:
        self._persons.append(person)
        self._of_sex[person.sex] += 1
        self.roles[role] = person.key
        return person

    def _identity_card(self, born: int, last_day: int, lots: Lots) -> tuple[date | None, str]:
        """The day and the issuer of the card; no card before the age of 14 or before there were any."""
        first, last = max(born + days(_CARD_AGE), _FIRST_CARD), last_day - 30
        if first > last:
            return None, ""
        day = lots.between(first, last)
        return date.fromordinal(day), _MINISTRY if day >= _MINISTRY_ISSUES_SINCE else _POLICE_BUREAU

    def _usual_insurance(self, person: Person) -> Insurance:
        """Where somebody of this age usually stands; the shares are guesses."""
        age = (self.today - person.born_on.toordinal()) // 365
        if age < 18 or person.nationality != "VN":
            return self.insurance(person, "none", 0)
        lot = self.lots.below(100)
        if age >= 62:
            return self.insurance(person, "pension", 240 + lot) if lot < 35 else self._uninsured(person)
        paid = 6 + lot * 2 * (age - 17) // 18
        if lot < 42:
            return self.insurance(person, "working", paid)
        if lot < 48:
            return self.insurance(person, "voluntary", paid)
        return self.insurance(person, "reserved_time", paid) if lot < 58 else self._uninsured(person)

    def _uninsured(self, person: Person) -> Insurance:
        return self.insurance(person, "none", 0)


def _email(full_name: str, family_index: int, place: int) -> str:
    parts = full_name.split()
    return (
        f"{names.ascii_name(parts[-1])}.{names.ascii_name(parts[0])}.{family_index}-{place}@example.invalid"
    )
