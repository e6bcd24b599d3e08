"""What is written and known of a birth: the child, the hospital's notice, the parents' own choices."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mock_registries import facilities, people_numbers, places
from mock_registries.family_draft import Draft
from mock_registries.family_plans import BirthPlan
from mock_registries.people_records import Address, BirthNotice, MotherOnNotice, NewChild, Person, Sex


@dataclass(frozen=True, slots=True)
class Home:
    """Where the couple lives and what it hands down."""

    address: Address
    ethnicity: str
    father_name: str
    mother_name: str
    hometowns: dict[str, Address]


def new_children(
    draft: Draft, plan: BirthPlan, home: Home, father: Person | None, born_at: datetime
) -> tuple[NewChild, ...]:
    """A child bears the father's family name; the mother's when he is unknown or foreign.

    The name of a Vietnamese citizen is Vietnamese (Circular 04/2020/TT-BTP, Art 6).
    """
    from_father = father is not None and father.nationality == "VN"
    family_name = home.father_name if from_father else home.mother_name
    if plan.notice:
        place = facilities.hospital_place(home.address.province_code)
        place_text = facilities.hospital_name(home.address.province_code)
    else:
        place, place_text = home.address, f"Tại nhà, {places.address_text(home.address)}"
    children = []
    for number in range(plan.children):
        sex: Sex = "male" if draft.lots.happens(525) else "female"
        at = born_at + timedelta(minutes=number * (4 + draft.lots.below(20)))
        name = draft.full_name(family_name, sex, at.year, draft.lots)
        children.append(NewChild(name, sex, at, place, place_text))
    return tuple(children)


def write_birth_notices(
    draft: Draft, plan: BirthPlan, mother: Person | None, children: tuple[NewChild, ...]
) -> None:
    """One notice for each child, each with its own code."""
    lots = draft.lots
    half = people_numbers.FAMILIES_PER_RUN // 2
    base = people_numbers.scattered(draft.index % half, half, draft.seed, "birth_notice") * 2
    at_birth = plan.children + plan.twin_already_registered
    seen = MotherOnNotice("", "", None)
    if mother:
        seen = MotherOnNotice(mother.personal_id, mother.full_name, mother.born_on)
    for number, child in enumerate(children):
        facility = people_numbers.facility_code(child.place.province_code, 1 + draft.index // half)
        died_at = child.born_at + timedelta(hours=26 + lots.below(8)) if plan.child_dies else None
        issued_at = draft.issued_after(died_at or children[-1].born_at)
        weight = 2550 + lots.below(1300) if at_birth == 1 else 1950 + lots.below(900)
        notice = BirthNotice(
            code=people_numbers.notice_code(base + number, "GCS", facility, issued_at.year),
            issued_at=issued_at,
            facility_name=child.place_text,
            mother=seen,
            child_born_at=child.born_at,
            sex=child.sex,
            weight_grams=weight,
            children_this_birth=at_birth,
            place=child.place,
            intended_name=child.full_name if lots.happens(700) else "",
            died_on=died_at.date() if died_at else None,
        )
        draft.birth_notices.append(notice)


def what_parents_know(draft: Draft, plan: BirthPlan, home: Home, children: tuple[NewChild, ...]) -> None:
    """What the parents can be asked and no registry holds."""
    lots, facts = draft.lots, draft.facts
    hometown_from = "father" if plan.father == "known" and lots.happens(850) else "mother"
    if not plan.mother_known:
        hometown_from = "father"
    facts["children"] = children
    facts["hometown_from"] = hometown_from
    facts["hometown"] = home.hometowns[hometown_from]
    facts["ethnicity"] = home.ethnicity
    facts["nationality"] = "VN"
    facts["residence"] = home.address
    facts["first_contact_facility"] = facilities.health_station_name(home.address.commune_code)
    facts["guardian_on_card"] = "mother" if plan.mother_known else "father"
    facts["copies_wanted"] = lots.below(6)
    if not plan.notice:
        facts["substitute_evidence"] = "witness_statement" if lots.happens(700) else "pledge"
    if plan.father == "known" and not (plan.married and plan.mother_known):
        facts["recognition_by"] = "father"
    if plan.father == "foreign":
        facts["nationality_agreement"] = "VN"
    if plan.child_dies:
        facts["died_on"] = draft.birth_notices[0].died_on
