"""A plain numbered book that every agency keeps, for procedures that need no invariant of their own.

A group that somebody adds names the action ``enter_in_book`` and gets a number within the year, a book
and a page; one entry for each application, as in the civil-status books.
"""

from dataclasses import replace

from sqlmodel import Field, Session, SQLModel, UniqueConstraint

from chassis.rows import get, write
from mock_registries.numbering import Numbering
from mock_registries.registry import Action, Entered, Entry, Registry

PAGES_OF_A_BOOK = 200


class GeneralEntry(SQLModel, table=True):
    """One entry. Each kind of procedure is numbered by itself."""

    __table_args__ = (UniqueConstraint("run_id", "kind", "year", "number"),)

    run_id: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    kind: str
    year: int
    number: int


_NUMBERS = Numbering(GeneralEntry.number, GeneralEntry.run_id, GeneralEntry.kind, GeneralEntry.year)


def enter(session: Session, entry: Entry) -> Entered:
    """The next line of the year's book; the same application again has the line it had."""
    row = get(session, GeneralEntry, entry.run_id, entry.application_id)
    if row is None:
        kind = entry.application_id.partition(".")[2]
        row = GeneralEntry(
            run_id=entry.run_id,
            application_id=entry.application_id,
            kind=kind,
            year=entry.on.year,
            number=_NUMBERS.next(session, run_id=entry.run_id, kind=kind, year=entry.on.year),
        )
        session.add(row)
        write(session)
    book, page = divmod(row.number - 1, PAGES_OF_A_BOOK)
    return Entered(
        {
            "entry_number": f"{row.number:02d}/{row.year}",
            "book": f"{book + 1:02d}/{row.year}",
            "page": page + 1,
            "entered_on": entry.on.isoformat(),
        }
    )


ENTER_IN_BOOK = Action(gives=frozenset({"entry_number", "book", "page", "entered_on"}), enter=enter)


def with_general_book(registry: Registry) -> Registry:
    """The registry with a general book beside its own."""
    return replace(
        registry,
        tables=(*registry.tables, GeneralEntry),
        actions={**registry.actions, "enter_in_book": ENTER_IN_BOOK},
    )
