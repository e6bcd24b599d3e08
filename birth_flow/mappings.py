"""Where each cell of the birth group's forms comes from."""

from datetime import date

from birth_flow import forms
from flow_model.ct01 import name_and_id
from flow_model.form_parts import COMMUNE_OFFICE, Address
from flow_model.mapping import FormMapping, declared, derived, result_of
from flow_model.vietnamese_dates import in_words

BIRTH = "birth_registration"


def child_key(notice_code: str | None, mother_id: str | None, born_on: date, full_name: str) -> str:
    """What tells one child from another: the notice, or mother, day and name where there is none."""
    if notice_code is not None:
        return f"notice {notice_code}"
    return f"{mother_id or '-'} {born_on} {full_name.casefold()}"


def _marriage(
    number: str | None, book: str | None, registered_on: date | None, place: str | None
) -> str | None:
    if number is None:
        return None
    return ", ".join(str(each) for each in (number, book, registered_on, place) if each is not None)


def _paper(personal_id: str | None, passport: str | None) -> str | None:
    return personal_id or passport


def _street(address: Address) -> str:
    return address.detail


def _commune(address: Address) -> str:
    return address.commune_code


def _province(address: Address) -> str:
    return address.province_code


def _no_district() -> None:
    return None


def _register_here(address: Address) -> str:
    return f"Đăng ký thường trú tại {address.as_line()}"


def _place(mother: Address | None, father: Address | None, declarant: Address) -> dict[str, str]:
    home = mother or father or declarant
    return home.model_copy(update={"detail": COMMUNE_OFFICE}).model_dump(mode="json")


def _raw(address: Address) -> dict[str, str]:
    return address.model_dump(mode="json")


def _parent_consent(
    mother_name: str | None, mother_id: str | None, father_name: str | None, father_id: str | None
) -> str | None:
    return name_and_id(mother_name, mother_id) or name_and_id(father_name, father_id)


BIRTH_MAPPING = FormMapping(
    forms.BirthRegistrationForm,
    "Tờ khai đăng ký khai sinh",
    {
        "declarant_full_name": declared("declarant.full_name"),
        "declarant_born_on": declared("declarant.born_on"),
        "declarant_residence": declared("declarant.residence"),
        "declarant_id": declared("declarant.personal_id"),
        "relation": declared("declarant.relation"),
        "child_full_name": declared("child.full_name"),
        "child_born_on": declared("child.born_on"),
        "child_born_in_words": derived(in_words, "ngày sinh viết bằng chữ", declared("child.born_on")),
        "child_sex": declared("child.sex"),
        "child_ethnicity": declared("child.ethnicity"),
        "child_nationality": declared("child.nationality"),
        "child_birthplace": declared("child.birthplace"),
        "child_hometown": declared("child.hometown"),
        "mother_full_name": declared("mother.full_name"),
        "mother_born_on": declared("mother.born_on"),
        "mother_ethnicity": declared("mother.ethnicity"),
        "mother_nationality": declared("mother.nationality"),
        "mother_residence": declared("mother.residence"),
        "mother_paper": derived(
            _paper,
            "số định danh, không có thì hộ chiếu",
            declared("mother.personal_id"),
            declared("mother.passport"),
        ),
        "father_full_name": declared("father.full_name"),
        "father_born_on": declared("father.born_on"),
        "father_ethnicity": declared("father.ethnicity"),
        "father_nationality": declared("father.nationality"),
        "father_residence": declared("father.residence"),
        "father_paper": derived(
            _paper,
            "số định danh, không có thì hộ chiếu",
            declared("father.personal_id"),
            declared("father.passport"),
        ),
        "marriage": derived(
            _marriage,
            "số, quyển, ngày, nơi đăng ký",
            declared("marriage.number"),
            declared("marriage.book"),
            declared("marriage.registered_on"),
            declared("marriage.place"),
        ),
        "copies_wanted": declared("copies.wanted"),
        "copies": declared("copies.number"),
        "notice_code": declared("notice.code"),
        "children_this_birth": declared("notice.children_this_birth"),
        "family_case": declared("family_case"),
        "registration_place": derived(
            _place,
            "Ủy ban nhân dân xã nơi cư trú của mẹ, không có thì của cha (Luật Hộ tịch Điều 13)",
            declared("mother.residence"),
            declared("father.residence"),
            declared("declarant.residence"),
        ),
        "natural_key": derived(
            child_key,
            "số giấy chứng sinh; không có thì mẹ, ngày sinh, họ tên",
            declared("notice.code"),
            declared("mother.personal_id"),
            declared("child.born_on"),
            declared("child.full_name"),
        ),
    },
)

