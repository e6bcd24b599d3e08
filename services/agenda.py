"""The agenda of a service: what its simulated people will do, and when. An act is performed once."""

from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Field, Session, SQLModel, col, delete, func, select

from services.instants import instant_of, instant_or_none, text_of


class Act(SQLModel, table=True):
    """Something that will be done to an application (or a consent) at an instant."""

    run_id: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    at: str = Field(index=True)
    number: int = 0
    attempt: int = 0

    @property
    def instant(self) -> datetime:
        return instant_of(self.at)


# Asked at every turn of the clock: built once.
_FIRST_DUE = (
    select(Act)
    .where(col(Act.run_id) == bindparam("run_id"), col(Act.at) <= bindparam("until"))
    .order_by(col(Act.at), col(Act.application_id), col(Act.kind))
    .limit(1)
)
_NEXT_AT = select(func.min(Act.at)).where(col(Act.run_id) == bindparam("run_id"))


def schedule(
    session: Session,
    run_id: str,
    application_id: str,
    kind: str,
    at: datetime,
    *,
    number: int = 0,
    attempt: int = 0,
) -> None:
    """Put an act on the agenda, in place of one of the same kind."""
    session.merge(
        Act(
            run_id=run_id,
            application_id=application_id,
            kind=kind,
            at=text_of(at),
            number=number,
            attempt=attempt,
        )
    )
    session.flush()


def find(session: Session, run_id: str, application_id: str, kind: str) -> Act | None:
    """The act of this kind that is still to come."""
    return session.get(Act, (run_id, application_id, kind))


def cancel(session: Session, run_id: str, application_id: str, *kinds: str) -> None:
    """Take acts off the agenda."""
    session.exec(
        delete(Act).where(
            col(Act.run_id) == run_id,
            col(Act.application_id) == application_id,
            col(Act.kind).in_(kinds),
        )
    )


def claim(session: Session, act: Act) -> bool:
    """Take this very act off the agenda; False when somebody did, or moved it, in the meantime."""
    own = find(session, act.run_id, act.application_id, act.kind)
    if own is None or (own.at, own.attempt) != (act.at, act.attempt):
        return False
    session.delete(own)
    session.flush()
    return True


def next_act(session: Session, run_id: str, until: datetime) -> Act | None:
    """The first act due by an instant, in the order of instant and application."""
    return session.exec(_FIRST_DUE, params={"run_id": run_id, "until": text_of(until)}).first()


def next_act_at(session: Session, run_id: str, application_id: str | None = None) -> datetime | None:
    """When the next act of a run, or of one application, falls due."""
    if application_id is None:
        return instant_or_none(session.exec(_NEXT_AT, params={"run_id": run_id}).one())
    asked = _NEXT_AT.where(Act.application_id == application_id)
    return instant_or_none(session.exec(asked, params={"run_id": run_id}).one())
