"""What must be true when a story has ended."""

from typing import Any

from pydantic import Field, model_validator

from flow_model.faults import Closed, Moment
from scenarios.words import MAIN, DossierName, EventName, Name


class Deadline(Closed):
    """When a decision is due, and whether it came in time."""

    dossier: DossierName = MAIN
    procedure: Name
    due_at: Moment | None = None
    met: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Deadline":
        if self.due_at is None and self.met is None:
            raise ValueError("a deadline says due_at, met, or both")
        return self


class Count(Closed):
    """How many: events of a kind ('supplement_requested permanent_residence') or a measured number."""

    dossier: DossierName = MAIN
    of: str = Field(
        pattern=r"^[a-z_]{1,60}( [a-z_]{1,60})?$",
        description="an event, or visits, counters, documents, fields_typed, fields_prefilled",
    )
    exactly: int | None = Field(None, ge=0)
    at_least: int | None = Field(None, ge=0)
    at_most: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _says_something(self) -> "Count":
        if {self.exactly, self.at_least, self.at_most} == {None}:
            raise ValueError("a count says exactly, at_least or at_most")
        return self


class Order(Closed):
    """Events that happen in this order, others between them or not; and events that never happen."""

    dossier: DossierName = MAIN
    events: tuple[EventName, ...] = Field((), max_length=100)
    never: tuple[EventName, ...] = Field((), max_length=100)


class Row(Closed):
    """What a registry holds in the end under a key, or that it holds nothing."""

    service: Name
    look_up: Name = Field(description="the kind of record, such as birth_by_notice, insured, person")
    key: str | None = Field(None, max_length=400)
    key_from: str | None = Field(
        None,
        max_length=200,
        description="such as declaration.notice.code or results.birth_registration.personal_id",
    )
    dossier: DossierName = MAIN
    found: bool = True
    holds: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_key(self) -> "Row":
        if (self.key is None) == (self.key_from is None):
            raise ValueError("give either key or key_from")
        return self


class Book(Closed):
    """How many entries a book of a service holds at the end, those it began with not counted."""

    service: Name
    book: Name = Field(description="the table: birth_entry, death_entry, resident…")
    new_entries: int = Field(ge=0)


class Told(Closed):
    """A message the citizen received; `says` is a part of its Vietnamese or English text."""

    dossier: DossierName = MAIN
    says: str = Field(min_length=1, max_length=300)
    times: int | None = Field(None, ge=0)


class Noted(Closed):
    """A finding of an officer, by its code."""

    dossier: DossierName = MAIN
    procedure: Name
    code: Name


class Expect(Closed):
    """What must be true when nothing more happens."""

    outcomes: dict[DossierName, dict[Name, str]] = Field(
        default_factory=dict, description="by dossier: the state of each procedure"
    )
    state: dict[DossierName, str] = Field(
        default_factory=dict, description="by dossier: finished, withdrawn…"
    )
    deadline: tuple[Deadline, ...] = ()
    count: tuple[Count, ...] = ()
    order: tuple[Order, ...] = ()
    row: tuple[Row, ...] = ()
    book: tuple[Book, ...] = ()
    message: tuple[Told, ...] = ()
    finding: tuple[Noted, ...] = ()
    violations: tuple[Name, ...] = Field((), description="the rules of law that are broken, and no others")
    log: dict[DossierName, str] = Field(
        default_factory=dict, description="by dossier: the hash of its last event, which seals all before it"
    )
