"""The one electronic declaration of the death group (Form 02 of Decree 63/2024, as its screens show it).

The printed Form 02 was not seen; the blocks follow the live screens (domain sheet 6.8). The deceased's
ID, name and birthday are the key; the population database, the death notice and the insurance database
give the rest.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from flow_model.declarant import Declarant
from flow_model.form_parts import (
    Address,
    Closed,
    Copies,
    Day,
    Ethnicity,
    FullName,
    Instant,
    InsuranceResultMethod,
    Nationality,
    PersonalId,
    ResultMethod,
    Sex,
    Source,
    Text,
    entry,
    typed,
)

DeathNoticeCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}\.GBT\.[0-9]{5}\.[0-9]{2}$")]
P, N, R, INSURANCE = Source.POPULATION, Source.NOTICE, Source.RESIDENCE, Source.INSURANCE


class Relation(StrEnum):
    """The declarant's relation to the deceased (Law on Civil Status Art. 33)."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    RELATIVE = "relative"
    AGENCY = "agency"


class Paper(StrEnum):
    """What may be attached."""

    SUBSTITUTE_EVIDENCE = "substitute_evidence"
    RELATIVES_FORM_09_HSB = "relatives_form_09_hsb"
    CAPACITY_ASSESSMENT = "capacity_assessment"
    DEATH_NOTICE_SCAN = "death_notice_scan"
    REASON_FOR_LATE_CLAIM = "reason_for_late_claim"


class SocialKind(StrEnum):
    """The deceased's kind of social protection, as the declarant ticks it."""

    NONE = "none"
    MONTHLY_ASSISTANCE = "monthly_assistance"
    SOCIAL_PENSION = "social_pension"
    EMERGENCY = "emergency"


class SurvivorChoice(StrEnum):
    """How the survivor benefit is asked for."""

    MONTHLY = "monthly"
    LUMP_SUM = "lump_sum"


class DeathType(StrEnum):
    """The kind of registration, by the portal's list: 1 in time, 4 late, 5 dead for long."""

    IN_TIME = "1"
    LATE = "4"
    LONG_PAST = "5"


class Agencies(Closed):
    """The first block of the screens; the agencies themselves follow from the addresses."""

    death_type: DeathType = typed("Loại đăng ký khai tử", "Kind of registration", DeathType.IN_TIME)
    residence_in_same_area: bool = typed(
        "Xóa thường trú cùng địa bàn", "Deregistration in the same area", True
    )


class DeathDeclarant(Declarant):
    """Who declares a death, and what they are to the deceased."""

    relation: Relation = typed("Quan hệ với người chết", "Relation to the deceased")


class Deceased(Closed):
    """The deceased: three typed fields are the key, the population database fills and locks the rest."""

    personal_id: PersonalId = typed("Số định danh người chết", "Deceased's personal ID")
    full_name: FullName = typed("Họ, chữ đệm, tên người chết", "Deceased's full name")
    born_on: Day = typed("Ngày sinh người chết", "Deceased's date of birth")
    sex: Sex = entry(P, "Giới tính", "Sex")
    ethnicity: Ethnicity = entry(P, "Dân tộc", "Ethnicity")
    nationality: Nationality = entry(P, "Quốc tịch", "Nationality")
    residence: Address | None = entry(P, "Nơi cư trú cuối cùng", "Last residence", None)
    hometown: Address | None = entry(P, "Quê quán", "Hometown", None)


class Death(Closed):
    """When, where and why; the notice knows, or the declarant where the commune issues none."""

    notice_code: DeathNoticeCode | None = typed("Số giấy báo tử", "Death notice number", None)
    commune_issues_none: bool = typed(
        "Nơi đăng ký cũng là nơi cấp giấy báo tử", "The registering commune would issue the notice", False
    )
    at_last_residence: bool = typed("Chết tại nơi cư trú cuối cùng", "Died at the last residence", False)
    died_at: Instant = entry(N, "Giờ, ngày chết", "Time of death")
    place: Text = entry(N, "Nơi chết", "Place of death")
    cause: Text = entry(N, "Nguyên nhân", "Cause")
    notice_issuer: Text | None = entry(N, "Cơ quan cấp giấy báo tử", "Issuer of the notice", None)
    notice_issued_on: Day | None = entry(N, "Ngày cấp giấy báo tử", "Notice issued on", None)


