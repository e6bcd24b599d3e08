"""Acts that were set aside: each failed as often as it was tried, and is on no agenda till it is put back."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import delete
from sqlmodel import Field as Column
from sqlmodel import Session, SQLModel, col, select

from chassis.prepared import Prepared, matching
from chassis.rows import get
from services import agenda
from services.agenda import Act


class StuckAct(SQLModel, table=True):
    """An act that was set aside: what it was, how often it failed, why, and since when it waits."""

    run_id: str = Column(primary_key=True)
    application_id: str = Column(primary_key=True)
    kind: str = Column(primary_key=True)
    since: str
    number: int = 0
    attempt: int = 0
    failures: int
    reason: str


# Done with almost every step, though hardly ever anything is stuck.
_DROP = Prepared(delete(StuckAct).where(*matching(StuckAct.run_id, StuckAct.application_id, StuckAct.kind)))


class StuckActView(BaseModel):
    """An act that failed as often as it was tried. It waits for its owner, this service, to put it back."""

    application_id: str = Field(examples=["B-2026-000001.birth_registration"])
    act: str = Field(examples=["take_up"])
    since: str = Field(description="when it was due", examples=["2026-03-09T08:50:00+07:00"])
    attempts: int = Field(examples=[4])
    reason: str = Field(examples=["internal-error (KeyError)"])


def set_aside(session: Session, act: Act, reason: str, failures: int) -> bool:
    """Take an act off the agenda and on to the list of those that are stuck; False when it was done."""
    if not agenda.claim(session, act):
        return False
    session.merge(
        StuckAct(
            run_id=act.run_id,
            application_id=act.application_id,
            kind=act.kind,
            since=act.at,
            number=act.number,
            attempt=act.attempt,
            failures=failures,
            reason=reason,
        )
    )
    session.flush()
    return True


def put_back(session: Session, run_id: str, application_id: str, kind: str, at: datetime) -> StuckAct | None:
    """Put an act that is stuck on the agenda again; None when it is not stuck."""
    stuck = find(session, run_id, application_id, kind)
    if stuck is not None:
        session.delete(stuck)
        more = {"number": stuck.number, "attempt": stuck.attempt}
        agenda.schedule(session, run_id, application_id, kind, at, **more)
    return stuck


def find(session: Session, run_id: str, application_id: str, kind: str) -> StuckAct | None:
    """The act of this kind that is stuck."""
    return get(session, StuckAct, run_id, application_id, kind)


def drop(session: Session, run_id: str, application_id: str, *kinds: str) -> None:
    """Forget acts that were stuck: somebody did their work, or there is nothing left to do."""
    for kind in kinds:
        _DROP.run(session.connection(), run_id=run_id, application_id=application_id, kind=kind)


def listed(session: Session, run_id: str, application_id: str | None = None) -> Sequence[StuckAct]:
    """What is stuck in a run, or about one application, the oldest first."""
    asked = select(StuckAct).where(StuckAct.run_id == run_id)
    if application_id is not None:
        asked = asked.where(StuckAct.application_id == application_id)
    order = (col(StuckAct.since), col(StuckAct.application_id), col(StuckAct.kind))
    return session.exec(asked.order_by(*order)).all()


def shown(act: StuckAct) -> StuckActView:
    """As it is told."""
    return StuckActView(
        application_id=act.application_id,
        act=act.kind,
        since=act.since,
        attempts=act.failures,
        reason=act.reason,
    )
