"""The invariants of the book of births: its numbers, one entry for a birth, corrected certificates."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from chassis.storage import Store
from mock_registries import civil_status
from mock_registries.civil_status.births import misspelt
from mock_registries.civil_status.books import BirthEntry, Place
from mock_registries.registry import Json, RegistryRefusal
from tests.unit.books.entries import MORNING, PLACE, enter, entry


def birth_form(number: int, **more: Any) -> Json:
    return {
        "child_full_name": f"Vũ Văn {chr(ord('A') + number % 26)}{number}",
        "child_born_on": "2026-12-20",
        "mother_paper": f"9790{number:08d}",
        "father_paper": None,
        "notice_code": f"{number:05d}.GCS.99791.26",
        "registration_place": PLACE,
    } | more


def register(session: Session, number: int, **more: Any) -> Json:
    form = birth_form(number, **more.pop("form", {}))
    one = entry(number, form, **more)
    return enter(session, civil_status.REGISTRY, "register_birth", one).results


def test_numbers_run_through_the_books_of_a_year_and_restart_on_the_first_of_january(store: Store) -> None:
    with store.session() as session:
        told = [register(session, number) for number in range(1, 202)]
        after = register(session, 300, at=MORNING + timedelta(days=1))
        elsewhere = register(session, 1, run_id="r2")
    assert [told[index]["certificate_number"] for index in (0, 11, 199, 200)] == [
        "01/2026",
        "12/2026",
        "200/2026",
        "201/2026",
    ]
    assert [(told[index]["book"], told[index]["page"]) for index in (0, 199, 200)] == [
        ("01/2026", 1),
        ("01/2026", 200),
        ("02/2026", 1),
    ]
    assert (after["certificate_number"], after["book"], after["page"]) == ("01/2027", "01/2027", 1)
    assert elsewhere["certificate_number"] == "01/2026"
    assert Place(2026, 401).book == "03/2026"


@pytest.mark.parametrize(
    "same",
    [
        {"notice_code": "00001.GCS.99791.26"},
        {"notice_code": None, "mother_paper": "979000000001", "child_full_name": "VŨ VĂN B1"},
    ],
)
def test_a_birth_is_entered_once_by_notice_and_by_child(store: Store, same: Json) -> None:
    with store.session() as session:
        register(session, 1)
        with pytest.raises(RegistryRefusal) as refusal:
            register(session, 2, form=same)
        assert refusal.value.code == "already_registered"


@pytest.mark.parametrize("name", ["application_id", "number", "notice_code", "natural_key", "personal_id"])
def test_the_file_itself_refuses_a_second_birth_entry(store: Store, name: str) -> None:
    def row(which: int, **more: Any) -> BirthEntry:
        known: dict[str, Any] = {
            "run_id": "r1",
            "application_id": f"B-{which}",
            "year": 2026,
            "number": which,
            "notice_code": f"n{which}",
            "natural_key": f"k{which}",
            "personal_id": f"p{which}",
            "registered_on": date(2026, 12, 31),
            "registered_full_name": "Vũ Văn A",
            "registered_commune": "Xã Bình Hưng",
            "registered_province": "Thành phố Hồ Chí Minh",
        }
        return BirthEntry(**(known | more))

    first = row(1)
    with store.session() as session:
        session.add(row(1))
    with pytest.raises(IntegrityError), store.session() as session:
        session.add(row(2, **{name: getattr(first, name)}))
    with store.session() as session:
        session.add(row(2))
        session.add(row(1, run_id="r2"))


def test_two_foundlings_of_one_day_and_name_are_two(store: Store) -> None:
    alone = {"mother_paper": None, "notice_code": None, "child_full_name": "Nguyễn Văn An"}
    with store.session() as session:
        numbers = [register(session, each, form=alone)["certificate_number"] for each in (1, 2)]
    assert numbers == ["01/2026", "02/2026"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Vũ Quốc Tùng", "Vũ Quốc Tùgn"),
        ("Trần An", "Trần Na"),
        ("Lê Thị Ý", "Lê Thị ÝÝ"),
        ("Phạm Aa", "Phạm Aaa"),
    ],
)
def test_a_slip_of_the_pen_is_always_the_same_and_always_wrong(right: str, wrong: str) -> None:
    assert misspelt(right) == wrong


def test_only_the_first_certificate_is_wrong_and_the_correction_tells_the_full_results(store: Store) -> None:
    register_birth = civil_status.REGISTRY.actions["register_birth"]
    with store.session() as session:
        first, second = (register(session, number, misspell=True) for number in (1, 2))
        assert second["registered_full_name"] == birth_form(2)["child_full_name"]
        assert register_birth.correct is not None
        corrected = register_birth.correct(session, entry(1, birth_form(1)), first)
    assert first["registered_full_name"] != birth_form(1)["child_full_name"]
    assert corrected == first | {"registered_full_name": birth_form(1)["child_full_name"]}
    assert corrected["registered_commune"] == "Xã Bình Hưng"
