"""Where each cell of the death group's forms comes from."""

from datetime import date, datetime
from typing import Any

from death_flow import forms
from death_flow.declaration import Relation
from flow_model.form_parts import Address, Sex
from flow_model.mapping import FormMapping, declared, derived, result_of

DEATH = "death_registration"
EXTRACT = result_of(DEATH, "extract_number")


def _day(moment: datetime) -> date:
    return moment.date()


def _deregister(address: Address | None, name: str) -> str:
    where = address.as_line() if address is not None else "-"
    return f"Xóa đăng ký thường trú của {name} tại {where}"


_TO_HEAD_WHO_DIED = {
    Relation.SPOUSE: {Sex.MALE: "chồng", Sex.FEMALE: "vợ"},
    Relation.PARENT: {Sex.MALE: "cha", Sex.FEMALE: "mẹ"},
}


def declarant_in_household(
    declarant_id: str, sex: Sex, relation: Relation, deceased_id: str, householder_id: str | None
) -> str | None:
    """What the declarant is to the householder; None where nobody has said it (a third person heads it)."""
    if declarant_id == householder_id:
        return "chủ hộ"
    if deceased_id != householder_id:
        return None
    if relation is Relation.CHILD:
        return "con"
    return _TO_HEAD_WHO_DIED.get(relation, {}).get(sex)


def _survivors(relatives: Any) -> list[str]:
    return [f"{each.full_name} ({each.relation})" for each in relatives]


DIED_ON = derived(_day, "phần ngày của giờ chết", declared("death.died_at"))

DEATH_MAPPING = FormMapping(
    forms.DeathRegistrationForm,
    "Tờ khai đăng ký khai tử",
    {
        "declarant_full_name": declared("declarant.full_name"),
        "declarant_born_on": declared("declarant.born_on"),
        "declarant_residence": declared("declarant.residence"),
        "declarant_id": declared("declarant.personal_id"),
        "relation": declared("declarant.relation"),
        "full_name": declared("deceased.full_name"),
        "born_on": declared("deceased.born_on"),
        "sex": declared("deceased.sex"),
        "ethnicity": declared("deceased.ethnicity"),
        "nationality": declared("deceased.nationality"),
        "residence": declared("deceased.residence"),
        "personal_id": declared("deceased.personal_id"),
        "died_at": declared("death.died_at"),
        "place": declared("death.place"),
        "cause": declared("death.cause"),
        "notice_code": declared("death.notice_code"),
        "notice_issuer": declared("death.notice_issuer"),
        "notice_issued_on": declared("death.notice_issued_on"),
        "copies_wanted": declared("copies.wanted"),
        "copies": declared("copies.number"),
        "commune_issues_none": declared("death.commune_issues_none"),
    },
)

DEREGISTRATION_MAPPING = FormMapping(
    forms.DeregistrationForm,
    "CT01",
    {
        "full_name": declared("declarant.full_name"),
        "born_on": declared("declarant.born_on"),
        "sex": declared("declarant.sex"),
        "personal_id": declared("declarant.personal_id"),
        "phone": declared("declarant.phone"),
        "email": declared("declarant.email"),
        "householder_name": declared("household.householder_name"),
        "relation_to_householder": derived(
            declarant_in_household,
            "chủ hộ, nếu người khai là chủ hộ; quan hệ với người chết, nếu người chết là chủ hộ",
            declared("declarant.personal_id"),
            declared("declarant.sex"),
            declared("declarant.relation"),
            declared("deceased.personal_id"),
            declared("household.householder_id"),
        ),
        "householder_id": declared("household.householder_id"),
        "request": derived(
            _deregister,
            "“Xóa đăng ký thường trú của” + người chết + nơi cư trú",
            declared("deceased.residence"),
            declared("deceased.full_name"),
        ),
        "member_full_name": declared("deceased.full_name"),
        "member_born_on": declared("deceased.born_on"),
        "member_sex": declared("deceased.sex"),
        "member_personal_id": declared("deceased.personal_id"),
        "member_relation": declared("household.relation_to_householder"),
        "extract_number": EXTRACT,
        "only_member": declared("household.only_member"),
        "new_householder_id": declared("household.new_householder_id"),
    },
)

