"""Bad input gets a clear 4xx, in the caller's language, and changes nothing."""

import asyncio
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.clock import VIETNAM
from tests.town_in_memory import Town, changed

JSON = {"Content-Type": "application/json", "Idempotency-Key": "k"}


async def body_of(town: Town, run: str, group: str = "birth", situation: str = "newborn") -> dict[str, Any]:
    example = await town.example(run, group, situation)
    return {key: example[key] for key in ("group", "procedures", "declaration")} | {"consent": True}


MOTHER = "992099000019"
WRONG_BIRTH: list[tuple[str, dict[str, Any], str]] = [
    ("a birth tomorrow", {"child.born_on": "2026-10-06"}, "in_the_future"),
    ("an impossible day", {"child.born_on": "2026-02-30"}, "date_from_datetime_parsing"),
    ("the year 9999", {"child.born_on": "9999-12-31"}, "value_error"),
    ("the year 1", {"child.born_on": "0001-01-01"}, "value_error"),
    ("a number for a day", {"child.born_on": 20261001}, "value_error"),
    ("an unknown field", {"child.weight": 3200}, "extra_forbidden"),
    ("a list for a name", {"child.full_name": ["A"]}, "string_type"),
    ("digits in a name", {"child.full_name": "Nguyễn 4n"}, "value_error"),
    ("Cyrillic in a name", {"child.full_name": "Nguyễn Аn"}, "value_error"),
    ("eleven digits", {"declarant.personal_id": "90119900000"}, "string_pattern_mismatch"),
    ("no pledge", {"delivery.pledge": False}, "pledge_missing"),
    ("a father who should be unknown", {"family_case": "father_unknown"}, "parent_unknown"),
    ("a mother of six", {"mother.born_on": "2020-01-01"}, "parent_too_young"),
    ("a missing child", {"child": None}, "missing"),
    ("a notice before the birth", {"notice.issued_on": "2026-01-01"}, "before_birth"),
    ("a notice of tomorrow", {"notice.issued_on": "2026-10-06"}, "in_the_future"),
    ("a marriage to come", {"marriage.registered_on": "2030-01-01"}, "in_the_future"),
    ("one parent twice", {"father.personal_id": MOTHER, "mother.personal_id": MOTHER}, "same_person"),
]


@pytest.mark.parametrize(("what", "changes", "code"), WRONG_BIRTH, ids=[each[0] for each in WRONG_BIRTH])
async def test_a_wrong_birth_declaration_names_the_field_and_changes_nothing(
    town: Town, what: str, changes: dict[str, Any], code: str
) -> None:
    run = await town.open()
    body = await body_of(town, run)
    body["declaration"] = changed(body["declaration"], changes)
    answer = await town.ask("POST", f"/runs/{run}/dossiers", body)
    assert answer.status == 422, answer.body
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert code in {error["code"] for error in answer.body["errors"]}, answer.body["errors"]
    assert all(error["field"].startswith("declaration.") for error in answer.body["errors"])
    assert await town.get(f"/runs/{run}/dossiers") == []


async def test_a_death_before_the_birth_or_later_than_now_is_refused(town: Town) -> None:
    run = await town.open()
    body = await body_of(town, run, "death", "died_at_home")
    for died_at, code in (
        ("1900-01-02T10:00:00+07:00", "before_birth"),
        ("2026-10-06T10:00:00+07:00", "in_the_future"),
        ("2026-10-05T23:30:00+07:00", "in_the_future"),
    ):
        wrong = body | {"declaration": changed(body["declaration"], {"death.died_at": died_at})}
        answer = await town.ask("POST", f"/runs/{run}/dossiers", wrong)
        assert answer.status == 422
        assert code in {error["code"] for error in answer.body["errors"]}


async def test_an_instant_means_the_same_in_whatever_zone_it_is_written(town: Town) -> None:
    """Browsers and many machines write UTC; the day of a death is the day in Vietnam."""
    told = []
    for name, zone in (("ours", VIETNAM), ("utc", UTC)):
        run = await town.open(name)
        body = await body_of(town, run, "death", "died_at_home")
        at = datetime.fromisoformat(body["declaration"]["death"]["died_at"]).replace(hour=3).astimezone(zone)
        body["declaration"] = changed(body["declaration"], {"death.died_at": at.isoformat()})
        answer = await town.ask("POST", f"/runs/{run}/dossiers", body)
        await town.settle(run=run)
        dossier = answer.body["dossier"]
        told.append((await town.get(f"/runs/{run}/dossiers/{dossier}/events"))["events"])
    ours, utc = told
    assert [event["payload"] for event in utc] == [event["payload"] for event in ours]