class Household(Closed):
    """The household the deceased leaves."""

    householder_id: PersonalId | None = entry(R, "Số định danh chủ hộ", "Householder's personal ID", None)
    householder_name: FullName | None = entry(R, "Họ, chữ đệm, tên chủ hộ", "Householder's full name", None)
    only_member: bool = typed("Hộ chỉ còn người được khai tử", "The deceased was the only member", False)
    relation_to_householder: Text | None = typed("Quan hệ với chủ hộ", "Relation to the householder", None)
    declarant_is_new_householder: bool = typed(
        "Người khai là chủ hộ mới", "The declarant is the new householder", False
    )
    new_householder_id: PersonalId | None = typed(
        "Số định danh chủ hộ mới", "New householder's personal ID", None
    )
    new_householder_name: FullName | None = typed(
        "Họ, chữ đệm, tên chủ hộ mới", "New householder's name", None
    )


class Relative(Closed):
    """A survivor who is to receive, or to confirm by VNeID."""

    personal_id: PersonalId
    full_name: FullName
    relation: Text


class Benefit(Closed):
    """What decides which funeral money is due; the insurance database gives its part."""

    insurance_number: Text | None = entry(INSURANCE, "Mã số BHXH", "Social-insurance number", None)
    insurance_standing: Text = entry(INSURANCE, "Tình trạng BHXH", "Insurance standing", "none")
    months_paid: int = entry(INSURANCE, "Số tháng đã đóng", "Months paid", 0, ge=0, le=900)
    monthly_survivor_over_80: bool = entry(
        INSURANCE, "Từ 80 tuổi đang hưởng tuất hằng tháng", "Over 80 on monthly survivor benefit", False
    )
    social_kind: SocialKind = typed("Đối tượng bảo trợ xã hội", "Kind of social protection", SocialKind.NONE)
    merit: bool = typed("Người có công", "Person with merit", False)
    merit_decision: Text | None = typed("Số quyết định người có công", "Merit decision number", None)
    burial_at: Instant | None = typed("Thời gian mai táng", "Time of burial", None)
    burial_place: Text | None = typed("Địa điểm mai táng", "Place of burial", None)
    recipient_is_declarant: bool = typed("Người nhận là người khai", "The declarant receives the money", True)
    payment: Text = typed("Cách nhận tiền", "How to be paid", "bank")
    bank_account: Text | None = typed("Tài khoản ngân hàng", "Bank account", None)
    survivor_choice: SurvivorChoice | None = typed(
        "Hưởng tuất một lần hay hằng tháng", "Lump sum or monthly", None
    )
    relatives: tuple[Relative, ...] = typed("Danh sách thân nhân", "List of survivors", (), max_length=20)


class Delivery(Closed):
    """How the results come back, and the pledge."""

    extract: ResultMethod = typed(
        "Cách nhận trích lục", "How to receive the extract", ResultMethod.ELECTRONIC
    )
    residence: ResultMethod = typed(
        "Cách nhận kết quả cư trú", "How to receive the residence notice", ResultMethod.ELECTRONIC
    )
    benefit: InsuranceResultMethod = typed(
        "Cách nhận quyết định chi trả",
        "How to receive the decision on money",
        InsuranceResultMethod.ELECTRONIC,
    )
    pledge: bool = typed("Cam đoan lời khai đúng sự thật", "Pledge that this is true")


class DeathDeclaration(Closed):
    """One declaration for death registration, residence deregistration and the money that follows."""

    agencies: Agencies = Agencies()
    declarant: DeathDeclarant
    deceased: Deceased
    death: Death
    copies: Copies
    household: Household
    benefit: Benefit
    delivery: Delivery
    papers: tuple[Paper, ...] = typed("Giấy tờ đính kèm", "Attached papers", (), max_length=10)
