"""The official forms of the death group.

Death declaration: Circular 04/2020/TT-BTP (20 blanks). CT01 with one row of the table (15). Form 04
of Decree 20/2021 (17). 3-CBH of Decision 523/QD-BHXH (13). 09-HSB and the form for people with merit
were not seen: only what any such form must hold stands there, numbered "?".
"""

from death_flow.declaration import DeathNoticeCode, Relation
from flow_model.ct01 import CT01WithMember
from flow_model.form_parts import (
    Day,
    Ethnicity,
    FullName,
    Instant,
    Nationality,
    OfficialForm,
    PersonalId,
    Phone,
    Sex,
    Text,
    cell,
)


class DeathRegistrationForm(OfficialForm):
    """Tờ khai đăng ký khai tử."""

    declarant_full_name: FullName = cell(
        "1", "Họ, chữ đệm, tên người yêu cầu", "Declarant's name", default=...
    )
    declarant_born_on: Day = cell("2", "Ngày sinh người yêu cầu", "Declarant's date of birth", default=...)
    declarant_residence: Text = cell("3", "Nơi cư trú người yêu cầu", "Declarant's residence", default=...)
    declarant_id: PersonalId = cell(
        "4", "Giấy tờ tùy thân người yêu cầu", "Declarant's ID paper", default=...
    )
    relation: Relation = cell("5", "Quan hệ với người chết", "Relation to the deceased", default=...)
    full_name: FullName = cell("6", "Họ, chữ đệm, tên người chết", "Deceased's full name", default=...)
    born_on: Day = cell("7", "Ngày sinh người chết", "Deceased's date of birth", default=...)
    sex: Sex = cell("8", "Giới tính", "Sex", default=...)
    ethnicity: Ethnicity = cell("9", "Dân tộc", "Ethnicity", default=...)
    nationality: Nationality = cell("10", "Quốc tịch", "Nationality", default=...)
    residence: Text | None = cell("11", "Nơi cư trú cuối cùng", "Last residence")
    personal_id: PersonalId = cell("12", "Giấy tờ tùy thân người chết", "Deceased's ID paper", default=...)
    died_at: Instant = cell("13", "Đã chết vào lúc", "Time of death", default=...)
    place: Text = cell("14", "Nơi chết", "Place of death", default=...)
    cause: Text = cell("15", "Nguyên nhân chết", "Cause of death", default=...)
    notice_code: DeathNoticeCode | None = cell("16", "Số giấy báo tử", "Death notice number")
    notice_issuer: Text | None = cell("17", "Cơ quan cấp giấy báo tử", "Issuer of the notice")
    notice_issued_on: Day | None = cell("18", "Ngày cấp giấy báo tử", "Notice issued on")
    copies_wanted: bool = cell("19", "Đề nghị cấp bản sao", "Copies wanted", default=False)
    copies: int | None = cell("20", "Số lượng bản sao", "Number of copies")
    commune_issues_none: bool = cell(
        "-", "Nơi đăng ký cũng là nơi cấp", "Commune would issue", printed=True, default=False
    )


class DeregistrationForm(CT01WithMember):
    """CT01 for a deregistration; the row of the table is the deceased."""

    extract_number: Text | None = cell("-", "Số trích lục khai tử", "Extract number", printed=True)
    only_member: bool = cell("-", "Hộ chỉ còn người chết", "Only member", printed=True, default=False)
    new_householder_id: PersonalId | None = cell(
        "-", "Số định danh chủ hộ mới", "New householder", printed=True
    )


class InsuranceBenefitForm(OfficialForm):
    """3-CBH: application when an insured person or pensioner has died."""

    declarant_full_name: FullName = cell("1", "Họ và tên người đề nghị", "Applicant's name", default=...)
    declarant_born_on: Day = cell("2", "Ngày sinh người đề nghị", "Applicant's date of birth", default=...)
    relation: Relation = cell("3", "Quan hệ với người chết", "Relation to the deceased", default=...)
    declarant_id: PersonalId = cell("4", "Số định danh người đề nghị", "Applicant's personal ID", default=...)
    id_issued_on: Day | None = cell("5", "Ngày cấp", "Issued on")
    id_issued_by: Text | None = cell("6", "Nơi cấp", "Issued by")
    declarant_residence: Text = cell("7", "Nơi cư trú", "Residence", default=...)
    phone: Phone = cell("8", "Điện thoại", "Phone", default=...)
    deceased_full_name: FullName = cell("9", "Họ và tên người chết", "Deceased's full name", default=...)
    insurance_number: Text | None = cell("10", "Mã số BHXH", "Social-insurance number")
    personal_id: PersonalId = cell("11", "Số định danh người chết", "Deceased's personal ID", default=...)
    died_on: Day = cell("12", "Ngày chết", "Date of death", default=...)
    bank_account: Text | None = cell("13", "Tài khoản nhận tiền", "Account to be paid into")
    extract_number: Text | None = cell("-", "Số trích lục khai tử", "Extract number", printed=True)


