"""The invariants of the books, each on a real file in memory."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from chassis.clock import VIETNAM
from chassis.storage import Store, open_store
from mock_registries import civil_status, health, population, residence, social_insurance, social_protection
from mock_registries.civil_status.births import misspelt
from mock_registries.civil_status.books import BirthEntry, Place
from mock_registries.people import families, family_in, personal_id_is_reserved
from mock_registries.registry import Entered, Entry, Json, Registry, RegistryRefusal
from mock_registries.residence import Resident
from mock_registries.social_insurance import last_day_under_six

MORNING = datetime(2026, 12, 31, 9, 0, tzinfo=VIETNAM)
PLACE = {"province_code": "79", "commune_code": "27619", "detail": "số nhà 1"}
REGISTRIES: list[Registry] = [
    each.REGISTRY
    for each in (civil_status, residence, social_insurance, social_protection, population, health)
]


@pytest.fixture
def store() -> Iterator[Store]:
    store = open_store(None, [table for registry in REGISTRIES for table in registry.tables])
    yield store
    store.close()


def birth_form(number: int, **more: Any) -> Json:
    return {
        "child_full_name": f"Vũ Văn {chr(ord('A') + number % 26)}{number}",
        "child_born_on": "2026-12-20",
        "mother_paper": f"9790{number:08d}",
        "father_paper": None,
        "notice_code": f"{number:05d}.GCS.99791.26",
        "registration_place": PLACE,
    } | more


def entry(number: int, form: Json, **more: Any) -> Entry:
    known: dict[str, Any] = {
        "run_id": "r1",
        "seed": 7,
        "application_id": f"B-2026-{number:06d}.x",
        "dossier": f"B-2026-{number:06d}",
        "form": form,
        "documents": (),
        "terms": {},
        "at": MORNING,
    }
    return Entry(**(known | more))


def enter(session: Session, registry: Registry, action: str, one: Entry) -> Entered:
    act = registry.actions[action]
    if act.check is not None:
        act.check(session, one)
    return act.enter(session, one)


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


@pytest.mark.parametrize(
    ("born_on", "last"),
    [
        (date(2026, 3, 7), date(2032, 3, 6)),
        (date(2024, 2, 29), date(2030, 2, 28)),
        (date(2026, 3, 1), date(2032, 2, 29)),
        (date(2026, 1, 1), date(2031, 12, 31)),
    ],
)
def test_a_childs_card_ends_on_the_day_before_the_sixth_birthday(born_on: date, last: date) -> None:
    assert last_day_under_six(born_on) == last


def test_a_child_has_one_card(store: Store) -> None:
    form = {"full_name": "Vũ Quốc Tùng", "born_on": "2026-03-07", "personal_id": "979226500001"}
    registry = social_insurance.REGISTRY
    with store.session() as session:
        card = enter(session, registry, "issue_card", entry(1, form)).results
        with pytest.raises(RegistryRefusal):
            enter(session, registry, "issue_card", entry(2, form))
        other = enter(session, registry, "issue_card", entry(3, form | {"personal_id": "979226500002"}))
    assert card["card_code"].startswith("TE10099")
    assert other.results["card_code"] != card["card_code"]


def test_nobody_has_two_residences_and_nobody_is_removed(store: Store) -> None:
    family = family_in("newborn", 7, 0, MORNING)
    head = family.roles["householder"]
    form = {
        "full_name": "Vũ Quốc Tùng",
        "personal_id": "979226500001",
        "householder_id": head,
        "householder_name": None,
        "relation_to_householder": "con",
        "address": PLACE,
    }
    leaving = {"member_personal_id": "979226500001", "new_householder_id": None}
    registry = residence.REGISTRY
    with store.session() as session:
        registry.fill(session, "r1", [family])
        told = enter(session, registry, "register_resident", entry(1, form)).results
        assert told["household_id"] == family.households[0].household_id
        with pytest.raises(RegistryRefusal):
            enter(session, registry, "register_resident", entry(2, form))
        gone = enter(session, registry, "deregister_resident", entry(3, leaving)).results
        with pytest.raises(RegistryRefusal):
            enter(session, registry, "deregister_resident", entry(4, leaving))
        kept = session.exec(select(Resident).where(Resident.personal_id == "979226500001")).one()
        assert kept.deregistered_on == MORNING.date()
    assert (told["notice_number"], gone["notice_number"]) == ("00001/2026/TB-CT", "00002/2026/TB-CT")


def test_a_dwelling_where_nobody_is_registered_becomes_a_household(store: Store) -> None:
    form = {
        "full_name": "Vũ Quốc Tùng",
        "personal_id": None,
        "householder_id": "979000000001",
        "householder_name": "Vũ Văn Cha",
        "relation_to_householder": "con",
        "address": PLACE,
    }
    with store.session() as session:
        told = [
            enter(session, residence.REGISTRY, "register_resident", entry(number, form)).results
            for number in (1, 2)
        ]
    assert len({each["household_id"] for each in told}) == 2


@pytest.mark.parametrize(
    ("registry", "action", "kind"),
    [
        (social_insurance.REGISTRY, "pay_funeral_allowance", "funeral_allowance"),
        (social_protection.REGISTRY, "pay_funeral_support", "funeral_support"),
        (social_protection.REGISTRY, "pay_funeral_grant", "funeral_grant"),
    ],
)
def test_funeral_money_is_paid_once_at_the_amount_of_the_law(
    store: Store, registry: Registry, action: str, kind: str
) -> None:
    form = {"personal_id": "968037438965"}
    with store.session() as session:
        paid = enter(session, registry, action, entry(1, form, terms={f"{kind}_amount": 23_400_000}))
        with pytest.raises(RegistryRefusal):
            enter(session, registry, action, entry(2, form))
        unknown = enter(session, registry, action, entry(3, {"personal_id": "968037438966"}))
        record = registry.look_ups["funeral_paid"](session, "r1", "968037438965")
    assert (paid.results["amount_vnd"], unknown.results["amount_vnd"]) == (23_400_000, None)
    assert paid.results["decision_number"].startswith("0001/2026/")
    assert record is not None
    assert record["kind"] == kind


def test_each_registry_holds_only_what_is_its_own(store: Store) -> None:
    people = list(families(7, 60, MORNING))
    with store.session() as session:
        for registry in REGISTRIES:
            registry.fill(session, "r1", people)
        for family in people:
            for person in family.persons:
                own = family.entitlements[person.key]
                insured = social_insurance.REGISTRY.look_ups["insured"](session, "r1", person.key)
                known = social_protection.REGISTRY.look_ups["beneficiary"](session, "r1", person.key)
                wants_row = own.insurance.standing != "none" or own.monthly_survivor_over_80
                assert (insured is not None) == wants_row
                assert known is None or known["merit"] == own.merit
                assert (known is not None) == (
                    own.merit or own.social_protection != "none" or own.poor_household is not None
                )


def test_addresses_without_a_street_are_told_by_their_commune(store: Store) -> None:
    with store.session() as session:
        population.REGISTRY.fill(session, "r1", list(families(7, 29, MORNING)))
        for family in families(7, 29, MORNING):
            for person in family.persons:
                told = population.REGISTRY.look_ups["person"](session, "r1", person.key)
                assert told is not None
                assert told["hometown"]["detail"]


def test_newborns_numbers_are_reserved_distinct_and_the_same_when_asked_again(store: Store) -> None:
    asked = {
        "full_name": "Vũ Quốc Tùng",
        "sex": "male",
        "born_on": "2026-12-20",
        "province_code": "79",
        "mother_id": None,
        "twin_confirmed": False,
    }
    with store.session() as session:
        told = [population.issue(session, "r1", 7, f"B-2026-{number:06d}.x", asked) for number in range(30)]
        again = population.issue(session, "r1", 7, "B-2026-000003.x", asked)
    numbers = [each["personal_id"] for each in told]
    assert len(set(numbers)) == 30
    assert all(personal_id_is_reserved(number) for number in numbers)
    assert again == told[3]
