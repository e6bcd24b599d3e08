"""What the gateway's answers look like."""

import json
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import Header, Path
from pydantic import BaseModel, ConfigDict, Field

from chassis.context import IDEMPOTENCY_KEY, RUN_ID
from flow_model.faults import Moment
from gateway.runs import RunId, Terms

# A newborn of run lop-hoc-1 as POST /runs opens it in its own example; a test keeps it true.
EXAMPLE_BIRTH: dict[str, Any] = json.loads(
    FilePath(__file__).with_name("example_birth.json").read_text(encoding="utf-8")
)
RunName = Annotated[str, Path(pattern=RUN_ID, description="The run", examples=["lop-hoc-1"])]
DossierCode = Annotated[
    str, Path(pattern=r"^[A-Z]-[0-9]{4}-[0-9]{6}$", description="The dossier", examples=["B-2026-000001"])
]
ProcedureName = Annotated[str, Path(pattern=r"^[a-z_]{1,60}$", examples=["permanent_residence"])]
PartyName = Annotated[str, Path(pattern=r"^[a-z_]{1,60}$", examples=["householder"])]
GroupName = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", examples=["birth"])]
ServiceName = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", examples=["civil_status"])]
LawName = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$", examples=["claim-2023"])]
PathName = Literal["separate", "interlinked"]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=IDEMPOTENCY_KEY,
        description="Required: the same key and body give the first answer again",
        examples=["khai-sinh-2026-10-05"],
    ),
]


class Closed(BaseModel):
    """A request body: nothing may be added."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class NewRun(Closed):
    """A run to open; without a name one is made from the Idempotency-Key."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"run_id": "lop-hoc-1", "terms": {"seed": 2026, "law": "claim-2023"}}]
        }
    )

    run_id: RunId | None = None
    record: bool = Field(False, description="keep every exchange with the services: GET …/exchanges")
    terms: Terms = Field(default_factory=lambda: Terms.model_validate({}))


class StopAtEvent(Closed):
    """An event at which the clock stops."""

    kind: str = Field(pattern=r"^[a-z_]{1,40}$", examples=["supplement_requested"])
    dossier: str | None = Field(None, pattern=r"^[A-Z]-[0-9]{4}-[0-9]{6}$")
    procedure: str | None = Field(None, pattern=r"^[a-z_]{1,60}$")
    count: int = Field(1, ge=1, le=1000, description="when so many of them are there")


class ClockMove(Closed):
    """Where to move the clock: an instant, the "next" thing that happens, or until all is "settled"."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "settled"}]})

    to: Literal["next", "settled"] | Moment
    stop_at: list[StopAtEvent] = Field(
        default_factory=list, max_length=20, description="stop earlier, when one of these events is there"
    )


class ClockView(BaseModel):
    """Where the clock stands after a move."""

    run_id: str
    now: str
    instants: int = Field(description="How many instants were visited")
    settled: bool = Field(description="Nothing more will happen by itself")
    next_at: str | None


class RunView(BaseModel):
    """A run as it stands."""

    run_id: str
    now: str = Field(
        description="its present instant: where its clock was moved to, or has come to by itself by now"
    )
    terms: dict[str, Any]
    added_faults: list[dict[str, Any]] = Field(
        description="those that came on the way, oldest first, as the live system obeys them; others are in "
        "its terms"
    )
    dossiers: int
    version: int = Field(
        description="grows with every change of the run: while it stays, so does all the rest"
    )


class Draft(Closed):
    """The fields that the citizen has typed so far."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{key: EXAMPLE_BIRTH[key] for key in ("group", "declaration", "procedures")}]
        }
    )

    group: str = Field(pattern=r"^[a-z_]{1,40}$")
    declaration: dict[str, Any]
    procedures: list[str] = Field(default_factory=list, max_length=20)


class PrefilledView(BaseModel):
    """The draft with what the registries know; each field with a value, and who knew it."""

    declaration: dict[str, Any]
    sources: dict[str, str]
    missing: list[dict[str, str]] = Field(description="Fields that must still be filled, with their labels")
    silent: list[str] = Field(description="Services that did not answer; the others know nothing more")


class NewDossier(Closed):
    """A declaration to submit. ``consent`` says the citizen saw the preview and agrees to the exchange."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_BIRTH]})

    group: str = Field(pattern=r"^[a-z_]{1,40}$")
    path: PathName = "interlinked"
    procedures: list[str] = Field(min_length=1, max_length=20)
    declaration: dict[str, Any]
    consent: bool = False


class StepView(BaseModel):
    """Where one procedure of a dossier stands."""

    procedure: str
    title_vi: str
    title_en: str
    agency: str
    state: str
    round: int
    sent_at: str | None
    received_at: str | None
    due_at: str | None
    decided_at: str | None
    overdue: bool
    reason: str
    results: dict[str, Any]


class StuckView(BaseModel):
    """What failed again and again: it waits until its owner has put it right and sends a retry."""

    move: str = Field(description="a move of the gateway, or an act of a service", examples=["send"])
    about: str = Field(description="the procedure, or the party of a consent")
    owner: str = Field(description="on whose worklist it stands", examples=["residence"])
    service: str = Field(description="where it failed")
    reason: str = Field(examples=["HTTP 500 internal-error"])
    attempts: int
    since: str


class WaitingView(BaseModel):
    """What an open procedure waits for, or the return of the results: its state, who acts next, and why."""

    procedure: str | None
    state: str
    owner: str = Field(description="citizen, gateway, or a service", examples=["residence"])
    reason: str


class DossierView(BaseModel):
    """A dossier as it stands."""

    run_id: str
    dossier: str
    group: str
    path: str
    law: str
    state: str
    subject: str
    declared_at: str | None
    returned_at: str | None
    steps: list[StepView]
    stuck: list[StuckView]
    waiting: list[WaitingView]


class MoveView(BaseModel):
    """Something to be done: when, how often it failed, why, and who must act when it is stuck."""

    kind: str = Field(examples=["send"])
    about: str
    round: int
    state: str = Field(description="planned | retrying | stuck")
    at: str | None = Field(description="None while it is stuck")
    attempts: int = Field(description="that failed so far")
    next_try_at: str | None
    error: str | None = Field(description="why the last one failed")
    owner: str | None = Field(description="who must act, when somebody must")


class EventView(BaseModel):
    """One event of a history."""

    dossier: str
    sequence: int
    kind: str
    procedure: str | None
    round: int
    at: str
    actor: str
    payload: dict[str, Any]
    previous_hash: str
    hash: str


class History(BaseModel):
    """A history, in order; ``whole`` says that the chain of hashes holds."""

    events: list[EventView]
    whole: bool


class FoundView(BaseModel):
    """What a registry answered."""

    found: bool
    record: dict[str, Any] | None
