"""The terms of a run: its seed, law, beginning, families, officers and faults, as each service keeps them."""

import json
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from math import ceil
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import String, bindparam, cast
from sqlmodel import JSON, Session, SQLModel, col, select
from sqlmodel import Field as Column

from chassis.heads import BadHeader
from chassis.prepared import Prepared
from flow_model.errors import DownInTheStory, FieldError, UnknownThing
from flow_model.events import canonical
from flow_model.faults import CertificateError, IdIssue, LiveFault, Outage
from services.instants import Instant, OutsideCalendar, in_calendar

SEED_LIMIT = 2**53
FAMILIES_LIMIT = 5000


class RunRow(SQLModel, table=True):
    """One universe in this service's file."""

    run_id: str = Column(primary_key=True)
    content: dict[str, Any] = Column(sa_type=JSON)
    fingerprint: str
    added: dict[str, Any] = Column(sa_type=JSON)  # faults that came on the way, by name


_TERMS = Prepared(
    select(
        cast(col(RunRow.content), String).label("content"),
        cast(col(RunRow.added), String).label("added"),
    )
    .where(col(RunRow.run_id) == bindparam("run_id"))
    .limit(1)
)


class Closed(BaseModel):
    """A body to which nothing may be added."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Terms(Closed):
    """What a run is opened with."""

    seed: int = Field(ge=-SEED_LIMIT, le=SEED_LIMIT, examples=[2026])
    law: str = Field(max_length=60, examples=["claim-2023"])
    starts_at: Instant
    families: int = Field(default=40, ge=0, le=FAMILIES_LIMIT)
    officers: Literal["simulated", "human"] = "simulated"
    faults: tuple[LiveFault, ...] = Field(default=(), max_length=200)

    def outage(self, service: str, at: datetime) -> Outage | None:
        """The outage of a service at an instant; the one that ends last, when several overlap."""
        found = [
            fault
            for fault in self.faults
            if isinstance(fault, Outage) and fault.service == service and fault.holds(at)
        ]
        return max(found, key=lambda fault: fault.until, default=None)

    def misspells(self, procedure: str) -> bool:
        """Whether the first certificate of this procedure is to be wrong."""
        return any(
            isinstance(fault, CertificateError) and fault.procedure == procedure for fault in self.faults
        )

    def id_issue(self, at: datetime) -> IdIssue | None:
        """Why the population registry issues no number at an instant; None when it does."""
        held = [fault for fault in self.faults if isinstance(fault, IdIssue) and at < fault.until]
        return max(held, key=lambda fault: fault.until, default=None)


def fingerprint(content: Any) -> str:
    """The same for two contents that say the same, whatever the order of their fields."""
    return sha256(canonical(content)).hexdigest()


def terms_of(session: Session, run_id: str) -> Terms:
    """The terms of a run that is open here; UnknownThing otherwise."""
    row = _TERMS.first(session.connection(), run_id=run_id)
    if row is None:
        raise UnknownThing(
            f"Dịch vụ này không có lượt chạy {run_id}. Hãy mở bằng PUT /runs/{run_id}.",
            f"This service has no run {run_id}. Open it with PUT /runs/{run_id}.",
        )
    return _parsed(*row)


# Every request asks for the terms of its run, and few runs are open at once.
@lru_cache(maxsize=256)
def _parsed(content: str, added: str) -> Terms:
    terms, more = json.loads(content), json.loads(added)
    faults = [*terms["faults"], *(fault for each in more.values() for fault in each)]
    return Terms.model_validate(terms | {"faults": faults})


def require_in_calendar(at: datetime) -> None:
    """Raise BadHeader when the simulated instant lies where no working day is known."""
    try:
        in_calendar(at)
    except OutsideCalendar as error:
        raise BadHeader(
            f"Simulated-At: {error.message_vi}",
            f"Simulated-At: {error.message_en}",
            errors=[FieldError("header.Simulated-At", "value_error", error.message_vi, error.message_en)],
        ) from None


def require_up(terms: Terms, service: str, at: datetime) -> None:
    """Raise ServiceDown, with the seconds that are left, while an outage of this run holds."""
    outage = terms.outage(service, at)
    if outage is not None:
        raise DownInTheStory(
            f"Dịch vụ {service} tạm ngừng đến {outage.until.isoformat()} (sự cố của lượt chạy).",
            f"The service {service} is down until {outage.until.isoformat()} (a fault of this run).",
            retry_after_seconds=ceil((outage.until - at) / timedelta(seconds=1)),
        )
