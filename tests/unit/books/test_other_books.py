"""The invariants of the other books: one card, one residence, money paid once, and who is in which."""

from datetime import date

import pytest
from sqlmodel import select

from chassis.storage import Store
from mock_registries import population, residence, social_insurance, social_protection
from mock_registries.people import families, family_in, personal_id_is_reserved
from mock_registries.registry import Registry, RegistryRefusal
from mock_registries.residence import Resident
from mock_registries.social_insurance import last_day_under_six
from tests.unit.books.entries import MORNING, PLACE, REGISTRIES, enter, entry


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
