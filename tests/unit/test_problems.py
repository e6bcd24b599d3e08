"""Problems: each error has a number and both languages, and leaks nothing."""

import json
from io import StringIO
from typing import Any

import pytest

from chassis.app import build_app
from chassis.client import ServiceClient, ServiceUnreachable
from chassis.language import language_of
from chassis.problem_table import DETAIL_OF_STATUS, SLUG_OF_STATUS
from chassis.problems import STATUS
from flow_model.errors import (
    SandboxError,
)
from tests.unit.club import GOOD, SECRET, assert_problem, failures


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
