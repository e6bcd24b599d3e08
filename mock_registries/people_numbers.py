"""Numbers that look right and can belong to nobody.

- Personal number: Decree 137/2015 Art 13 opens it with the place of birth registration. Provinces are 001
  to 096; countries follow from 101, some two hundred of them. Ours open with "9" and a province, 901-996.
- Social-insurance number: real ones open with a province, 01-96, or the army and police, 97 and 98. Ours
  open with 99.
- Child's card: box three is a province, 01 or more. Ours is 00.
- Phone: numbers under 01 were withdrawn from mobile networks in 2018. Ours open with 0100.
- Email: the domain .invalid never resolves (RFC 2606).
- Notice: the issuer's code opens with a province. Ours opens with 99.
- Passport: ours is X00 and six digits, which is no listed country's series.

Uniqueness. Within one sex a family may hold five people, so (family, rank within the sex) is a running
number below 500,000 for 100,000 families. A seeded bijection scatters it over the lower half of the six
last digits, and the sex is in the digit before the year: no two people of a run share both. Newborns
take the upper half, numbered by the registry that issues them.
"""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from flow_model.chance import below
from mock_registries.people_records import Person, Sex

FAMILIES_PER_RUN = 100_000
PEOPLE_OF_ONE_SEX = 5
HALF = FAMILIES_PER_RUN * PEOPLE_OF_ONE_SEX
"""Existing people have last digits below HALF, newborns from HALF on."""


class PersonalIdParts(NamedTuple):
    """The parts of a personal number."""

    place: str
    century_and_sex: str
    year: str
    last: str


@lru_cache(maxsize=1024)
def _scatter(limit: int, seed: int, name: str) -> tuple[int, int]:
    """Factor and shift of n -> n * factor + shift (mod limit), a bijection for limits 2^a * 5^b.

    The factor ends in 1, 3, 7 or 9, so it shares no divisor with the limit.
    """
    factor = below(limit // 10, seed, name, "factor") * 10 + (1, 3, 7, 9)[below(4, seed, name, "unit")]
    return factor, below(limit, seed, name, "shift")


def scattered(number: int, limit: int, seed: int, name: str) -> int:
    """The place of a running number below `limit` in a seeded order of all numbers below it."""
    factor, shift = _scatter(limit, seed, name)
    return (number * factor + shift) % limit


def running_number(family_index: int, rank: int) -> int:
    """The number of a family's `rank`-th man, or woman, among all of that sex in the run."""
    if not 0 <= family_index < FAMILIES_PER_RUN:
        raise ValueError(f"a run has families 0 to {FAMILIES_PER_RUN - 1}, not {family_index}")
    if not 0 <= rank < PEOPLE_OF_ONE_SEX:
        raise ValueError(f"family {family_index} holds more than {PEOPLE_OF_ONE_SEX} people of one sex")
    return family_index * PEOPLE_OF_ONE_SEX + rank


def _personal_id(province_code: str, sex: Sex, born_on: date, last: int) -> str:
    digit = (born_on.year // 100 - 19) * 2 + (sex == "female")
    if not 0 <= digit <= 9:
        raise ValueError(f"Decree 137/2015 has no century digit for {born_on.year}")
    return f"9{province_code}{digit}{born_on.year % 100:02d}{last:06d}"


def personal_id(seed: int, running: int, province_code: str, sex: Sex, born_on: date) -> str:
    """The number of someone who was there before the run began."""
    return _personal_id(province_code, sex, born_on, scattered(running, HALF, seed, f"personal_id_{sex}"))


def newborn_personal_id(seed: int, serial: int, province_code: str, sex: Sex, born_on: date) -> str:
    """The number the population registry gives a newborn; `serial` counts the newborns of a run."""
    if not 0 <= serial < HALF:
        raise ValueError(f"a run has newborns 0 to {HALF - 1}, not {serial}")
    last = HALF + scattered(serial, HALF, seed, f"newborn_personal_id_{sex}")
    return _personal_id(province_code, sex, born_on, last)


def personal_id_parts(number: str) -> PersonalIdParts:
    """The parts by Decree 137/2015 Art 13; ValueError when it is not 12 digits."""
    if len(number) != 12 or not (number.isascii() and number.isdigit()):
        raise ValueError("a personal number has exactly 12 digits")
    return PersonalIdParts(number[:3], number[3], number[4:6], number[6:])


def personal_id_is_reserved(number: str) -> bool:
    """Whether this number is from the range that no real person can hold."""
    try:
        place = personal_id_parts(number).place
    except ValueError:
        return False
    return place[0] == "9" and "01" <= place[1:] <= "96"


def passport_number(seed: int, running: int) -> str:
    """A foreigner's passport: X00 and six digits."""
    return f"X00{scattered(running, HALF, seed, 'passport'):06d}"


def phone_number(seed: int, running: int, sex: Sex) -> str:
    """0100 and six digits, each number once in a run."""
    last = scattered(running, HALF, seed, f"phone_{sex}") + HALF * (sex == "female")
    return f"0100{last:06d}"


def social_insurance_number(person: Person) -> str:
    """99, the century-and-sex digit, the six last digits and a check digit: once per person and run."""
    if person.personal_id:
        parts = personal_id_parts(person.personal_id)
        body = f"99{parts.century_and_sex}{parts.last}"
    else:
        # A passport shows no century; 8 and 9 are the digits of the years 2300-2399.
        body = f"99{9 if person.sex == 'female' else 8}{person.passport[-6:]}"
    return f"{body}{sum(map(int, body)) % 10}"


def child_card_code(seed: int, serial: int) -> str:
    """TE1 (a child under six, benefit level 1), 00 for the province, and ten digits opening with 99."""
    if not 0 <= serial < 10**8:
        raise ValueError("a run has fewer than a hundred million cards")
    return f"TE10099{scattered(serial, 10**8, seed, 'child_card'):08d}"


def facility_code(province_code: str, kind: int) -> str:
    """99, the province, and one digit for the kind of issuer."""
    return f"99{province_code}{kind}"


def notice_code(sequence: int, kind: str, facility: str, year: int) -> str:
    """XXXXX.GCS.ZZZZZ.YY for births, .GBT. for deaths (Circulars 22/2025 and 25/2025/TT-BYT)."""
    return f"{sequence:05d}.{kind}.{facility}.{year % 100:02d}"
