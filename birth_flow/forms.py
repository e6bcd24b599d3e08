"""The official forms of the birth group, and where each cell comes from.

Birth declaration: Circular 04/2020/TT-BTP as amended by 04/2024/TT-BTP (28 blanks). CT01: Circular
53/2025/TT-BCA (10 and 4 consents). TK1-TS: numbering of the VSS form, part I (16 blanks), and of
part II the first-contact facility alone. Cells marked printed are filled by the sending system.
"""

from datetime import date

from birth_flow.declaration import FamilyCase, NoticeCode, Relation
from flow_model.ct01 import CT01WithConsents, name_and_id
from flow_model.form_parts import (
    Address,
    Day,
    Email,
    Ethnicity,
    FullName,
    Nationality,
    OfficialForm,
    PersonalId,
    Phone,
    Sex,
    Text,
    cell,
)
from flow_model.mapping import FormMapping, declared, derived, result_of
from flow_model.vietnamese_dates import in_words


class BirthRegistrationForm(OfficialForm):
    """Tờ khai đăng ký khai sinh."""

    declarant_full_name: FullName = cell(
        "1", "Họ, chữ đệm, tên người yêu cầu", "Declarant's name", default=...
    )
    declarant_born_on: Day = cell("2", "Ngày sinh người yêu cầu", "Declarant's date of birth", default=...)
    declarant_residence: Text = cell("3", "Nơi cư trú", "Declarant's residence", default=...)
    declarant_id: PersonalId = cell("4", "Giấy tờ tùy thân", "Declarant's ID paper", default=...)
    relation: Relation = cell("5", "Quan hệ với người được khai sinh", "Relation to the child", default=...)
    child_full_name: FullName = cell("6", "Họ, chữ đệm, tên trẻ", "Child's full name", default=...)
    child_born_on: Day = cell("7", "Ngày, tháng, năm sinh (số)", "Date of birth", default=...)
    child_born_in_words: Text = cell(
        "8", "Ngày, tháng, năm sinh (chữ)", "Date of birth in words", default=...
    )
    child_sex: Sex = cell("9", "Giới tính", "Sex", default=...)
    child_ethnicity: Ethnicity = cell("10", "Dân tộc", "Ethnicity", default=...)
    child_nationality: Nationality = cell("11", "Quốc tịch", "Nationality", default=...)
    child_birthplace: Text = cell("12", "Nơi sinh", "Place of birth", default=...)
    child_hometown: Text = cell("13", "Quê quán", "Hometown", default=...)
    mother_full_name: FullName | None = cell("14", "Họ, chữ đệm, tên mẹ", "Mother's full name")
    mother_born_on: Day | None = cell("15", "Ngày sinh của mẹ", "Mother's date of birth")
    mother_ethnicity: Ethnicity | None = cell("16", "Dân tộc của mẹ", "Mother's ethnicity")
    mother_nationality: Nationality | None = cell("17", "Quốc tịch của mẹ", "Mother's nationality")
    mother_residence: Text | None = cell("18", "Nơi cư trú của mẹ", "Mother's residence")
    mother_paper: Text | None = cell("19", "Giấy tờ tùy thân của mẹ", "Mother's ID paper")
    father_full_name: FullName | None = cell("20", "Họ, chữ đệm, tên cha", "Father's full name")
    father_born_on: Day | None = cell("21", "Ngày sinh của cha", "Father's date of birth")
    father_ethnicity: Ethnicity | None = cell("22", "Dân tộc của cha", "Father's ethnicity")
    father_nationality: Nationality | None = cell("23", "Quốc tịch của cha", "Father's nationality")
    father_residence: Text | None = cell("24", "Nơi cư trú của cha", "Father's residence")
    father_paper: Text | None = cell("25", "Giấy tờ tùy thân của cha", "Father's ID paper")
    marriage: Text | None = cell("26", "Giấy chứng nhận kết hôn", "Marriage certificate")
    copies_wanted: bool = cell("27", "Đề nghị cấp bản sao", "Copies wanted", default=False)
    copies: int | None = cell("28", "Số lượng bản sao", "Number of copies")
    notice_code: NoticeCode | None = cell("-", "Số giấy chứng sinh", "Birth notice number", printed=True)
    children_this_birth: int | None = cell(
        "-", "Số con trong lần sinh", "Children of this birth", printed=True
    )
    family_case: FamilyCase = cell("-", "Trường hợp gia đình", "Family case", printed=True, default=...)
    registration_place: Address = cell("0", "Kính gửi", "To", printed=True, default=...)
    natural_key: Text = cell("-", "Khóa nhận biết trẻ", "Key of the child", printed=True, default=...)


