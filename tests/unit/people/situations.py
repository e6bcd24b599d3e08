"""The run whose families are looked at, its families in one situation, and how old somebody is."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from mock_registries.people import Family, Person, family_in

MOMENT = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=7)))
SEED = 2026


def in_situation(situation: str, count: int = 40) -> Iterator[Family]:
    return (family_in(situation, SEED, index, MOMENT) for index in range(count))


def years_old(person: Person, on: date) -> int:
    return on.year - person.born_on.year - ((on.month, on.day) < (person.born_on.month, person.born_on.day))
