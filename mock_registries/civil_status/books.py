"""The books of births and deaths, and the marriages that were entered before.

A number runs within the calendar year from 01, continues into the next book and restarts on 1 January;
the certificate's number is the entry's (Circular 04/2020/TT-BTP, Article 29). A book has 200 pages, one
entry on each. The constraints are the invariants: whatever the program does, the file refuses a second
entry for one application, one notice, one child or one deceased.
"""

from datetime import date
from typing import NamedTuple

from sqlmodel import Field, Session, SQLModel, UniqueConstraint

from mock_registries.numbering import Numbering, count

PAGES_OF_A_BOOK = 200


class BirthEntry(SQLModel, table=True):
    """One birth. The natural key is parent, day and name; it is empty where no parent is known."""

    __table_args__ = (
        UniqueConstraint("run_id", "year", "number"),
        UniqueConstraint("run_id", "notice_code"),
        UniqueConstraint("run_id", "natural_key"),
        UniqueConstraint("run_id", "personal_id"),
    )

    run_id: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    year: int
    number: int
    notice_code: str | None
    natural_key: str | None
    personal_id: str | None
    registered_on: date
    registered_full_name: str
    registered_commune: str
    registered_province: str


class DeathEntry(SQLModel, table=True):
    """One death: a person dies once."""

    __table_args__ = (
        UniqueConstraint("run_id", "year", "number"),
        UniqueConstraint("run_id", "notice_code"),
        UniqueConstraint("run_id", "personal_id"),
    )

    run_id: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    year: int
    number: int
    notice_code: str | None
    personal_id: str
    full_name: str
    died_at: str
    registered_on: date


class MarriageEntry(SQLModel, table=True):
    """One marriage from before the run. Communes number apart, so a number alone may name several."""

    run_id: str = Field(primary_key=True)
    family_index: int = Field(primary_key=True)
    number: str = Field(index=True)
    book: str
    registered_on: date
    commune_code: str
    province_code: str
    husband_id: str
    wife_id: str


_NUMBERS = {table: Numbering(table.number, table.run_id, table.year) for table in (BirthEntry, DeathEntry)}


class Place(NamedTuple):
    """Where an entry stands: number within the year, book within the year, page within the book."""

    year: int
    number: int

    @property
    def certificate_number(self) -> str:
        return f"{self.number:02d}/{self.year}"

    @property
    def book(self) -> str:
        return f"{1 + (self.number - 1) // PAGES_OF_A_BOOK:02d}/{self.year}"

    @property
    def page(self) -> int:
        return 1 + (self.number - 1) % PAGES_OF_A_BOOK


def next_place(session: Session, table: type[BirthEntry] | type[DeathEntry], run_id: str, on: date) -> Place:
    """The first free line of the year's books."""
    return Place(on.year, _NUMBERS[table].next(session, run_id=run_id, year=on.year))


def births_entered(session: Session, run_id: str) -> int:
    """How many births stand in the books of a run."""
    return count(session, BirthEntry, run_id)
