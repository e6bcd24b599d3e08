"""What is written and known of a death: place and cause, the notice, entitlements, the survivors' choices."""

from datetime import datetime, timedelta
from typing import NamedTuple

from mock_registries import facilities, names, people_numbers, places
from mock_registries.family_draft import Draft
from mock_registries.family_plans import DeathPlan
from mock_registries.people_records import Address, BankAccount, DeathNotice, Entitlements, Person, Relative

_CAUSES = {
    "hospital": (
        "Suy tim",
        "Tai biến mạch máu não",
        "Viêm phổi nặng",
        "Ung thư gan",
        "Suy thận mạn",
        "Không rõ",
    ),
    "commune": ("Tuổi cao, sức yếu",),
    "police": ("Tai nạn giao thông",),
    "none": ("Tuổi cao, sức yếu", "Bệnh hiểm nghèo"),
}


class Death(NamedTuple):
    """When, where and what of; and when the notice was signed."""

    died_at: datetime
    place: Address
    place_text: str
    cause: str
    issued_at: datetime


class Bereaved(NamedTuple):
    """The deceased and those who survive."""

    deceased: Person
    spouse: Person | None
    children: list[Person]
    partner: Person | None


def where_and_why(
    draft: Draft, plan: DeathPlan, people: Bereaved, died_at: datetime, issued_at: datetime
) -> Death:
    """Where the death happened and what of; a hospital's notice, or another's, follows from it."""
    home = people.deceased.residence or people.children[0].residence
    if home is None:
        raise ValueError("a death needs a home or a child's home")
    cause = draft.lots.choose(_CAUSES[plan.notice])
    if plan.notice == "hospital":
        text = facilities.hospital_name(home.province_code)
        return Death(died_at, facilities.hospital_place(home.province_code), text, cause, issued_at)
    place = home
    if plan.notice != "none":
        # A commune that would also register the death gives no notice: this one happened in another.
        others = [code for code in places.communes_of(home.province_code) if code != home.commune_code]
        place = Address(home.province_code, draft.lots.choose(others), "")
    where = places.address_text(place)
    text = {"none": f"Tại nhà, {where}", "commune": f"Tại nhà người thân, {where}", "police": where}[
        plan.notice
    ]
    return Death(died_at, place, text, cause, issued_at)


def write_death_notice(draft: Draft, plan: DeathPlan, deceased: Person, death: Death) -> None:
    """The notice that reached the family, if one was issued."""
    if plan.notice == "none":
        return
    issuer, kind = {
        "hospital": (death.place_text, 1),
        "commune": (facilities.commune_committee_name(death.place.commune_code), 8),
        "police": (facilities.commune_police_name(death.place.commune_code), 9),
    }[plan.notice]
    run = people_numbers.FAMILIES_PER_RUN
    sequence = people_numbers.scattered(draft.index, run, draft.seed, "death_notice")
    facility = people_numbers.facility_code(death.place.province_code, kind)
    notice = DeathNotice(
        code=people_numbers.notice_code(sequence, "GBT", facility, death.issued_at.year),
        issuer_kind=plan.notice,
        issuer_name=issuer,
        issued_at=death.issued_at,
        deceased_id=deceased.personal_id,
        died_at=death.died_at,
        place=death.place,
        place_text=death.place_text,
        cause=death.cause,
    )
    draft.death_notices.append(notice)


def entitle(draft: Draft, plan: DeathPlan, deceased: Person) -> None:
    """What the deceased was entitled to, or drew, at death."""
    months = draft.lots.between(*plan.months_paid)
    number = people_numbers.scattered(draft.index, people_numbers.FAMILIES_PER_RUN, draft.seed, "merit")
    draft.entitlements[deceased.key] = Entitlements(
        insurance=draft.insurance(deceased, plan.standing, months),
        merit=plan.merit,
        merit_decision_number=f"{number:05d}/QĐ-MP" if plan.merit else "",
        social_protection=plan.social_protection,
        poor_household=draft.poor_household,
        monthly_survivor_over_80=plan.monthly_survivor_over_80,
    )


def what_survivors_know(draft: Draft, plan: DeathPlan, people: Bereaved, death: Death) -> None:
    """What the survivors can be asked and no registry holds."""
    lots, facts = draft.lots, draft.facts
    facts["died_at"] = death.died_at
    facts["death_place"] = death.place
    facts["death_place_text"] = death.place_text
    facts["cause"] = death.cause
    facts["copies_wanted"] = 1 + lots.below(5)
    burial_day = death.died_at + timedelta(days=1 + lots.below(2))
    facts["burial_at"] = burial_day.replace(hour=7 + lots.below(9), minute=0)
    facts["burial_place"] = facilities.cemetery_name(people.deceased.hometown.commune_code)
    spouse = [Relative(people.spouse.key, "spouse")] if people.spouse else []
    facts["relatives"] = tuple(spouse + [Relative(child.key, "child") for child in people.children])
    declarant = next(
        person
        for person in (*people.children, people.spouse)
        if person and person.key == draft.roles["declarant"]
    )
    holder = " ".join(map(names.ascii_name, declarant.full_name.split())).upper()
    facts["payment"] = "bank" if lots.happens(800) else "cash"
    facts["bank_account"] = BankAccount("Ngân hàng Mô phỏng", f"00000000{lots.below(10_000):04d}", holder)
    facts["survivor_benefit_choice"] = "monthly" if lots.happens(400) else "lump_sum"
    facts["only_member"] = plan.lives == "alone"
    if plan.lives == "as_head":
        facts["new_householder"] = draft.roles["declarant"]
    if plan.standing == "working":
        facts["employer"] = f"Công ty Mô phỏng số {1 + lots.below(200)}"
    if plan.days_before[0] > 365:
        facts["substitute_evidence"] = "witness_statement" if lots.happens(600) else "grave_and_kin_statement"
