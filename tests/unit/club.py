"""A tennis club as a service: what the tests of the chassis are tried on."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, field_validator
from pydantic import Field as FormField
from pydantic_core import PydanticCustomError
from sqlmodel import Field, SQLModel

from chassis.client import Answer
from chassis.clock import VIETNAM
from chassis.context import Run
from flow_model import errors as error_tree
from flow_model.errors import (
    BadContract,
    FieldError,
    SandboxError,
    ServiceDown,
    UnknownThing,
)

AT = datetime(2026, 3, 9, 8, 30, tzinfo=VIETNAM)
SECRET = "Nguyễn Thị Bí Mật"


class TennisMember(SQLModel, table=True):
    name: str = Field(primary_key=True)


class TennisMatch(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    member: str = Field(foreign_key="tennismember.name")


class Surface(StrEnum):
    CLAY = "clay"
    GRASS = "grass"


class TooKeen(ValueError):
    message_vi = "Chơi quá nhiều."
    message_en = "Plays too much."


class Racket(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str


class Membership(BaseModel):
    model_config = ConfigDict(extra="forbid")

    full_name: Annotated[str, FormField(min_length=2, max_length=20)]
    born_on: date
    joined_at: AwareDatetime
    level: Annotated[int, FormField(ge=1, le=9)]
    surface: Surface
    hand: Literal["left", "right"]
    code: Annotated[str, FormField(pattern=r"^T\d+$")] = "T1"
    rackets: Annotated[list[Racket], FormField(max_length=2)] = []
    hours: int = 0

    @field_validator("hours")
    @classmethod
    def moderate(cls, hours: int) -> int:
        if hours > 99:
            raise PydanticCustomError("unheard_of", "Chuyện lạ.", {"message_en": "Unheard of."})
        if hours > 40:
            raise TooKeen
        if hours < 0:
            raise ValueError("số giờ không âm")
        return hours


GOOD: dict[str, Any] = {
    "full_name": "An",
    "born_on": "2001-02-03",
    "joined_at": "2026-03-09T08:30:00+07:00",
    "level": 3,
    "surface": "clay",
    "hand": "left",
}


class ClubClosed(ServiceDown):
    """The caretaker opens the club."""

    slug = "club-closed"


class NoSuchCourt(UnknownThing):
    """The player corrects the name of the court."""

    slug = "no-such-court"


def club_routes() -> APIRouter:
    router = APIRouter()

    @router.post("/members", status_code=201)
    async def join(member: Membership) -> Membership:
        return member

    @router.get("/members/{number}")
    async def member(number: int, at_most: int = 10) -> dict[str, int]:
        return {"number": number, "at_most": at_most}

    @router.get("/where")
    async def where(run: Run) -> dict[str, str | None]:
        return {
            "run_id": run.run_id,
            "at": run.simulated_at.isoformat(),
            "key": run.idempotency_key,
            "language": run.language,
            "traceparent": run.traceparent,
        }

    @router.get("/raise/{slug}")
    async def fail(slug: str) -> None:
        raise next(error for error in failures() if error.slug == slug)

    @router.get("/http/{status}")
    async def http(status: int) -> None:
        raise HTTPException(status, SECRET)

    @router.get("/fault")
    async def fault() -> None:
        raise LookupError("001095012345 is not in /srv/secret.db")

    @router.get("/bad-answer", response_model=Racket)
    async def bad_answer() -> Any:
        return {"name": 5, "owner": SECRET}

    @router.get("/odd-answer")
    async def odd_answer(status: int, retry_after: str | None = None) -> JSONResponse:
        return JSONResponse({"odd": True}, status, {"Retry-After": retry_after} if retry_after else {})

    @router.get("/broken-json")
    async def broken_json(status: int = 200) -> Any:
        said = {"Retry-After": "17"} if status == 507 else {}
        return Response(b'{"a":', status, said, media_type="application/json")

    return router


def failures() -> list[SandboxError]:
    own = [ClubClosed("Sân đóng cửa.", "The club is closed.", retry_after_seconds=90)]
    plain = [
        kind("Chi tiết.", "Detail.", errors=[FieldError("a.b", "odd", "Lạ.", "Odd.")])
        for kind in vars(error_tree).values()
        if isinstance(kind, type) and issubclass(kind, SandboxError)
        if kind is SandboxError or "__init__" not in vars(kind)
    ]
    return [
        NoSuchCourt("Không có sân này.", "No such court."),
        *own,
        *plain,
        BadContract("death_flow/flow.py", "two procedures of one name"),
    ]


def assert_problem(answer: Answer, status: int, slug: str, language: str = "vi") -> None:
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == language
    assert answer.body["type"] == f"urn:mot-lan-khai:problem:{slug}"
    assert answer.body["status"] == status
    assert {"title", "detail", "instance", "errors"} <= answer.body.keys()
