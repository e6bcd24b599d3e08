"""The events of a service: numbered from 1 in each run, appended and never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import JSON, Session, SQLModel, col, func, select
from sqlmodel import Field as Column

from chassis.signing import Signer
from services.instants import text_of

Json = dict[str, Any]


class EventRow(SQLModel, table=True):
    """One event."""

    run_id: str = Column(primary_key=True)
    id: int = Column(primary_key=True)
    application_id: str
    kind: str
    at: str
    round: int
    payload: dict[str, Any] = Column(sa_type=JSON)


class EventView(BaseModel):
    """One event as it is told to the gateway."""

    id: int = Field(description="1, 2, 3… in each run", examples=[1])
    application_id: str = Field(
        description="for a consent: the consent's id", examples=["B-2026-000001.birth_registration"]
    )
    kind: str = Field(examples=["received"])
    at: str = Field(examples=["2026-03-09T08:30:00+07:00"])
    round: int = Field(examples=[0])
    payload: Json = Field(examples=[{"due_at": "2026-03-09T17:00:00+07:00"}])
    signature: str = Field(
        description="detached JWS over the canonical JSON of run_id, service and the fields above",
        examples=["eyJhbGciOiJIUzI1NiJ9..c2lnbmF0dXJl"],
    )


def append(
    session: Session,
    run_id: str,
    application_id: str,
    kind: str,
    at: datetime,
    payload: Mapping[str, Any],
    round_: int = 0,
) -> None:
    """Write an event as the next of its run."""
    last = session.exec(select(func.max(EventRow.id)).where(EventRow.run_id == run_id)).one()
    session.add(
        EventRow(
            run_id=run_id,
            id=(last or 0) + 1,
            application_id=application_id,
            kind=kind,
            at=text_of(at),
            round=round_,
            payload=dict(payload),
        )
    )
    session.flush()


def events_after(session: Session, run_id: str, after: int, service: str, signer: Signer) -> list[EventView]:
    """The events of a run with a greater number, in order, signed by the service that tells them."""
    asked = select(EventRow).where(EventRow.run_id == run_id, EventRow.id > after).order_by(col(EventRow.id))
    told = [row.model_dump(exclude={"run_id"}) for row in session.exec(asked)]
    return [
        EventView(**each, signature=signer.sign({"run_id": run_id, "service": service, **each}))
        for each in told
    ]
