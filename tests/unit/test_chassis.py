"""What every service stands on: problems, client, store, kept answers, context, settings, logs, pages."""

import asyncio
import json
import logging
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import structlog
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, field_validator
from pydantic import Field as FormField
from pydantic_core import PydanticCustomError
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Field, SQLModel, select

from chassis import settings as settings_module
from chassis.app import build_app, sync_routes
from chassis.client import Answer, ServiceClient, ServiceRefused, ServiceUnreachable
from chassis.clock import VIETNAM, HeldClock, WallClock
from chassis.context import Run
from chassis.idempotency import KeptAnswer, fingerprint_of, forget_scopes, once
from chassis.language import language_of
from chassis.logs import MASK, configure, mask_text
from chassis.problem_table import DETAIL_OF_STATUS, SLUG_OF_STATUS
from chassis.problems import STATUS, problem_responses
from chassis.request_headers import derive_traceparent, run_headers
from chassis.settings import BadSetting, Settings
from chassis.storage import Store, UnusableFile, open_store
from chassis.store_errors import StoreFull
from flow_model import errors as error_tree
from flow_model.errors import (
    BadContract,
    ConflictingContent,
    DifferentBody,
    FieldError,
    MissingKey,
    SandboxError,
    ServiceDown,
    StillRunning,
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


@pytest.fixture
async def club() -> AsyncIterator[ServiceClient]:
    store = open_store(None, [TennisMember])
    app = build_app(
        title="Tennis <i>", version="1.2", description="a <b>club</b>", store=store, routers=[club_routes()]
    )
    async with ServiceClient.in_process({"club": app}, patience_seconds=0.0) as client:
        yield client
    store.close()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What was logged, as it would stand on standard error."""
    stream = StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure("info", json=True, stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def assert_problem(answer: Answer, status: int, slug: str, language: str = "vi") -> None:
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == language
    assert answer.body["type"] == f"urn:mot-lan-khai:problem:{slug}"
    assert answer.body["status"] == status
    assert {"title", "detail", "instance", "errors"} <= answer.body.keys()


# problems


@pytest.mark.parametrize("error", failures(), ids=lambda error: error.slug)
async def test_each_error_of_the_domain_has_its_number_and_both_languages(
    club: ServiceClient, error: SandboxError, log: StringIO
) -> None:
    down = error.slug == "club-closed"
    nearest = {"club-closed": "service-down", "no-such-court": "not-found"}
    status, title_vi, title_en = STATUS[nearest.get(error.slug, error.slug)]
    for language, title, detail in (("vi", title_vi, error.detail_vi), ("en", title_en, error.detail_en)):
        path, asked = f"/raise/{error.slug}", {"Accept-Language": language}
        if status == 503:
            with pytest.raises(ServiceUnreachable) as caught:
                await club.call("club", "GET", path, headers=asked)
            assert caught.value.retry_after_seconds == (90 if down else 5)
            continue
        answer = await club.call("club", "GET", path, headers=asked)
        assert_problem(answer, status, error.slug, language)
        assert (answer.body["title"], answer.body["detail"], answer.body["instance"]) == (title, detail, path)
        if error.errors:
            word = {"vi": "Lạ.", "en": "Odd."}[language]
            assert answer.body["errors"] == [{"field": "a.b", "code": "odd", "message": word}]


def test_the_table_of_numbers_is_whole() -> None:
    assert set(SLUG_OF_STATUS.values()) <= set(STATUS)
    assert all(STATUS[slug][0] == status for status, slug in SLUG_OF_STATUS.items())
    assert all(title_vi and title_en and title_vi != title_en for _, title_vi, title_en in STATUS.values())
    assert set(DETAIL_OF_STATUS) <= set(SLUG_OF_STATUS)


async def test_the_frameworks_own_errors_are_problems_too(club: ServiceClient) -> None:
    assert_problem(await club.call("club", "GET", "/nowhere"), 404, "not-found")
    assert_problem(await club.call("club", "GET", "/members/1/"), 404, "not-found")
    wrong = await club.call(
        "club", "DELETE", "/members", headers={"Accept-Language": "en-GB,en;q=0.9,vi;q=0.1"}
    )
    assert_problem(wrong, 405, "method-not-allowed", "en")
    assert wrong.headers["allow"] == "POST"
    assert_problem(await club.call("club", "POST", "/members"), 422, "invalid-request")
    assert_problem(await club.call("club", "POST", "/members", json=[1]), 422, "invalid-request")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 409, 412, 418, 422, 428, 429, 451, 500, 501])
async def test_any_number_the_framework_raises_is_told_without_its_words(
    club: ServiceClient, status: int
) -> None:
    answer = await club.call("club", "GET", f"/http/{status}")
    slug = SLUG_OF_STATUS.get(status, "bad-request" if status < 500 else "internal-error")
    assert_problem(answer, status, slug)
    assert SECRET not in answer.content.decode()


async def test_a_fault_of_the_program_shows_a_reference_that_the_log_knows(
    club: ServiceClient, log: StringIO
) -> None:
    answer = await club.call("club", "GET", "/fault", headers={"Run-Id": "r1"})
    assert_problem(answer, 500, "internal-error")
    assert answer.body["reference"] in answer.body["detail"]
    assert "LookupError" not in answer.content.decode()
    assert "secret" not in answer.content.decode()
    (line,) = log.getvalue().splitlines()
    logged = json.loads(line)
    assert logged["reference"] == answer.body["reference"]
    assert (logged["error"], logged["run_id"], logged["path"]) == ("LookupError", "r1", "/fault")
    assert logged["frames"][-1].endswith(" fault")
    assert "001095012345" not in line
    again = await club.call("club", "GET", "/fault", headers={"Run-Id": "r1"})
    assert again.body == answer.body


async def test_an_answer_that_breaks_its_own_contract_leaks_nothing(
    club: ServiceClient, log: StringIO
) -> None:
    answer = await club.call("club", "GET", "/bad-answer")
    assert_problem(answer, 500, "internal-error")
    assert SECRET not in answer.content.decode()
    assert SECRET not in log.getvalue()


WRONG_FIELDS = [
    ("full_name", None, "missing", "Thiếu trường bắt buộc này", "This required field is missing"),
    ("full_name", 5, "string_type", "Cần một đoạn chữ", "Text is needed"),
    ("full_name", "A", "string_too_short", "Cần ít nhất 2 ký tự", "At least 2 characters"),
    ("full_name", SECRET * 3, "string_too_long", "Nhiều nhất 20 ký tự", "At most 20 characters"),
    ("born_on", SECRET, "date_from_datetime_parsing", "NĂM-THÁNG-NGÀY", "YEAR-MONTH-DAY"),
    ("born_on", "2026-02-30", "date_from_datetime_parsing", "Cần một ngày có thật", "A real date"),
    ("born_on", True, "date_type", "Cần một ngày có thật", "A real date"),
    ("joined_at", "2026-03-09T08:30:00", "timezone_aware", "có múi giờ", "with its offset"),
    ("joined_at", SECRET, "datetime_from_date_parsing", "có múi giờ", "with its offset"),
    ("level", "ba", "int_parsing", "Cần một số nguyên", "A whole number"),
    ("level", 1.5, "int_from_float", "Cần một số nguyên", "A whole number"),
    ("level", 0, "greater_than_equal", "Không được nhỏ hơn 1", "Must not be less than 1"),
    ("level", 10, "less_than_equal", "Không được lớn hơn 9", "Must not be greater than 9"),
    ("surface", SECRET, "enum", "'clay' hoặc 'grass'", "'clay' or 'grass'"),
    ("hand", SECRET, "literal_error", "'left' hoặc 'right'", "'left' or 'right'"),
    ("code", SECRET, "string_pattern_mismatch", r"^T\d+$", r"^T\d+$"),
    ("rackets", SECRET, "list_type", "Cần một danh sách", "A list is needed"),
    ("rackets", [{"name": "a"}] * 3, "too_long", "Nhiều nhất 2 mục", "At most 2 items"),
    ("rackets.0", [SECRET], "model_attributes_type", "Cần một nhóm trường", "A group of fields"),
    ("rackets.1.name", [{"name": "a"}, {}], "missing", "Thiếu trường", "required field"),
    ("hours", 50, "value_error", "Chơi quá nhiều.", "Plays too much."),
    ("hours", -1, "value_error", "số giờ không âm", "số giờ không âm"),
    ("hours", 100, "unheard_of", "Chuyện lạ.", "Unheard of."),
    ("nickname", SECRET, "extra_forbidden", "Không có trường này", "There is no such field"),
]


@pytest.mark.parametrize(("field", "value", "code", "vi", "en"), WRONG_FIELDS)
async def test_a_wrong_field_is_named_and_explained_without_its_value(
    club: ServiceClient, field: str, value: Any, code: str, vi: str, en: str
) -> None:
    name = field.partition(".")[0]
    form = {**GOOD, name: value} if value is not None else {k: v for k, v in GOOD.items() if k != name}
    for language, words in (("vi", vi), ("en", en)):
        answer = await club.call("club", "POST", "/members", json=form, headers={"Accept-Language": language})
        assert_problem(answer, 422, "invalid-request", language)
        (error,) = answer.body["errors"]
        assert (error["field"], error["code"]) == (field, code)
        assert words in error["message"]
        assert SECRET not in answer.content.decode()


async def test_every_wrong_field_has_one_entry_in_the_order_of_the_form(club: ServiceClient) -> None:
    answer = await club.call("club", "POST", "/members", json={"level": "x", "hand": "both"})
    named = [error["field"] for error in answer.body["errors"]]
    assert named == ["full_name", "born_on", "joined_at", "level", "surface", "hand"]
    assert "6" in answer.body["detail"]
    paths = await club.call("club", "GET", "/members/abc", params={"at_most": "x"})
    assert [error["field"] for error in paths.body["errors"]] == ["path.number", "query.at_most"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (None, "vi"),
        ("", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.2,vi;q=0.1", "en"),
        ("en;q=0,vi;q=0", "vi"),
        ("fr,de", "vi"),
        ("fr,en;q=0.1", "en"),
        ("en;q=nan,vi;q=0.1", "vi"),
        ("en;q=x;;=,", "vi"),
        ("*", "vi"),
    ],
)
def test_the_reader_chooses_the_language(asked: str | None, answered: str) -> None:
    assert language_of(asked) == answered


async def test_the_service_has_a_language_of_its_own() -> None:
    app = build_app(title="t", version="1", language="en")
    async with ServiceClient.in_process({"a": app}) as client:
        assert_problem(await client.call("a", "GET", "/nowhere"), 404, "not-found", "en")


# the API document and its page


async def test_the_api_document_names_every_problem_and_nothing_dangles(club: ServiceClient) -> None:
    document = (await club.call("club", "GET", "/openapi.json")).body
    answers = document["paths"]["/members"]["post"]["responses"]
    assert set(answers) == {"201", "400", "413", "415", "422", "500"}
    for status, answer in answers.items():
        if status != "201":
            assert set(answer["content"]) == {"application/problem+json"}
    assert "422" not in document["paths"]["/fault"]["get"]["responses"]
    assert "503" in document["paths"]["/health"]["get"]["responses"]
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    named = {part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]}
    assert named <= set(schemas)


def test_problem_responses_carry_a_schema_and_an_example() -> None:
    for status, response in problem_responses(400, 404, 409, 418, 422, 503).items():
        told = response["content"]["application/problem+json"]
        assert told["example"]["status"] == status
        assert told["schema"]["$ref"].endswith("/Problem")


async def test_the_api_page_has_no_script_loads_nothing_and_escapes_what_it_shows(
    club: ServiceClient,
) -> None:
    page = await club.call("club", "GET", "/docs", headers={"Accept-Language": "en"})
    html = page.content.decode()
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "<script" not in html
    assert "http://" not in html
    assert "https://" not in html
    assert "a &lt;b&gt;club&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "<h1>Tennis &lt;i&gt;</h1>" in html
    assert "<i>" not in html
    assert 'style="' not in html
    for shown in ("/members/{number}", ">POST<", "at_most", "413", "born_on", "Run-Id", "Request body"):
        assert shown in html
    assert "Nội dung gửi" in (await club.call("club", "GET", "/docs")).content.decode()


async def test_health_says_which_service_answers_and_fails_when_its_store_does(tmp_path: Path) -> None:
    store = open_store(tmp_path / "club.db", [TennisMember])
    app = build_app(title="Tennis", version="1.2", store=store)
    async with ServiceClient.in_process({"club": app}) as client:
        answer = await client.call("club", "GET", "/health")
        assert answer.body == {"status": "ok", "service": "Tennis", "version": "1.2"}
        store.close()
        with pytest.raises(ServiceUnreachable) as caught:
            await client.call("club", "GET", "/health")
        assert caught.value.reason == "unavailable"


def test_nothing_that_would_run_in_a_thread_goes_unseen() -> None:
    router = APIRouter(prefix="/x")

    class Threaded:
        pass

    class Inline:
        async def __call__(self) -> None: ...

    def threaded() -> None: ...

    async def above(_: Annotated[None, Depends(threaded)]) -> None: ...

    @router.get("/sync")
    def sync() -> None: ...

    @router.get("/below")
    async def below(_: Annotated[None, Depends(above)]) -> None: ...

    @router.get("/class")
    async def of_class(_: Annotated[Threaded, Depends(Threaded)]) -> None: ...

    @router.get("/fine")
    async def fine(_: Annotated[None, Depends(Inline())]) -> None: ...

    app = build_app(title="t", version="1", routers=[club_routes(), router])
    app.add_exception_handler(KeyError, lambda _request, _error: JSONResponse({}))
    found = "\n".join(sync_routes(app))
    assert [line.split(": ")[0] for line in found.splitlines()] == [
        "/x/sync",
        "/x/below",
        "/x/class",
        "<class 'KeyError'>",
    ]
    assert sync_routes(build_app(title="t", version="1", routers=[club_routes()])) == []


# the client


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """A real server on a port of its own."""
    config = uvicorn.Config(app, log_config=None, lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            await running


def silent_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


async def test_a_real_server_and_an_app_in_process_answer_alike(club: ServiceClient) -> None:
    app = build_app(title="Tennis", version="1.2", routers=[club_routes()])
    async with served(app) as url, ServiceClient.over_http({"club": url}) as client:
        for method, path, body in (
            ("POST", "/members", GOOD),
            ("POST", "/members", {"level": "x"}),
            ("GET", "/nowhere?q=Ho%CC%80a", None),
            ("GET", "/members/%00", None),
            ("GET", "/fault", None),
        ):
            near = await club.call("club", method, path, json=body)
            far = await client.call("club", method, path, json=body)
            assert (near.status, near.body) == (far.status, far.body)

        async def flood() -> AsyncIterator[bytes]:
            for _ in range(160):
                yield b"[" * 65_536

        huge = client.call("club", "POST", "/members", content=flood())
        assert await refused_or(huge) in (413, "reset")  # the server hangs up on who goes on sending


async def refused_or(call: Awaitable[Answer]) -> int | str:
    try:
        return (await call).status
    except ServiceUnreachable as error:
        return error.reason


async def test_no_server_and_a_silent_server_are_told_apart() -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    silent = await asyncio.start_server(swallow, "127.0.0.1", 0)
    rude = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    urls = {
        "absent": f"http://127.0.0.1:{silent_port()}",
        "silent": f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}",
        "rude": f"http://127.0.0.1:{rude.sockets[0].getsockname()[1]}",
    }
    async with silent, rude, ServiceClient.over_http(urls, timeout_seconds=0.1) as client:
        for service, reason in (("absent", "refused"), ("silent", "timeout"), ("rude", "reset")):
            with pytest.raises(ServiceUnreachable) as caught:
                await client.call(service, "PUT", "/x", json={"a": 1})
            assert (caught.value.service, caught.value.reason) == (service, reason)
            assert isinstance(caught.value, ServiceDown)
            assert service in caught.value.detail_vi


async def test_only_a_service_that_says_later_is_unreachable(club: ServiceClient) -> None:
    for status in (200, 404, 500, 503):
        answer = await club.call("club", "GET", "/odd-answer", params={"status": status})
        assert (answer.status, answer.body) == (status, {"odd": True})
    later: dict[str, str | int] = {"status": 503, "retry_after": "17"}
    with pytest.raises(ServiceUnreachable) as caught:
        await club.call("club", "GET", "/odd-answer", params=later)
    assert (caught.value.reason, caught.value.retry_after_seconds) == ("unavailable", 17)
    busy = await club.call("club", "GET", "/odd-answer", params={"status": 429, "retry_after": "17"})
    assert busy.headers["retry-after"] == "17"


async def test_a_refusal_of_another_service_carries_its_problem(club: ServiceClient) -> None:
    fine = await club.call("club", "POST", "/members", json=GOOD)
    assert fine.raise_for_problem() is fine
    answer = await club.call("club", "GET", "/raise/conflicting-content")
    with pytest.raises(ServiceRefused) as caught:
        answer.raise_for_problem()
    assert (caught.value.service, caught.value.status) == ("club", 409)
    assert caught.value.problem_slug == ConflictingContent.slug


@pytest.mark.parametrize("status", [200, 404, 500, 507])
async def test_what_cannot_be_read_is_no_answer_whatever_its_status(club: ServiceClient, status: int) -> None:
    """A full disk that is told in garbled words is no registry that is closed in the story."""
    with pytest.raises(ServiceUnreachable, match="cannot be read") as caught:
        await club.call("club", "GET", "/broken-json", params={"status": status})
    assert (caught.value.reason, caught.value.staged) == ("unreadable", False)


def test_the_headers_of_a_run_are_derived_from_what_is_given() -> None:
    at = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
    trace = derive_traceparent("r1", "D1", "send")
    assert run_headers("r1", at, "k", trace) == {
        "Run-Id": "r1",
        "Simulated-At": "2026-03-09T08:30:00+07:00",
        "Idempotency-Key": "k",
        "traceparent": trace,
    }
    assert set(run_headers("r1", at)) == {"Run-Id", "Simulated-At"}
    assert trace == "00-" + trace[3:35] + "-" + trace[36:52] + "-01"
    assert derive_traceparent("r1", "D2")[:35] == trace[:35]
    assert derive_traceparent("r1", "D2") != derive_traceparent("r1", "D", "2")
    with pytest.raises(ValueError, match="offset"):
        run_headers("r1", datetime(2026, 3, 9))  # noqa: DTZ001  the refusal is what is tested


# the context of a request


async def test_a_request_knows_its_run_and_its_simulated_instant(club: ServiceClient) -> None:
    trace = derive_traceparent("r1")
    headers = {**run_headers("r1", AT, "key-1", trace), "Accept-Language": "en"}
    answer = await club.call("club", "GET", "/where", headers=headers)
    assert answer.body == {
        "run_id": "r1",
        "at": "2026-03-09T08:30:00+07:00",
        "key": "key-1",
        "language": "en",
        "traceparent": trace,
    }
    bare = {"Run-Id": "r1", "Simulated-At": "2026-03-09T01:30:00.5Z", "traceparent": "00-0-0-00"}
    again = await club.call("club", "GET", "/where", headers=bare)
    assert again.body["at"] == "2026-03-09T08:30:00.500000+07:00"
    assert (again.body["key"], again.body["language"]) == (None, "vi")
    assert (
        again.body["traceparent"]
        == (await club.call("club", "GET", "/where", headers=bare)).body["traceparent"]
    )


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"Run-Id": None}, 422, "header.Run-Id"),
        ({"Run-Id": "../etc"}, 422, "header.Run-Id"),
        ({"Run-Id": "-a"}, 422, "header.Run-Id"),
        ({"Run-Id": "a" * 65}, 422, "header.Run-Id"),
        ({"Run-Id": "ABC"}, 422, "header.Run-Id"),
        ({"Simulated-At": None}, 422, "header.Simulated-At"),
        ({"Simulated-At": "2026-03-09T08:30:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "2026-03-09 08:30:00+07:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "2026-02-30T08:30:00+07:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "2026-03-09T24:01:00+07:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "0001-01-01T00:00:00+07:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "9999-12-31T23:59:59-14:00"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "2026-03-09T08:30:00+99:99"}, 400, "header.Simulated-At"),
        ({"Simulated-At": "9" * 41}, 422, "header.Simulated-At"),
        ({"Idempotency-Key": "a b"}, 422, "header.Idempotency-Key"),
        ({"Idempotency-Key": "k" * 201}, 422, "header.Idempotency-Key"),
    ],
)
async def test_a_header_that_is_missing_or_wrong_is_named(
    club: ServiceClient, changed: dict[str, str | None], status: int, field: str
) -> None:
    given = {"Run-Id": "r1", "Simulated-At": "2026-03-09T08:30:00+07:00", **changed}
    headers = {name: value for name, value in given.items() if value is not None}
    answer = await club.call("club", "GET", "/where", headers=headers)
    assert_problem(answer, status, "invalid-request" if status == 422 else "bad-header")
    assert [error["field"] for error in answer.body["errors"]] == [field]


# the store


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    where = None if request.param == "memory" else tmp_path / "deep" / "club.db"
    store = open_store(where, [TennisMember, TennisMatch, KeptAnswer])
    yield store
    store.close()


def names(store: Store) -> list[str]:
    with store.session() as session:
        return list(session.exec(select(TennisMember.name)))


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store) -> None:
    with store.session() as session:
        session.add(TennisMember(name="An"))
    with suppress(LookupError), store.session() as session:
        session.add(TennisMember(name="Bình"))
        session.flush()
        raise LookupError
    with suppress(LookupError), store.connection() as connection:
        connection.execute(insert(TennisMember).values(name="Chi"))
        raise LookupError
    with store.connection() as connection:
        connection.execute(insert(TennisMember).values(name="Dung"))
    assert names(store) == ["An", "Dung"]


def test_what_was_read_can_be_used_after_the_transaction(store: Store) -> None:
    with store.session() as session:
        member = TennisMember(name="An")
        session.add(member)
    assert member.name == "An"


def test_a_second_transaction_inside_the_first_is_refused(store: Store) -> None:
    with store.connection():
        with pytest.raises(RuntimeError, match="await nothing"), store.session():
            pass
        with pytest.raises(RuntimeError, match="await nothing"):
            store.check()
    store.check()


def test_the_database_keeps_what_it_promises(store: Store) -> None:
    with pytest.raises(IntegrityError), store.session() as session:
        session.add(TennisMatch(member="nobody"))
    with store.connection() as connection:
        pragma = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("synchronous", "foreign_keys", "busy_timeout", "trusted_schema", "journal_mode")
        }
    journal = pragma.pop("journal_mode")
    assert journal in ("wal", "memory")
    assert pragma == {"synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "trusted_schema": 0}


def test_two_stores_in_memory_share_nothing_and_hold_only_their_tables() -> None:
    first, second = open_store(None, [TennisMember]), open_store(None, [TennisMember])
    with first.session() as session:
        session.add(TennisMember(name="An"))
    assert names(second) == []
    with first.connection() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).scalars()
        assert list(tables) == ["tennismember"]
    first.close()
    second.close()


def test_a_file_is_found_again_as_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "club.db"
    for expected in ([], ["An"]):
        store = open_store(path, [TennisMember])
        assert names(store) == expected
        if not expected:
            with store.session() as session:
                session.add(TennisMember(name="An"))
        store.close()


def test_the_write_lock_is_taken_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "club.db"
    store = open_store(path, [TennisMember])
    other = sqlite3.connect(path, timeout=0)
    try:
        with store.connection(), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    finally:
        other.close()
        store.close()


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (a)")
    connection.close()


def older(path: Path) -> None:
    open_store(path, [TennisMember]).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE tennismember")
        connection.execute("CREATE TABLE tennismember (nickname TEXT)")
    connection.close()


def half_written(path: Path) -> None:
    store = open_store(path, [TennisMember])
    with store.session() as session:
        session.add_all(TennisMember(name=f"{number:0400}") for number in range(400))
    store.close()
    path.write_bytes(path.read_bytes()[:30_000])


def garbled(path: Path) -> None:
    half_written(path)
    path.write_bytes(path.read_bytes()[:16] + b"\xff" * 8000)


BROKEN_FILES: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_text("Xin chào, đây là thư của tôi."), "not an SQLite file"),
    (lambda path: path.mkdir(), "folder"),
    (foreign, "another program"),
    (older, "tennismember.name"),
    (half_written, ""),
    (garbled, ""),
]


@pytest.mark.parametrize(
    ("spoil", "said"), BROKEN_FILES, ids=["letter", "folder", "foreign", "older", "half", "garbled"]
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    path = tmp_path / "club.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(UnusableFile) as caught:
        open_store(path, [TennisMember])
    assert str(path) in caught.value.detail_vi
    assert "restore a copy" in caught.value.detail_en
    assert said in caught.value.detail_en
    assert "\n" not in caught.value.detail_en
    assert (path.read_bytes() if path.is_file() else b"") == before


# kept answers


class Counter:
    """Work that shows how often it was done."""

    def __init__(self, status: int = 201) -> None:
        self.times = 0
        self.status = status

    async def __call__(self) -> tuple[int, Any]:
        self.times += 1
        return self.status, {"time": self.times, "tên": "Hoà"}


async def test_the_same_key_and_body_give_the_first_answer_byte_for_byte(store: Store) -> None:
    work = Counter()
    first = await once(
        store, "r1:POST /x", "k", {"a": 1, "b": 2}, work, epoch="e1", headers={"Location": "/x/1"}
    )
    again = await once(store, "r1:POST /x", "k", {"b": 2, "a": 1}, work, epoch="e2")
    assert work.times == 1
    assert bytes(first.body) == bytes(again.body) == '{"time":1,"tên":"Hoà"}'.encode()
    assert (first.status_code, first.raw_headers) == (again.status_code, again.raw_headers)
    assert again.headers["location"] == "/x/1"


async def test_a_key_counts_within_its_scope_only(store: Store) -> None:
    work = Counter()
    for scope in ("r1:x", "r2:x"):
        await once(store, scope, "k", {}, work, epoch="e")
    assert work.times == 2


async def test_another_body_and_no_key_are_refused(store: Store) -> None:
    work = Counter()
    await once(store, "s", "k", {"a": 1}, work, epoch="e")
    for body in ({"a": 2}, {"a": "1"}, {"a": 1, "b": None}, None):
        with pytest.raises(DifferentBody):
            await once(store, "s", "k", body, work, epoch="e")
    for missing in (None, ""):
        with pytest.raises(MissingKey):
            await once(store, "s", missing, {"a": 1}, work, epoch="e")
    assert work.times == 1


async def test_of_many_at_once_one_does_the_work_and_the_others_wait(store: Store) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()
    done = 0

    async def work() -> tuple[int, Any]:
        nonlocal done
        begun.set()
        await finish.wait()
        done += 1
        return 201, {"done": done}

    async def late() -> list[BaseException | Any]:
        await begun.wait()
        async with asyncio.timeout(10):
            answers = await asyncio.gather(
                *(once(store, "s", "k", {}, work, epoch="e") for _ in range(20)), return_exceptions=True
            )
        finish.set()
        return answers

    first, answers = await asyncio.gather(once(store, "s", "k", {}, work, epoch="e"), late())
    assert done == 1
    assert {type(answer) for answer in answers} == {StillRunning}
    assert (await once(store, "s", "k", {}, work, epoch="e")).body == first.body


async def test_work_that_fails_leaves_no_mark(store: Store) -> None:
    async def fails() -> tuple[int, Any]:
        raise ConflictingContent("a", "b")

    async def unwritable() -> tuple[int, Any]:
        return 201, float("nan")

    async def never() -> tuple[int, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    for work, error in ((fails, ConflictingContent), (unwritable, ValueError)):
        with pytest.raises(error):
            await once(store, "s", "k", {}, work, epoch="e")
    task = asyncio.create_task(once(store, "s", "k", {}, never, epoch="e"))
    with pytest.raises(asyncio.CancelledError):
        await asyncio.gather(task, canceller(task))
    down = Counter(status=503)
    assert (await once(store, "s", "k", {}, down, epoch="e")).status_code == 503
    assert (await once(store, "s", "k", {}, Counter(), epoch="e")).status_code == 201


async def canceller(task: "asyncio.Task[Any]") -> None:
    task.cancel()


async def test_a_mark_of_a_process_that_died_is_taken_over(store: Store) -> None:
    with store.session() as session:
        session.add(
            KeptAnswer(
                scope="s", key="k", fingerprint=fingerprint_of({}), state="running", epoch="before the crash"
            )
        )
    work = Counter()
    with pytest.raises(DifferentBody):
        await once(store, "s", "k", {"other": 1}, work, epoch="after")
    with pytest.raises(StillRunning):
        await once(store, "s", "k", {}, work, epoch="after", alive=lambda _epoch: True)
    assert (await once(store, "s", "k", {}, work, epoch="after")).status_code == 201
    assert work.times == 1


async def test_a_mark_that_a_failed_commit_left_is_taken_over_by_the_same_process(store: Store) -> None:
    work = Counter()
    broken = OperationalError("COMMIT", None, sqlite3.OperationalError("disk full"))
    assert isinstance(broken.orig, sqlite3.OperationalError)
    broken.orig.sqlite_errorcode = sqlite3.SQLITE_FULL

    def full(_commit: Callable[[], None]) -> None:
        raise broken

    async def done() -> tuple[int, Any]:
        store.around_commit = full
        return await work()

    with pytest.raises(StoreFull):
        await once(store, "s", "k", {}, done, epoch="e")
    store.around_commit = lambda commit: commit()
    assert (await once(store, "s", "k", {}, work, epoch="e")).status_code == 201
    assert work.times == 2


async def test_a_run_that_is_deleted_takes_its_answers_along(store: Store) -> None:
    for scope in ("r1:x", "r1:y", "r10:x", "r_:x"):
        await once(store, scope, "k", {}, Counter(), epoch="e")
    assert forget_scopes(store, "r_:") == 1
    assert forget_scopes(store, "r1:") == 2
    with store.session() as session:
        assert list(session.exec(select(KeptAnswer.scope))) == ["r10:x"]


async def test_a_create_over_http_is_told_why_it_was_not_done(store: Store) -> None:
    router = APIRouter()

    @router.post("/runs")
    async def create(request: Request, run: Run) -> Any:
        body = await request.json()

        async def work() -> tuple[int, Any]:
            return 201, {"seen": body}

        return await once(store, f"{run.run_id}:POST /runs", run.idempotency_key, body, work, epoch="e")

    app = build_app(title="t", version="1", store=store, routers=[router])
    async with ServiceClient.in_process({"a": app}) as client:

        async def send(key: str | None, body: Any) -> Answer:
            return await client.call("a", "POST", "/runs", json=body, headers=run_headers("r1", AT, key))

        first, again, other, none = [
            await send("k", 1),
            await send("k", 1),
            await send("k", 2),
            await send(None, 1),
        ]
        assert (first.status, first.content, first.headers) == (again.status, again.content, again.headers)
        assert_problem(other, 422, "different-body")
        assert_problem(none, 400, "idempotency-key-missing")


# clock, settings, logs


def test_a_held_clock_moves_only_when_told_and_never_back() -> None:
    clock = HeldClock(datetime(2026, 3, 9, 1, 30, tzinfo=UTC))
    assert clock.now().isoformat() == "2026-03-09T08:30:00+07:00"
    assert clock.advance(timedelta(hours=1)) == clock.now() == AT + timedelta(hours=1)
    with pytest.raises(ValueError, match="backwards"):
        clock.move_to(AT)
    with pytest.raises(ValueError, match="offset"):
        HeldClock(datetime(2026, 3, 9))  # noqa: DTZ001  the refusal is what is tested
    assert WallClock().now().utcoffset() == timedelta(hours=7)


def test_settings_are_read_and_few() -> None:
    assert Settings.from_environment({"HOME": "/"}) == Settings()
    settings = Settings.from_environment(
        {
            "SANDBOX_BASE_PORT": "9000",
            "SANDBOX_LANGUAGE": "EN",
            "SANDBOX_VAR_DIR": "/tmp",
            "SANDBOX_LOG_JSON": "false",
            "SANDBOX_SERVICE_URLS": '{"gateway": "http://127.0.0.1:8000"}',
            "SANDBOX_TIMEOUT_SECONDS": " ",
            "SANDBOX_PROT": "1",
            "SANDBOX_WARNINGS": "x",
        }
    )
    assert (settings.base_port, settings.language, settings.log_json) == (9000, "en", False)
    assert settings.service_urls == {"gateway": "http://127.0.0.1:8000"}
    assert settings.timeout_seconds == 10.0
    assert [warning.split(":")[0] for warning in settings.warnings] == ["SANDBOX_PROT", "SANDBOX_WARNINGS"]
    assert len(settings_module.Settings.__dataclass_fields__) <= 12


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SANDBOX_BASE_PORT", "0"),
        ("SANDBOX_BASE_PORT", "8000a"),
        ("SANDBOX_BASE_PORT", "9" * 5000),
        ("SANDBOX_HOST", "a b"),
        ("SANDBOX_VAR_DIR", __file__),
        ("SANDBOX_LOG_LEVEL", "loud"),
        ("SANDBOX_LOG_JSON", "maybe"),
        ("SANDBOX_LANGUAGE", "fr"),
        ("SANDBOX_SERVICE_URLS", "{"),
        ("SANDBOX_SERVICE_URLS", "[]"),
        ("SANDBOX_SERVICE_URLS", '{"a": "ftp://x"}'),
        ("SANDBOX_SERVICE_URLS", '{"a": "http://x:99999"}'),
        ("SANDBOX_PLACES", "0"),
        ("SANDBOX_PLACES", "many"),
        ("SANDBOX_TIMEOUT_SECONDS", "nan"),
        ("SANDBOX_TIMEOUT_SECONDS", "-1"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(variable: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment({variable: value})
    for told in (str(caught.value), caught.value.detail_vi):
        assert told.startswith(f"{variable}: ")
        assert "\n" not in told


@pytest.mark.parametrize(
    "personal",
    [
        "001095012345",
        "001 095 012 345",
        "0912345678",
        "0912 345 678",
        "+84912345678",
        "+84 912 345 678",
        "012345678",
    ],
)
def test_a_number_that_could_be_somebodys_is_masked_everywhere(personal: str, log: StringIO) -> None:
    logger = structlog.get_logger("test")
    logger.info(
        f"call {personal}",
        value=personal,
        deep={"list": [{"x": f"<{personal}>"}], personal: 1},
        path=Path(personal),
    )
    logger.info("number", number=1095012345, small=8000, ratio=0.123456789012)
    try:
        raise ValueError(personal)
    except ValueError:
        logger.exception("failed")
    logging.getLogger("uvicorn.error").warning("from %s", personal)
    written = log.getvalue()
    assert personal not in written
    assert "1095012345" not in written
    assert MASK in written
    assert '"small": 8000' in written
    assert len(written.splitlines()) == 4


def test_what_is_nobodys_number_stays_readable() -> None:
    for kept in ("2026-03-09T08:30:00.123+07:00", "127.0.0.1:8000", "D1 after 21 days", "5f0c1d2e3a"):
        assert mask_text(kept) == kept


def test_a_value_cannot_begin_a_line_of_its_own(log: StringIO) -> None:
    structlog.get_logger("test").info("a\nERROR forged", b="x\r\n\x1b[2Jy")
    logging.getLogger("other").warning("a\nERROR forged")
    assert len(log.getvalue().splitlines()) == 2
    assert "\x1b" not in log.getvalue()


def test_the_console_form_is_masked_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    stream = StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure("warning", json=False, stream=stream)
    structlog.get_logger("test").info("unseen")
    structlog.get_logger("test").warning("seen", who="001095012345")
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    assert "unseen" not in stream.getvalue()
    assert MASK in stream.getvalue()
    assert capsys.readouterr().out == ""
