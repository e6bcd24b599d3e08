"""The plays that were asked for through the API: batches, and the plays of each."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class BatchRow(SQLModel, table=True):
    """Plays that were asked for together."""

    __tablename__ = "batch"

    batch: str = Field(primary_key=True)
    keep: str = "none"
    limit_seconds: float = 60.0


class PlayRow(SQLModel, table=True):
    """One play. ``text`` is an uploaded file; ``document`` what came of it."""

    __tablename__ = "play"

    play: str = Field(primary_key=True)
    batch: str = Field(index=True)
    number: int
    scenario: str
    text: str | None = None
    seed: int | None = Field(default=None, sa_type=BigInteger)  # the greatest seed, and then the next ones
    state: str = Field(default="queued", index=True)
    verdict: str | None = None
    document: str | None = None