FUNERAL_ALLOWANCE_MAPPING = FormMapping(
    forms.InsuranceBenefitForm,
    "3-CBH",
    {
        "declarant_full_name": declared("declarant.full_name"),
        "declarant_born_on": declared("declarant.born_on"),
        "relation": declared("declarant.relation"),
        "declarant_id": declared("declarant.personal_id"),
        "id_issued_on": declared("declarant.id_issued_on"),
        "id_issued_by": declared("declarant.id_issued_by"),
        "declarant_residence": declared("declarant.residence"),
        "phone": declared("declarant.phone"),
        "deceased_full_name": declared("deceased.full_name"),
        "insurance_number": declared("benefit.insurance_number"),
        "personal_id": declared("deceased.personal_id"),
        "died_on": DIED_ON,
        "bank_account": declared("benefit.bank_account"),
        "extract_number": EXTRACT,
    },
)

SURVIVOR_BENEFIT_MAPPING = FormMapping(
    forms.SurvivorBenefitForm,
    "09-HSB",
    {
        "declarant_full_name": declared("declarant.full_name"),
        "declarant_id": declared("declarant.personal_id"),
        "relation": declared("declarant.relation"),
        "deceased_full_name": declared("deceased.full_name"),
        "insurance_number": declared("benefit.insurance_number"),
        "died_on": DIED_ON,
        "survivors": derived(
            _survivors, "họ tên và quan hệ của từng thân nhân", declared("benefit.relatives")
        ),
        "choice": declared("benefit.survivor_choice"),
        "bank_account": declared("benefit.bank_account"),
        "personal_id": declared("deceased.personal_id"),
        "extract_number": EXTRACT,
    },
)

FUNERAL_SUPPORT_MAPPING = FormMapping(
    forms.FuneralSupportForm,
    "Mẫu số 04 (Nghị định 20/2021)",
    {
        "full_name": declared("deceased.full_name"),
        "born_on": declared("deceased.born_on"),
        "sex": declared("deceased.sex"),
        "ethnicity": declared("deceased.ethnicity"),
        "residence": declared("deceased.residence"),
        "died_on": DIED_ON,
        "cause": declared("death.cause"),
        "burial_at": declared("benefit.burial_at"),
        "burial_place": declared("benefit.burial_place"),
        "organiser_name": declared("declarant.full_name"),
        "organiser_born_on": declared("declarant.born_on"),
        "organiser_id": declared("declarant.personal_id"),
        "organiser_id_issued_on": declared("declarant.id_issued_on"),
        "organiser_id_issued_by": declared("declarant.id_issued_by"),
        "organiser_residence": declared("declarant.residence"),
        "organiser_lives_at": declared("declarant.residence"),
        "organiser_relation": declared("declarant.relation"),
        "personal_id": declared("deceased.personal_id"),
        "extract_number": EXTRACT,
        "insurance_standing": declared("benefit.insurance_standing"),
        "monthly_survivor_over_80": declared("benefit.monthly_survivor_over_80"),
    },
)

FUNERAL_GRANT_MAPPING = FormMapping(
    forms.FuneralGrantForm,
    "Đơn đề nghị (Nghị định 131/2021, chưa thấy mẫu)",
    {
        "full_name": declared("deceased.full_name"),
        "born_on": declared("deceased.born_on"),
        "hometown": declared("deceased.hometown"),
        "died_on": DIED_ON,
        "merit_decision": declared("benefit.merit_decision"),
        "organiser_name": declared("declarant.full_name"),
        "organiser_id": declared("declarant.personal_id"),
        "organiser_relation": declared("declarant.relation"),
        "bank_account": declared("benefit.bank_account"),
        "personal_id": declared("deceased.personal_id"),
        "extract_number": EXTRACT,
        "insurance_standing": declared("benefit.insurance_standing"),
    },
)
