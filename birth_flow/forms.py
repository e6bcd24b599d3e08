"""The official forms of the birth group.

Birth declaration: Circular 04/2020/TT-BTP as amended by 04/2024/TT-BTP (28 blanks). CT01: Circular
53/2025/TT-BCA (10 and 4 consents). TK1-TS: numbering of the VSS form, part I (16 blanks), and of
part II the first-contact facility alone. Cells marked printed are filled by the sending system.
"""

from birth_flow.declaration import FamilyCase, NoticeCode, Relation
from flow_model.ct01 import CT01WithConsents
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
    natural_key: Text = cell(
        "-", "Khóa nhận biết trẻ", "Key of the child", printed=True, internal=True, default=...
    )


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
