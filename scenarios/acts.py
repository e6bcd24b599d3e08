"""What people do in a scenario, and when: declare, consent, supplement, decide, withdraw, ask."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from flow_model.faults import AnyFault, Closed, Moment
from scenarios.words import MAIN, DossierName, EventName, Name, Wait


class When(Closed):
    """An instant, or a while after the n-th event of a kind. Neither: as soon as the story begins."""

    at: Moment | None = Field(None, description="an instant of the story, with its offset")
    after: EventName | None = Field(None, description="an event, such as 'received permanent_residence'")
    nth: int = Field(1, ge=1, le=100, description="which of several such events")
    wait: Wait | None = Field(None, description="how long after that event")
    turn: int = Field(
        0, ge=0, le=1000, description="at one instant lower turns go first, then declarations before acts"
    )

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
    # A code, not a way to somewhere else; the rest is quoted.
    code: str = Field(max_length=60, pattern=r"^[^/]*[^./][^/]*$", description="the code they use")


Act = Annotated[
    GiveConsent | SendSupplement | Decide | Withdraw | PullAgain | AddFault | Ask, Field(discriminator="does")
]