class ResidenceForm(CT01WithConsents):
    """CT01 for a child, with the e-certificate that the sending system attaches."""

    certificate_number: Text | None = cell("-", "Số giấy khai sinh", "Certificate number", printed=True)
    registered_full_name: Text | None = cell(
        "-", "Họ tên trên giấy khai sinh", "Name on the certificate", printed=True
    )
    residence_case: Text = cell("-", "Trường hợp đăng ký", "Residence case", printed=True, default=...)
    address: Address = cell("-", "Nơi đăng ký thường trú", "Address of residence", printed=True, default=...)


class HealthInsuranceForm(OfficialForm):
    """TK1-TS, for the card of a child under six."""

    full_name: FullName = cell("01", "Họ và tên", "Full name", default=...)
    sex: Sex = cell("02", "Giới tính", "Sex", default=...)
    born_on: Day = cell("03", "Ngày, tháng, năm sinh", "Date of birth", default=...)
    nationality: Nationality = cell("04", "Quốc tịch", "Nationality", default=...)
    ethnicity: Ethnicity = cell("05", "Dân tộc", "Ethnicity", default=...)
    personal_id: PersonalId | None = cell("06", "Số định danh", "Personal ID")
    phone: Phone | None = cell("07", "Điện thoại", "Phone")
    email: Email | None = cell("08", "Email", "Email")
    registered_commune: Text | None = cell(
        "09.1", "Nơi đăng ký khai sinh: xã", "Birth registered in: commune"
    )
    registered_district: Text | None = cell(
        "09.2", "Nơi đăng ký khai sinh: huyện", "Birth registered in: district"
    )
    registered_province: Text | None = cell(
        "09.3", "Nơi đăng ký khai sinh: tỉnh", "Birth registered in: province"
    )
    guardian: Text = cell("10", "Họ tên cha/mẹ/người giám hộ", "Parent or guardian", default=...)
    result_street: Text = cell(
        "12", "Địa chỉ nhận kết quả: số nhà, đường", "Result address: street", default=...
    )
    result_commune: Text = cell("13", "Địa chỉ nhận kết quả: xã", "Result address: commune", default=...)
    result_district: Text | None = cell("14", "Địa chỉ nhận kết quả: huyện", "Result address: district")
    result_province: Text = cell("15", "Địa chỉ nhận kết quả: tỉnh", "Result address: province", default=...)
    first_contact_facility: Text = cell(
        "II", "Nơi khám chữa bệnh ban đầu", "First-contact facility", default=...
    )
    certificate_number: Text | None = cell("-", "Số giấy khai sinh", "Certificate number", printed=True)
    registered_full_name: Text | None = cell(
        "-", "Họ tên trên giấy khai sinh", "Name on the certificate", printed=True
    )
    poor_household_number: Text | None = cell("-", "Số sổ hộ nghèo", "Poor-household number", printed=True)


class IdentityCardForm(OfficialForm):
    """What an identity card for a child is asked for with since 1/9/2026.

    The form of Decree 301/2026 was not seen: only what any such form must hold stands here.
    """

    full_name: FullName = cell("?", "Họ và tên", "Full name", default=...)
    born_on: Day = cell("?", "Ngày sinh", "Date of birth", default=...)
    sex: Sex = cell("?", "Giới tính", "Sex", default=...)
    personal_id: PersonalId | None = cell("?", "Số định danh", "Personal ID")
    guardian: Text = cell("?", "Người đại diện", "Representative", default=...)


BIRTH = "birth_registration"


def child_key(notice_code: str | None, mother_id: str | None, born_on: date, full_name: str) -> str:
    """What tells one child from another: the notice, or mother, day and name where there is none."""
    if notice_code is not None:
        return f"notice {notice_code}"
    return f"{mother_id or '-'} {born_on} {full_name.casefold()}"


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
    return (mother or father or declarant).model_dump(mode="json")


def _raw(address: Address) -> dict[str, str]:
    return address.model_dump(mode="json")


def _parent_consent(
    mother_name: str | None, mother_id: str | None, father_name: str | None, father_id: str | None
) -> str | None:
    return name_and_id(mother_name, mother_id) or name_and_id(father_name, father_id)


BIRTH_MAPPING = FormMapping(
    BirthRegistrationForm,
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
        "marriage": declared("marriage.number"),
        "copies_wanted": declared("copies.wanted"),
        "copies": declared("copies.number"),
        "notice_code": declared("notice.code"),
        "children_this_birth": declared("notice.children_this_birth"),
        "family_case": declared("family_case"),
        "registration_place": derived(
            _place,
            "nơi cư trú của mẹ, không có thì của cha (Luật Hộ tịch Điều 13)",
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
    ResidenceForm,
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
    HealthInsuranceForm,
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
    IdentityCardForm,
    "Tờ khai căn cước (mẫu của Nghị định 301/2026, chưa thấy văn bản)",
    {
        "full_name": declared("child.full_name"),
        "born_on": declared("child.born_on"),
        "sex": declared("child.sex"),
        "personal_id": result_of(BIRTH, "personal_id"),
        "guardian": declared("insurance.guardian"),
    },
)
