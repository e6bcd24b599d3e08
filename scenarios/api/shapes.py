"""What is asked of the API of stories, and what it answers."""

from typing import Annotated, Any, Literal

from fastapi import Header, Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis.context import IDEMPOTENCY_KEY
from scenarios.ledger import PlayRecord
from scenarios.model import MOST_LETTERS, MOST_SEED
from scenarios.player import LIMIT_SECONDS, Keep

ScenarioId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$", examples=["birth-newborn"])]
PlayName = Annotated[str, Path(pattern=r"^b-[a-z0-9]{12}-\d{5}$", examples=["b-0123456789ab-00001"])]
BatchName = Annotated[str, Path(pattern=r"^b-[a-z0-9]{12}$", examples=["b-0123456789ab"])]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=IDEMPOTENCY_KEY,
        description="Required: the same key and body give the first answer again",
        examples=["phat-lai-1"],
    ),
]
MOST_PLAYS = 10_000


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class How(_Closed):
    """How plays are made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keep": "failed"}]})

    seed: int | None = Field(None, ge=0, le=MOST_SEED, description="another seed than the file's")
    keep: Keep = Field("none", description="which runs stay, to be looked at")
    limit_seconds: float = Field(
        LIMIT_SECONDS, gt=0, le=3600, description="after which a play is said to hang"
    )


class OnePlay(How):
    """One play of a scenario of the library."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seed": 7}]})


# Who adds nothing sends no body.
AS_THEY_ARE = How()
AS_IT_IS = OnePlay()


class UploadedFile(_Closed):
    """A scenario file, with the name it would have."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$", examples=["my-story"])
    text: str = Field(max_length=MOST_LETTERS)


class NewBatch(How):
    """Plays to be made: scenarios by id, tag or reported fault; files; or all; each with several seeds."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tags": ["smoke"], "repeat": 2}]})

    scenarios: list[Annotated[str, Field(max_length=80)]] = Field(default_factory=list, max_length=2000)
    tags: list[Annotated[str, Field(max_length=80)]] = Field(default_factory=list, max_length=50)
    files: list[UploadedFile] = Field(default_factory=list, max_length=50)
    all: bool = False
    repeat: int = Field(1, ge=1, le=MOST_PLAYS, description="each so often, with seed, seed + 1, …")

    @model_validator(mode="after")
    def _something(self) -> "NewBatch":
        if not (self.scenarios or self.tags or self.files or self.all):
            raise ValueError("name scenarios, tags or files, or say all")
        return self


class ScenarioView(BaseModel):
    """A story of the library."""

    id: str
    title_vi: str
    title_en: str
    tags: list[str]
    reported: list[str]
    cites: list[str]
    file: str


class Lesson(ScenarioView):
    """A story as a lesson: what is said before it begins and when things happen, and the file itself."""

    narration_vi: str
    narration_en: str
    tells: list[dict[str, Any]]
    text: str


class PlayView(BaseModel):
    """A play: where it stands, its verdict, and the first thing that is not as expected."""

    play: str
    batch: str
    scenario: str
    seed: int | None = Field(description="null until it has ended, when the file's own was asked for")
    state: Literal["queued", "running", "ended"]
    verdict: str | None
    first_difference: dict[str, Any] | None
    played: dict[str, Any] | None

    @classmethod
    def of(cls, record: PlayRecord, *, whole: bool = True) -> "PlayView":
        """The view of a record; in a list without all that came of it."""
        played = record.played.as_json() if record.played is not None else None
        failures = played["failures"] if played else []
        return cls(
            play=record.play,
            batch=record.batch,
            scenario=record.scenario,
            seed=record.played.seed if record.played else record.seed,
            state=record.state,
            verdict=record.played.verdict if record.played else None,
            first_difference=failures[0] if failures else None,
            played=played if whole else None,
        )


class BatchView(BaseModel):
    """A batch: how many of each verdict, and its plays."""

    batch: str
    plays: int
    ended: int
    verdicts: dict[str, int]
    done: bool
    passed: bool = Field(description="all have ended, and all passed")
    items: list[PlayView]
