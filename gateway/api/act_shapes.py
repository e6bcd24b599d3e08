"""What people send to a run, and what comes of it: answers, decisions, previews, faults, forks."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flow_model.faults import AnyFault
from gateway.api.shapes import Closed, DossierView, EventView
from gateway.runs import RunId


class ForkDecision(Closed):
    """What the officer decides in the branch; the procedure is that of the event, unless named."""

    decision: Literal["grant", "reject", "request_supplement", "return_to_issuer"]
    procedure: str | None = Field(None, pattern=r"^[a-z_]{1,60}$")
    reason: str = Field("", max_length=300)
    remedy: list[str] = Field(default_factory=list, max_length=10)


class ConsentInstead(Closed):
    """The click on VNeID, in the branch."""

    act: Literal["consent"]
    party: str = Field(pattern=r"^[a-z_]{1,60}$", examples=["householder"])
    given: bool


class SupplementInstead(Closed):
    """What the citizen sends in the branch when a procedure asks."""

    act: Literal["supplement"]
    procedure: str = Field(pattern=r"^[a-z_]{1,60}$")
    documents: list[str] = Field(default_factory=list, max_length=10)
    changes: dict[str, Any] = Field(default_factory=dict, max_length=50)


class WithdrawInstead(Closed):
    """The citizen takes the dossier back, in the branch."""

    act: Literal["withdraw"]
    reason: str = Field("", max_length=500)


class PullInstead(Closed):
    """Staff have the dossier pulled again, in the branch."""

    act: Literal["pull_again"]


ForkAct = Annotated[
    ConsentInstead | SupplementInstead | WithdrawInstead | PullInstead, Field(discriminator="act")
]


class NewFork(Closed):
    """Where the branch leaves the past, and what is different: one of decision, act, faults."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"at": 3, "decision": {"decision": "reject", "reason": "Không đủ điều kiện"}}]
        }
    )

    at: int = Field(ge=1, le=100_000, description="the sequence of a past event")
    run_id: RunId | None = Field(None, description="the branch's name; made from its content when left out")
    decision: ForkDecision | None = None
    act: ForkAct | None = None
    faults: list[AnyFault] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _one(self) -> "NewFork":
        if sum((self.decision is not None, self.act is not None, bool(self.faults))) != 1:
            raise ValueError("give exactly one of decision, act and faults")
        return self


class ForkView(BaseModel):
    """A branch: how many events it shares with its origin, and what follows in each."""

    run_id: str
    dossier: str
    shared: int
    original: list[EventView]
    branch: list[EventView]


class Supplement(Closed):
    """What the citizen sends when asked: papers, and fields of the declaration to change."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"documents": ["witness_statement"], "changes": {}}]}
    )

    documents: list[str] = Field(default_factory=list, max_length=10)
    changes: dict[str, Any] = Field(default_factory=dict, max_length=50)


class Withdrawal(Closed):
    """Why the citizen takes the dossier back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Khai nhầm"}]})

    reason: str = Field("", max_length=500)


class PreviewAnswer(Closed):
    """What the citizen says to the forms they saw."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agreed": True}]})

    agreed: bool


class PreviewShown(BaseModel):
    """A draft that waits for an answer, and its official forms."""

    preview: str = Field(examples=["P-000001"])
    expires_at: str
    forms: list[dict[str, Any]]


class PreviewAnswered(BaseModel):
    """What came of the answer; a dossier when the citizen agreed."""

    preview: str
    agreed: bool
    dossier: DossierView | None


class AddedFaults(Closed):
    """Faults that begin to happen in a run that is going on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"faults": [{"kind": "message_twice", "agency": "residence", "event": "granted"}]}]
        }
    )

    faults: list[AnyFault] = Field(min_length=1, max_length=20)


class ConsentAnswer(Closed):
    """The click on VNeID."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"given": True}]})

    given: bool


class OfficerDecision(Closed):
    """What a human officer decides."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision": "grant", "reason": "", "officer": "Nguyễn Thị Mẫu"}]}
    )

    decision: Literal["grant", "reject", "request_supplement", "return_to_issuer"]
    reason: str = Field("", max_length=500)
    officer: str = Field("Cán bộ 1", min_length=1, max_length=100)
