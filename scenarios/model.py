"""A scenario: one TOML file that says who declares what, what goes wrong, and what must be true at the end.

The same file is a test, a demo with narration, a lesson, and an input to the simulator. Its JSON Schema is made
from these classes (schema.py), so a field's description here is what an editor shows.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from flow_model.faults import AnyFault, Closed, Moment

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
Name = Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")]
DossierName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# "received permanent_residence", "consent_given", "supplement_requested birth_registration"
EventName = Annotated[str, Field(pattern=r"^[a-z_]{1,40}( [a-z_]{1,60})?$")]
Wait = Annotated[
    str,
    Field(
        pattern=r"^\d{1,5} (minutes|hours|days|working_minutes|working_hours|working_days)$",
        description="such as '30 minutes' or '7 working_days'",
    ),
]
MAIN = "dossier"


class When(Closed):
    """An instant, or a while after the n-th event of a kind. Neither: as soon as the story begins."""

    at: Moment | None = Field(None, description="an instant of the story, with its offset")
    after: EventName | None = Field(None, description="an event, such as 'received permanent_residence'")
    nth: int = Field(1, ge=1, le=100, description="which of several such events")
    wait: Wait | None = Field(None, description="how long after that event")

    @model_validator(mode="after")
    def _one(self) -> "When":
        if self.at is not None and self.after is not None:
            raise ValueError("give either at or after")
        if self.wait is not None and self.after is None:
            raise ValueError("wait needs after: what is waited from")
        return self


class Declare(When):
    """Somebody declares a life event, once."""

    name: DossierName = Field(MAIN, description="what this dossier is called in this file")
    group: Name = Field(description="birth, death")
    situation: Name = Field(description="the invented family: GET /situations at the population service")
    nth_family: int = Field(0, ge=0, le=199, description="which family of that situation")
    path: Literal["separate", "interlinked"] = "interlinked"
    procedures: tuple[Name, ...] = Field((), max_length=20, description="none: what the family wants")
    changes: dict[str, Any] = Field(
        default_factory=dict, description="values at dotted paths, typed otherwise"
    )
    without: tuple[str, ...] = Field((), max_length=50, description="dotted paths that are left out")
    declaration: dict[str, Any] | None = Field(
        None, description="the whole declaration, in place of a family's"
    )
    preview: Literal["none", "agreed", "refused", "timed_out"] = Field(
        "none", description="whether the citizen is shown the forms first, and what they say to them"
    )
    consent: bool = Field(True, description="the citizen agrees to the exchange of data")
    after_dossier: DossierName = Field(MAIN, description="whose event `after` means")
    refused: str | None = Field(None, max_length=60, description="the code with which it must be refused")


class _Act(When):
    dossier: DossierName = MAIN
    refused: str | None = Field(None, max_length=60, description="the code with which it must be refused")


class GiveConsent(_Act):
    """A relative answers on VNeID."""

    does: Literal["consent"]
    party: Name = Field(description="householder, owner, parent, relatives")
    given: bool = True


class SendSupplement(_Act):
    """The citizen sends what was asked for."""

    does: Literal["supplement"]
    procedure: Name
    documents: tuple[str, ...] = Field((), max_length=10)
    changes: dict[str, Any] = Field(
        default_factory=dict, description="values at dotted paths of the declaration"
    )


class Decide(_Act):
    """A human officer decides."""

    does: Literal["decide"]
    procedure: Name
    decision: Literal["grant", "reject", "request_supplement", "return_to_issuer"]
    reason: str = Field("", max_length=500)
    officer: str = Field("Cán bộ Mẫu", max_length=100)


class Withdraw(_Act):
    """The citizen takes the dossier back."""

    does: Literal["withdraw"]
    reason: str = Field("", max_length=500)


class PullAgain(_Act):
    """Staff have the dossier pulled again: what an agency told and nobody heard is read anew."""

    does: Literal["pull_again"]


class AddFault(_Act):
    """Something starts to go wrong on the way."""

    does: Literal["add_fault"]
    fault: AnyFault


class Ask(_Act):
    """Somebody asks for a dossier by a code; `refused` says that they must not find it."""

    does: Literal["ask"]
    code: str = Field(max_length=60, description="the code they use")


Act = Annotated[
    GiveConsent | SendSupplement | Decide | Withdraw | PullAgain | AddFault | Ask, Field(discriminator="does")
]


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
        description="where the key comes from: 'declaration.notice.code' or 'results.birth_registration.personal_id'",
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


class Terms(Closed):
    """What fixes the run. What is left out has the gateway's default."""

    law: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] | None = Field(None, description="law profile")
    seed: int = Field(2026, ge=0, le=2**31 - 1, description="all chance comes from this number")
    starts_at: Moment | None = Field(None, description="the story's date and hour")
    families: int = Field(40, ge=1, le=5000)
    officers: Literal["simulated", "human"] = "simulated"
    citizens: Literal["simulated", "human"] = Field(
        "simulated", description="human: consents and supplements come only by an [[act]]"
    )


class Narration(Closed):
    """What a trainer says before it begins."""

    vi: str = Field(min_length=20, max_length=2000)
    en: str = Field(min_length=20, max_length=2000)


class Tell(Closed):
    """What a trainer says when something happens."""

    on: EventName
    dossier: DossierName = MAIN
    vi: str = Field(min_length=5, max_length=500)
    en: str = Field(min_length=5, max_length=500)


class Scenario(Closed):
    """One story."""

    id: Slug = Field("", validate_default=False, description="the file's name without .toml, when left out")
    title_vi: str = Field(min_length=5, max_length=200)
    title_en: str = Field(min_length=5, max_length=200)
    cites: tuple[str, ...] = Field(min_length=1, description="the article or the complaint it comes from")
    tags: tuple[Slug, ...] = Field((), max_length=20)
    reported: tuple[Annotated[str, Field(pattern=r"^F([1-9]|1\d|2[0-2])$")], ...] = Field(
        (), description="faults of the domain sheet, section 7, that it shows"
    )
    narration: Narration
    tell: tuple[Tell, ...] = ()
    run: Terms = Field(default_factory=lambda: Terms.model_validate({}))
    declare: tuple[Declare, ...] = Field(min_length=1, max_length=50)
    act: tuple[Act, ...] = Field((), max_length=200)
    fault: tuple[AnyFault, ...] = Field((), max_length=50)
    expect: Expect = Field(default_factory=lambda: Expect.model_validate({}))

    @model_validator(mode="after")
    def _names(self) -> "Scenario":
        names = [each.name for each in self.declare]
        if len(set(names)) != len(names):
            raise ValueError("two declarations have the same name")
        used = {each.dossier for each in (*self.act, *self.tell)}
        for part in (self.expect.deadline, self.expect.count, self.expect.order, self.expect.message):
            used |= {each.dossier for each in part}  # type: ignore[attr-defined]
        used |= {each.dossier for each in self.expect.finding}
        for table in (self.expect.outcomes, self.expect.state, self.expect.log):
            used |= set(table)
        unknown = sorted(used - set(names))
        if unknown:
            raise ValueError(f"no declaration is called {', '.join(unknown)}; there are: {', '.join(names)}")
        return self
