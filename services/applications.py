"""An application as the agency keeps it, and as it is shown."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import delete, insert
from sqlmodel import JSON, Session, SQLModel, col, select
from sqlmodel import Field as Column

from chassis.prepared import Prepared, matching
from chassis.rows import get
from flow_model.errors import UnknownThing
from services import agenda
from services.instants import text_of
from services.stuck import StuckAct, StuckActView, shown

Json = dict[str, Any]
STATES = (
    "arrived",
    "received",
    "taken_up",
    "supplement_requested",
    "returned_to_issuer",
    "granted",
    "rejected",
    "withdrawn",
)
ENDED = ("granted", "rejected", "withdrawn")
OPEN_TO_OFFICERS = ("received", "taken_up")


class ApplicationRow(SQLModel, table=True):
    """One application. Instants are texts; `paused_seconds` is the office time spent on supplements."""

    run_id: str = Column(primary_key=True)
    application_id: str = Column(primary_key=True)
    fingerprint: str
    group_id: str
    procedure: str
    path: str
    dossier: str
    form: dict[str, Any] = Column(sa_type=JSON)
    documents: list[str] = Column(sa_type=JSON)
    consents_needed: list[str] = Column(sa_type=JSON)
    consents_given: dict[str, str] = Column(sa_type=JSON)
    conditions: list[str] = Column(sa_type=JSON)
    consent_deadline: str | None
    declared_at: str
    arrived_at: str
    state: str = Column(default="arrived", index=True)
    round: int = 0
    returns: int = 0
    received_at: str | None = None
    due_at: str | None = None
    taken_up_at: str | None = None
    asked_at: str | None = None
    answer_by: str | None = None
    decided_at: str | None = None
    paused_seconds: int = 0
    verified: bool = False
    reason: str = ""
    findings: list[Json] = Column(sa_type=JSON)
    results: dict[str, Any] = Column(sa_type=JSON)


class SentRow(SQLModel, table=True):
    """What was sent to an application under a name the sender chose: consents, supplements, decisions."""

    run_id: str = Column(primary_key=True)
    application_id: str = Column(primary_key=True)
    name: str = Column(primary_key=True)
    fingerprint: str


_SENT_TO = matching(SentRow.run_id, SentRow.application_id, SentRow.name)
_SENT = Prepared(select(SentRow.fingerprint).where(*_SENT_TO))
_FORGET = Prepared(delete(SentRow).where(*_SENT_TO))
_REMEMBER = Prepared(insert(SentRow), ("run_id", "application_id", "name", "fingerprint"))


class ApplicationView(BaseModel):
    """Where an application stands."""

    application_id: str = Field(examples=["B-2026-000001.birth_registration"])
    group: str = Field(examples=["birth"])
    procedure: str = Field(examples=["birth_registration"])
    title_vi: str
    title_en: str
    path: str = Field(examples=["interlinked"])
    dossier: str = Field(examples=["B-2026-000001"])
    state: str = Field(description=" | ".join(STATES), examples=["received"])
    round: int = Field(description="supplements asked for so far", examples=[0])
    arrived_at: str
    received_at: str | None
    due_at: str | None
    taken_up_at: str | None
    answer_by: str | None
    decided_at: str | None
    next_act_at: str | None = Field(description="the next act of this application")
    verified: bool
    reason: str
    findings: list[Json]
    results: Json
    form: Json
    documents: list[str]
    consents_needed: list[str]
    consents_given: dict[str, str]
    stuck: list[StuckActView] = Field(
        default_factory=list, description="acts that failed again and again; each waits for a retry"
    )


class Worklist(BaseModel):
    """Applications in the order in which they fall due."""

    applications: list[ApplicationView]


def view(
    session: Session, row: ApplicationRow, titles: tuple[str, str], held: Sequence[StuckAct] = ()
) -> ApplicationView:
    """The application as it is shown."""
    next_at = agenda.next_act_at(session, row.run_id, row.application_id)
    fields = row.model_dump(
        exclude={"run_id", "fingerprint", "group_id", "declared_at", "conditions", "consent_deadline"}
    )
    return ApplicationView(
        **fields,
        group=row.group_id,
        title_vi=titles[0],
        title_en=titles[1],
        next_act_at=None if next_at is None else text_of(next_at),
        stuck=[shown(act) for act in held],
    )


def find(session: Session, run_id: str, application_id: str) -> ApplicationRow:
    """The application of this name; UnknownThing when there is none in this run."""
    row = get(session, ApplicationRow, run_id, application_id)
    if row is None:
        raise UnknownThing(
            f"Không có hồ sơ {application_id} trong lượt chạy này.",
            f"There is no application {application_id} in this run.",
        )
    return row


def worklist(
    session: Session, run_id: str, state: str | None, limit: int, named: Sequence[str] | None = None
) -> list[ApplicationRow]:
    """The applications in a state, or of these names, or all, by due date; those without one come last."""
    asked = select(ApplicationRow).where(ApplicationRow.run_id == run_id)
    if state is not None:
        asked = asked.where(ApplicationRow.state == state)
    if named is not None:
        asked = asked.where(col(ApplicationRow.application_id).in_(named))
    due = col(ApplicationRow.due_at)
    ordered = asked.order_by(due.is_(None), due, col(ApplicationRow.application_id)).limit(limit)
    return list(session.exec(ordered))


def sent_before(session: Session, row: ApplicationRow, name: str) -> str | None:
    """The fingerprint of what was sent under this name."""
    kept = _SENT.first(session.connection(), **_named(row, name))
    return None if kept is None else str(kept[0])


def remember(session: Session, row: ApplicationRow, name: str, fingerprint: str) -> None:
    """Keep what was sent under this name, in place of what was there."""
    _FORGET.run(session.connection(), **_named(row, name))
    _REMEMBER.run(session.connection(), **_named(row, name), fingerprint=fingerprint)


def _named(row: ApplicationRow, name: str) -> dict[str, str]:
    return {"run_id": row.run_id, "application_id": row.application_id, "name": name}
