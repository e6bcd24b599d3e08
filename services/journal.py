"""The events of a service: numbered from 1 in each run, appended and never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import bindparam, func, insert, select
from sqlmodel import JSON, Session, SQLModel
from sqlmodel import Field as Column

from chassis.prepared import Prepared
from chassis.signing import Signer
from services.agenda import ActRow
from services.instants import instant_or_none, text_of

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


_EVENTS = EventRow.__table__  # type: ignore[attr-defined]
_ACTS = ActRow.__table__  # type: ignore[attr-defined]
_OF_RUN = _EVENTS.c.run_id == bindparam("run_id")
_LAST = (
    select(func.coalesce(func.max(_EVENTS.c.id), 0))
    .where(_EVENTS.c.run_id == bindparam("of_run"))
    .scalar_subquery()
)
# The number is found and taken in one statement.
_APPEND = Prepared(
    insert(_EVENTS).values(id=_LAST + 1).inline(),  # nobody asks which number it became
    [name for name in _EVENTS.c.keys() if name != "id"],  # noqa: SIM118  a collection of columns
)
# Told with every answer of a service.
_STANDING = Prepared(
    select(
        select(func.min(_ACTS.c.at)).where(_ACTS.c.run_id == bindparam("of_run")).scalar_subquery(),
        _LAST,
    )
)
_AFTER = Prepared(
    select(*(column for column in _EVENTS.c if column.name != "run_id"))
    .where(_OF_RUN, _EVENTS.c.id > bindparam("after"))
    .order_by(_EVENTS.c.id)
)


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
    connection = session.connection()
    _APPEND.run(
        connection,
        of_run=run_id,
        run_id=run_id,
        application_id=application_id,
        kind=kind,
        at=text_of(at),
        round=round_,
        payload=dict(payload),
    )


def standing(session: Session, run_id: str) -> tuple[datetime | None, int]:
    """When the next act of a run falls due, and the number of its last event; 0 before the first."""
    found = _STANDING.first(session.connection(), of_run=run_id)
    assert found is not None
    return instant_or_none(found[0]), int(found[1])


def events_after(session: Session, run_id: str, after: int, service: str, signer: Signer) -> list[EventView]:
    """The events of a run with a greater number, in order, signed by the service that tells them."""
    return [
        EventView(**each, signature=signer.sign({"run_id": run_id, "service": service, **each}))
        for each in _AFTER.all(session.connection(), run_id=run_id, after=after)
    ]