async def test_a_death_that_contradicts_itself_is_refused_by_field(town: Town) -> None:
    run = await town.open()
    body = await body_of(town, run, "death", "pensioner")
    dead = body["declaration"]["deceased"]["personal_id"]
    survivor = {"personal_id": MOTHER, "full_name": "Nguyễn Thị Mẫu", "relation": "con"}
    for changes, field, code in (
        ({"declarant.personal_id": dead}, "declarant.personal_id", "same_person"),
        ({"death.notice_issued_on": "2020-01-01"}, "death.notice_issued_on", "before_death"),
        ({"death.notice_issued_on": "2026-10-06"}, "death.notice_issued_on", "in_the_future"),
        ({"benefit.burial_at": "2020-01-01T08:00:00+07:00"}, "benefit.burial_at", "before_death"),
        ({"benefit.relatives": [survivor, survivor]}, "benefit.relatives", "listed_twice"),
        ({"benefit.relatives": [survivor | {"personal_id": dead}]}, "benefit.relatives", "same_person"),
    ):
        wrong = body | {"declaration": changed(body["declaration"], changes)}
        answer = await town.ask("POST", f"/runs/{run}/dossiers", wrong)
        assert answer.status == 422, (changes, answer.body)
        assert (f"declaration.{field}", code) in {(e["field"], e["code"]) for e in answer.body["errors"]}


async def test_the_problem_speaks_vietnamese_or_english(town: Town) -> None:
    run = await town.open()
    body = await body_of(town, run)
    body["declaration"] = changed(body["declaration"], {"child.born_on": "2026-10-06"})
    texts = {}
    for language in ("vi", "en"):
        answer = await town.ask("POST", f"/runs/{run}/dossiers", body, headers={"Accept-Language": language})
        assert answer.headers["content-language"] == language
        texts[language] = answer.body["errors"][0]["message"]
    assert texts == {"vi": "Ngày sinh sau hôm nay", "en": "the birth is in the future"}


HOSTILE: list[tuple[str, bytes, int]] = [
    ("not JSON", b"{", 400),
    ("a key twice", b'{"group":"birth","group":"death"}', 400),
    ("NaN", b'{"group":NaN}', 400),
    ("a number beyond floats", b'{"group":1e400}', 400),
    ("a lone surrogate", b'{"group":"\\ud800"}', 400),
    ("a NUL", b'{"group":"a\\u0000b"}', 400),
    ("right-to-left override", '{"group":"a\u202eb"}'.encode(), 400),
    ("UTF-16", '{"group":"birth"}'.encode("utf-16"), 400),
    ("deep nesting", b'{"declaration":' + b"[" * 60 + b"]" * 60 + b"}", 400),
    ("ten megabytes", b'{"declaration":"' + b"a" * 10_000_000 + b'"}', 413),
]


@pytest.mark.parametrize(("what", "content", "status"), HOSTILE, ids=[each[0] for each in HOSTILE])
async def test_hostile_bodies_are_refused_before_they_are_read(
    town: Town, what: str, content: bytes, status: int
) -> None:
    run = await town.open()
    answer = await town.client.call("gateway", "POST", f"/runs/{run}/dossiers", content=content, headers=JSON)
    assert answer.status == status, answer.body
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert await town.get(f"/runs/{run}/dossiers") == []


async def test_the_two_spellings_of_one_name_are_one_person(town: Town) -> None:
    run = await town.open()
    body = await body_of(town, run)
    name = body["declaration"]["child"]["full_name"]
    decomposed = changed(body["declaration"], {"child.full_name": unicodedata.normalize("NFD", name)})
    answer = await town.ask("POST", f"/runs/{run}/dossiers", body | {"declaration": decomposed})
    assert answer.status == 201
    assert answer.body["subject"] == unicodedata.normalize("NFC", name)


async def test_creating_needs_a_key_and_the_same_key_counts_once(town: Town) -> None:
    run = await town.open()
    body = await body_of(town, run)
    path = f"/runs/{run}/dossiers"
    bare = await town.client.call("gateway", "POST", path, json=body)
    assert bare.status == 400
    first = await town.ask("POST", path, body, headers={"Idempotency-Key": "same"})
    again = await town.ask("POST", path, body, headers={"Idempotency-Key": "same"})
    assert (first.status, first.content) == (again.status, again.content) == (201, first.content)
    other = await town.ask("POST", path, body | {"path": "separate"}, headers={"Idempotency-Key": "same"})
    assert other.status == 422
    assert len(await town.get(path)) == 1