class SurvivorBenefitForm(OfficialForm):
    """09-HSB: the survivors' declaration. Its printed fields were not seen."""

    declarant_full_name: FullName = cell("?", "Họ và tên người khai", "Declarant's name", default=...)
    declarant_id: PersonalId = cell("?", "Số định danh người khai", "Declarant's personal ID", default=...)
    relation: Relation = cell("?", "Quan hệ với người chết", "Relation to the deceased", default=...)
    deceased_full_name: FullName = cell("?", "Họ và tên người chết", "Deceased's full name", default=...)
    insurance_number: Text | None = cell("?", "Mã số BHXH", "Social-insurance number")
    died_on: Day = cell("?", "Ngày chết", "Date of death", default=...)
    survivors: tuple[Text, ...] = cell("?", "Danh sách thân nhân", "List of survivors", default=())
    choice: Text | None = cell("?", "Hưởng một lần hay hằng tháng", "Lump sum or monthly")
    bank_account: Text | None = cell("?", "Tài khoản nhận tiền", "Account to be paid into")
    personal_id: PersonalId = cell(
        "-", "Số định danh người chết", "Deceased's personal ID", printed=True, default=...
    )
    extract_number: Text | None = cell("-", "Số trích lục khai tử", "Extract number", printed=True)


class FuneralSupportForm(OfficialForm):
    """Mẫu số 04, Decree 20/2021: support for funeral costs."""

    full_name: FullName = cell("I.1", "Họ và tên người chết", "Deceased's full name", default=...)
    born_on: Day = cell("I.2", "Ngày sinh", "Date of birth", default=...)
    sex: Sex = cell("I.3", "Giới tính", "Sex", default=...)
    ethnicity: Ethnicity = cell("I.4", "Dân tộc", "Ethnicity", default=...)
    residence: Text | None = cell("I.5", "Hộ khẩu thường trú", "Permanent residence")
    died_on: Day = cell("I.6", "Ngày chết", "Date of death", default=...)
    cause: Text = cell("I.7", "Nguyên nhân chết", "Cause", default=...)
    burial_at: Instant | None = cell("I.8", "Thời gian mai táng", "Time of burial")
    burial_place: Text | None = cell("I.9", "Địa điểm mai táng", "Place of burial")
    organiser_name: FullName = cell("II.1", "Họ tên người đứng ra mai táng", "Organiser's name", default=...)
    organiser_born_on: Day = cell("II.2", "Ngày sinh", "Date of birth", default=...)
    organiser_id: PersonalId = cell("II.3", "Số định danh", "Personal ID", default=...)
    organiser_id_issued_on: Day | None = cell("II.4", "Ngày cấp", "Issued on")
    organiser_id_issued_by: Text | None = cell("II.5", "Nơi cấp", "Issued by")
    organiser_residence: Text = cell("II.6", "Hộ khẩu thường trú", "Permanent residence", default=...)
    organiser_lives_at: Text = cell("II.7", "Nơi ở hiện nay", "Lives at", default=...)
    organiser_relation: Relation = cell("II.8", "Quan hệ với người chết", "Relation", default=...)
    personal_id: PersonalId = cell(
        "-", "Số định danh người chết", "Deceased's personal ID", printed=True, default=...
    )
    extract_number: Text | None = cell("-", "Số trích lục khai tử", "Extract number", printed=True)
    insurance_standing: Text = cell(
        "-", "Tình trạng BHXH", "Insurance standing", printed=True, default="none"
    )
    monthly_survivor_over_80: bool = cell(
        "-",
        "Từ 80 tuổi đang hưởng tuất hằng tháng",
        "Over 80 on survivor benefit",
        printed=True,
        default=False,
    )


class FuneralGrantForm(OfficialForm):
    """The application for people with merit. The form of Decree 131/2021 was not seen."""

    full_name: FullName = cell("?", "Họ và tên người có công", "Full name", default=...)
    born_on: Day = cell("?", "Ngày sinh", "Date of birth", default=...)
    hometown: Text | None = cell("?", "Quê quán", "Hometown")
    died_on: Day = cell("?", "Ngày chết", "Date of death", default=...)
    merit_decision: Text | None = cell("?", "Số quyết định", "Decision number")
    organiser_name: FullName = cell("?", "Người nhận", "Recipient", default=...)
    organiser_id: PersonalId = cell("?", "Số định danh người nhận", "Recipient's personal ID", default=...)
    organiser_relation: Relation = cell("?", "Quan hệ", "Relation", default=...)
    bank_account: Text | None = cell("?", "Tài khoản nhận tiền", "Account to be paid into")
    personal_id: PersonalId = cell(
        "-", "Số định danh người chết", "Deceased's personal ID", printed=True, default=...
    )
    extract_number: Text | None = cell("-", "Số trích lục khai tử", "Extract number", printed=True)
    insurance_standing: Text = cell(
        "-", "Tình trạng BHXH", "Insurance standing", printed=True, default="none"
    )
