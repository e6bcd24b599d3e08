"""The gateway's tables: runs, one append-only journal, and who is at work on what."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class RunRow(SQLModel, table=True):
    """A run: its terms as given, its own time, and how far each service's events were read."""

    __tablename__ = "run"

    run_id: str = Field(primary_key=True)
    terms: str
    now: str
    cursors: str = "{}"
    held: str = Field(
        default="{}", description="services that are not heard before an instant, or a new pull"
    )
    added: str = Field(default="[]", description="faults that came on the way")
    opened: bool = False
    version: int = Field(
        default=0, description="grows with every change: who writes upon an older one is refused"
    )
    clock: str = Field(default="jump", index=True)
    opened_at: str = Field(
        default="", description="real time, for a clock that moves by itself; on no event and in no hash"
    )


class ExecutorRow(SQLModel, table=True):
    """A gateway that shares this journal, and when it last said that it is there (real time)."""

    __tablename__ = "executor"

    executor: str = Field(primary_key=True)
    beat_at: str


class LeaseRow(SQLModel, table=True):
    """Which gateway is at work on a run, and until when others leave it alone (real time)."""

    __tablename__ = "lease"

    run_id: str = Field(primary_key=True)
    holder: str
    until: str


class ErrandRow(SQLModel, table=True):
    """Something that was promised and outlives the process; ``chunk`` while an engine carries it."""

    __tablename__ = "errand"

    errand: str = Field(primary_key=True)
    kind: str
    about: str = Field(index=True)
    content: str
    state: str = Field(default="queued", index=True)
    attempts: int = 0
    next_try_at: str | None = None
    error: str | None = None
    made_at: str
    ended_at: str | None = None
    chunk: str | None = Field(default=None, index=True)


class ExchangeRow(SQLModel, table=True):
    """One exchange of a recorded run with a service, as HAR has it."""

    __tablename__ = "exchange"

    run_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    entry: str


class EventRow(SQLModel, table=True):
    """One event. ``source`` names the service's event it came from, so it is taken in once."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("run_id", "source"),)

    run_id: str = Field(primary_key=True)
    dossier: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    kind: str
    procedure: str | None = None
    round: int = 0
    at: str
    actor: str
    payload: str
    previous_hash: str
    hash: str
    source: str | None = None


TABLES: tuple[type[SQLModel], ...] = (RunRow, EventRow, ExchangeRow, ExecutorRow, LeaseRow, ErrandRow)