async def test_many_equal_requests_at_once_make_one_dossier(town: Town) -> None:
    run = await town.open()
    body = await body_of(town, run)
    answers = await asyncio.gather(
        *(
            town.ask("POST", f"/runs/{run}/dossiers", body, headers={"Idempotency-Key": f"k{number % 3}"})
            for number in range(12)
        )
    )
    assert {answer.status for answer in answers} <= {201, 409}
    assert len(await town.get(f"/runs/{run}/dossiers")) == 1


async def test_without_consent_to_the_exchange_nothing_is_sent(town: Town) -> None:
    run = await town.open()
    body = await body_of(town, run) | {"consent": False}
    assert (await town.ask("POST", f"/runs/{run}/dossiers", body)).status == 422
    assert await town.get(f"/runs/{run}/dossiers") == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/runs/none", 404),
        ("GET", "/groups/marriage", 404),
        ("GET", "/laws/decree-99-2099", 404),
        ("GET", "/runs/run/dossiers/B-2026-000009", 404),
        ("GET", "/runs/run/worklists/tax_office", 404),
        ("DELETE", "/runs/none", 404),
        ("PATCH", "/runs", 405),
        ("GET", "/nowhere", 404),
        ("GET", "/runs/RUN%20ONE", 422),
    ],
)
async def test_what_is_not_there_is_told_as_a_problem(
    town: Town, method: str, path: str, status: int
) -> None:
    await town.open()
    answer = await town.ask(method, path)
    assert answer.status == status
    assert answer.body["status"] == status
    assert answer.body["type"].startswith("urn:mot-lan-khai:problem:")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/runs", "GET, POST"),
        ("/runs/run", "DELETE, GET"),
        ("/runs/run/dossiers", "GET, POST"),
        ("/groups", "GET"),
    ],
)
async def test_a_method_that_is_not_there_is_told_all_that_are(town: Town, path: str, methods: str) -> None:
    for method in ("PATCH", "OPTIONS"):
        answer = await town.ask(method, path)
        assert (answer.status, answer.headers["allow"]) == (405, methods)


async def test_a_group_that_is_not_there_is_told_with_those_that_are(town: Town) -> None:
    run = await town.open()
    answer = await town.ask("GET", f"/runs/{run}/dossiers", params={"group": "nope"})
    assert answer.status == 404
    assert "birth, death" in answer.body["detail"]
    assert await town.get(f"/runs/{run}/dossiers", group="birth") == []


async def test_where_the_clock_goes_is_one_field(town: Town) -> None:
    run = await town.open()
    answer = await town.ask("POST", f"/runs/{run}/clock", {"to": "tomorrow"})
    assert answer.status == 422
    assert {each["field"] for each in answer.body["errors"]} == {"to"}


async def test_an_unknown_law_or_procedure_is_refused(town: Town) -> None:
    wrong = await town.ask("POST", "/runs", {"run_id": "x", "terms": {"law": "decree-99-2099"}})
    assert wrong.status == 404
    assert (await town.ask("GET", "/runs/x")).status == 404
    run = await town.open()
    body = await body_of(town, run)
    answer = await town.ask(
        "POST", f"/runs/{run}/dossiers", body | {"procedures": ["birth_registration", "passport"]}
    )
    assert answer.status == 422


async def test_prefill_and_preview_store_nothing_and_show_every_cell(town: Town) -> None:
    run = await town.open()
    example = await town.example(run, "birth", "newborn")
    assert {"vneid", "notice", "population", "residence", "typed"} <= set(example["sources"].values())
    draft = {"group": "birth", "declaration": example["declaration"], "procedures": example["procedures"]}
    filled = await town.post(f"/runs/{run}/prefill", draft)
    assert filled["missing"] == []
    forms = await town.post(f"/runs/{run}/preview", draft)
    assert [form["procedure"] for form in forms] == example["procedures"]
    child = example["declaration"]["child"]["full_name"]
    for form in forms:
        assert child in [cell["value"] for cell in form["cells"]]
    assert await town.get(f"/runs/{run}/dossiers") == []


async def test_a_field_that_the_registry_did_not_say_counts_as_typed(town: Town) -> None:
    run = await town.open()
    plain = await town.declare(run, "birth", "newborn")
    other = await town.open("other")
    changes = {"mother.ethnicity": "02"}
    edited = await town.declare(other, "birth", "newborn", changes=changes)
    before = (await town.event(run, plain, "declared"))["payload"]
    after = (await town.event(other, edited, "declared"))["payload"]
    assert after["fields_typed"] == before["fields_typed"] + 1
    assert after["fields_prefilled"] == before["fields_prefilled"] - 1
    assert after["sources"]["mother.ethnicity"] == "typed"