RESIDENCE_MAPPING = FormMapping(
    forms.ResidenceForm,
    "CT01",
    {
        "full_name": declared("child.full_name"),
        "born_on": declared("child.born_on"),
        "sex": declared("child.sex"),
        "personal_id": result_of(BIRTH, "personal_id"),
        "phone": declared("declarant.phone"),
        "email": declared("declarant.email"),
        "householder_name": declared("residence.householder_name"),
        "relation_to_householder": declared("residence.relation_to_householder"),
        "householder_id": declared("residence.householder_id"),
        "request": derived(
            _register_here, "“Đăng ký thường trú tại” + địa chỉ", declared("residence.address")
        ),
        "consent_householder": derived(
            name_and_id,
            "họ tên và số định danh khi đồng ý qua VNeID",
            declared("residence.householder_name"),
            declared("residence.householder_id"),
        ),
        "consent_owner": derived(
            name_and_id,
            "họ tên và số định danh khi đồng ý qua VNeID",
            declared("residence.owner_name"),
            declared("residence.owner_id"),
        ),
        "consent_parent": derived(
            _parent_consent,
            "mẹ, không có thì cha",
            declared("mother.full_name"),
            declared("mother.personal_id"),
            declared("father.full_name"),
            declared("father.personal_id"),
        ),
        "declared_by": declared("declarant.full_name"),
        "certificate_number": result_of(BIRTH, "certificate_number"),
        "registered_full_name": result_of(BIRTH, "registered_full_name"),
        "residence_case": declared("residence.case"),
        "address": derived(_raw, "địa chỉ theo mã", declared("residence.address")),
    },
)

HEALTH_INSURANCE_MAPPING = FormMapping(
    forms.HealthInsuranceForm,
    "TK1-TS",
    {
        "full_name": declared("child.full_name"),
        "sex": declared("child.sex"),
        "born_on": declared("child.born_on"),
        "nationality": declared("child.nationality"),
        "ethnicity": declared("child.ethnicity"),
        "personal_id": result_of(BIRTH, "personal_id"),
        "phone": declared("declarant.phone"),
        "email": declared("declarant.email"),
        "registered_commune": result_of(BIRTH, "registered_commune"),
        "registered_district": derived(_no_district, "không còn cấp huyện từ 1/7/2025"),
        "registered_province": result_of(BIRTH, "registered_province"),
        "guardian": declared("insurance.guardian"),
        "result_street": derived(_street, "phần số nhà, đường của địa chỉ", declared("residence.address")),
        "result_commune": derived(_commune, "phần xã của địa chỉ", declared("residence.address")),
        "result_district": derived(_no_district, "không còn cấp huyện từ 1/7/2025"),
        "result_province": derived(_province, "phần tỉnh của địa chỉ", declared("residence.address")),
        "first_contact_facility": declared("insurance.first_contact_facility"),
        "certificate_number": result_of(BIRTH, "certificate_number"),
        "registered_full_name": result_of(BIRTH, "registered_full_name"),
        "poor_household_number": declared("insurance.poor_household_number"),
    },
)

IDENTITY_CARD_MAPPING = FormMapping(
    forms.IdentityCardForm,
    "Tờ khai căn cước (mẫu của Nghị định 301/2026, chưa thấy văn bản)",
    {
        "full_name": declared("child.full_name"),
        "born_on": declared("child.born_on"),
        "sex": declared("child.sex"),
        "personal_id": result_of(BIRTH, "personal_id"),
        "guardian": declared("insurance.guardian"),
    },
)
