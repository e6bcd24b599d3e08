"""The agenda of a service: what its simulated people will do, and when. An act is performed once."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, delete, func, insert, select
from sqlmodel import Field, Session, SQLModel

from chassis.prepared import Prepared
from services.instants import instant_of, instant_or_none, text_of


class ActRow(SQLModel, table=True):
    """An act as it is kept."""

    __tablename__ = "act"

    run_id: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    at: str = Field(index=True)
    number: int = 0
    attempt: int = 0


@dataclass(frozen=True)
class Act:
    """Something that will be done to an application (or a consent) at an instant."""

    run_id: str
    application_id: str
    kind: str
    at: str
    number: int
    attempt: int

    @property
    def instant(self) -> datetime:
        return instant_of(self.at)


_ACTS = ActRow.__table__  # type: ignore[attr-defined]
_OF_RUN = _ACTS.c.run_id == bindparam("run_id")
_OF_APPLICATION = (_OF_RUN, _ACTS.c.application_id == bindparam("application_id"))
_OF_KIND = (*_OF_APPLICATION, _ACTS.c.kind == bindparam("kind"))
# Asked at every turn of the clock.
_FIRST_DUE = Prepared(
    select(_ACTS)
    .where(_OF_RUN, _ACTS.c.at <= bindparam("until"))
    .order_by(_ACTS.c.at, _ACTS.c.application_id, _ACTS.c.kind)
    .limit(1)
)
_NEXT_AT_OF = Prepared(select(func.min(_ACTS.c.at)).where(*_OF_APPLICATION))
_FIND = Prepared(select(_ACTS).where(*_OF_KIND))
_ADD = Prepared(insert(_ACTS), _ACTS.c.keys())
_CLAIM = Prepared(
    delete(_ACTS).where(*_OF_KIND, _ACTS.c.at == bindparam("at"), _ACTS.c.attempt == bindparam("attempt"))
)


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
    cancel(session, run_id, application_id, kind)
    _ADD.run(
        session.connection(),
        run_id=run_id,
        application_id=application_id,
        kind=kind,
        at=text_of(at),
        number=number,
        attempt=attempt,
    )


@lru_cache(maxsize=16)
def _cancelling(names: tuple[str, ...]) -> Prepared:
    """The statement for so many kinds."""
    return Prepared(
        delete(_ACTS).where(*_OF_APPLICATION, _ACTS.c.kind.in_([bindparam(each) for each in names]))
    )


def find(session: Session, run_id: str, application_id: str, kind: str) -> Act | None:
    """The act of this kind that is still to come."""
    found = _FIND.all(session.connection(), run_id=run_id, application_id=application_id, kind=kind)
    return Act(**found[0]) if found else None


def cancel(session: Session, run_id: str, application_id: str, *kinds: str) -> None:
    """Take acts off the agenda."""
    named = {f"kind_{number}": kind for number, kind in enumerate(kinds)}
    _cancelling(tuple(named)).run(session.connection(), run_id=run_id, application_id=application_id, **named)


def claim(session: Session, act: Act) -> bool:
    """Take this very act off the agenda; False when somebody did, or moved it, in the meantime."""
    return bool(
        _CLAIM.run(
            session.connection(),
            run_id=act.run_id,
            application_id=act.application_id,
            kind=act.kind,
            at=act.at,
            attempt=act.attempt,
        )
    )


def next_act(session: Session, run_id: str, until: datetime) -> Act | None:
    """The first act due by an instant, in the order of instant and application."""
    found = _FIRST_DUE.all(session.connection(), run_id=run_id, until=text_of(until))
    return Act(**found[0]) if found else None


def next_act_at(session: Session, run_id: str, application_id: str) -> datetime | None:
    """When the next act of an application falls due; of a whole run: journal.standing."""
    connection = session.connection()
    return instant_or_none(_NEXT_AT_OF.one(connection, run_id=run_id, application_id=application_id))
