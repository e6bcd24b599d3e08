"""The one electronic declaration of the birth group (Form 01 of Decree 63/2024, as its screens show it).

The printed Form 01 was not seen; the blocks follow the live screens (domain sheet 6.4). Each field
says where its value comes from: what has a source other than "typed" is filled in for the citizen.
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

NoticeCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}\.GCS\.[0-9]{5}\.[0-9]{2}$")]
PassportNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{6,12}$")]


class Relation(StrEnum):
    """The declarant's relation to the child (Law on Civil Status Art. 15)."""

    MOTHER = "mother"
    FATHER = "father"
    GRANDPARENT = "grandparent"
    RELATIVE = "relative"
    CARER = "carer"


class FamilyCase(StrEnum):
    """Which parents are known."""

    BOTH_KNOWN = "both_known"
    FATHER_UNKNOWN = "father_unknown"
    MOTHER_UNKNOWN = "mother_unknown"
    BOTH_UNKNOWN = "both_unknown"


class ResidenceCase(StrEnum):
    """Where the child will be registered."""

    WITH_PARENTS = "with_parents"
    WITH_ONE_PARENT = "with_one_parent"
    ELSEWHERE = "elsewhere"


class Paper(StrEnum):
    """What may be attached."""

    WITNESS_STATEMENT = "witness_statement"
    PLEDGE = "pledge"
    SURROGACY_DOCUMENT = "surrogacy_document"
    ABANDONMENT_RECORD = "abandonment_record"
    PARENTS_CONSENT = "parents_consent"
    PROOF_OF_DWELLING = "proof_of_dwelling"
    NATIONALITY_AGREEMENT = "nationality_agreement"
    RECOGNITION_OF_CHILD = "recognition_of_child"
    TWIN_CONFIRMATION = "twin_confirmation"
    BIRTH_NOTICE_SCAN = "birth_notice_scan"


class BirthType(StrEnum):
    """The kind of registration, by the portal's list: 1 in time, 4 late."""

    IN_TIME = "1"
    LATE = "4"


P, N, R = Source.POPULATION, Source.NOTICE, Source.RESIDENCE


class Agencies(Closed):
    """Block 1 of the screens; the agencies themselves follow from the addresses."""

    birth_type: BirthType = typed("Loại khai sinh", "Kind of registration", BirthType.IN_TIME)
    residence_in_same_area: bool = typed(
        "Đăng ký thường trú cùng địa bàn khai sinh",
        "Residence in the same area as the birth registration",
        True,
    )


class BirthDeclarant(Declarant):
    """Who declares a birth, and what they are to the child."""

    relation: Relation = typed("Quan hệ với người được khai sinh", "Relation to the child")


class Notice(Closed):
    """The birth notice of the health facility; without one, its substitutes are attached."""

    code: NoticeCode | None = typed("Số giấy chứng sinh", "Birth notice number", None)
    children_this_birth: int | None = entry(
        N, "Số con trong lần sinh", "Children of this birth", None, ge=1, le=9
    )
    issued_on: Day | None = entry(N, "Ngày cấp giấy chứng sinh", "Notice issued on", None)


class Child(Closed):
    """The child: name, nationality and ethnicity are typed, the rest comes with the notice."""

    full_name: FullName = typed("Họ, chữ đệm, tên trẻ", "Child's full name")
    born_on: Day = entry(N, "Ngày sinh của trẻ", "Child's date of birth")
    sex: Sex = entry(N, "Giới tính của trẻ", "Child's sex")
    birthplace: Address = entry(N, "Nơi sinh", "Place of birth")
    died_on: Day | None = entry(N, "Ngày trẻ mất", "Day the child died", None)
    ethnicity: Ethnicity = typed("Dân tộc của trẻ", "Child's ethnicity")
    nationality: Nationality = typed("Quốc tịch của trẻ", "Child's nationality")
    hometown: Address = typed("Quê quán", "Hometown")


class Mother(Closed):
    """The mother: known from the notice by her ID, completed by the population database."""

    personal_id: PersonalId | None = entry(N, "Số định danh của mẹ", "Mother's personal ID", None)
    passport: PassportNumber | None = typed("Hộ chiếu của mẹ", "Mother's passport", None)
    full_name: FullName = entry(N, "Họ, chữ đệm, tên mẹ", "Mother's full name")
    born_on: Day = entry(N, "Ngày sinh của mẹ", "Mother's date of birth")
    ethnicity: Ethnicity = entry(P, "Dân tộc của mẹ", "Mother's ethnicity")
    nationality: Nationality = entry(P, "Quốc tịch của mẹ", "Mother's nationality")
    residence: Address | None = entry(P, "Nơi cư trú của mẹ", "Mother's residence", None)


class Father(Closed):
    """The father: his ID is typed, the population database gives the rest."""

    personal_id: PersonalId | None = typed("Số định danh của cha", "Father's personal ID", None)
    passport: PassportNumber | None = typed("Hộ chiếu của cha", "Father's passport", None)
    full_name: FullName = entry(P, "Họ, chữ đệm, tên cha", "Father's full name")
    born_on: Day = entry(P, "Ngày sinh của cha", "Father's date of birth")
    ethnicity: Ethnicity = entry(P, "Dân tộc của cha", "Father's ethnicity")
    nationality: Nationality = entry(P, "Quốc tịch của cha", "Father's nationality")
    residence: Address | None = entry(P, "Nơi cư trú của cha", "Father's residence", None)


class Marriage(Closed):
    """The parents' marriage certificate."""

    number: Text | None = typed("Số giấy chứng nhận kết hôn", "Marriage certificate number", None)
    book: Text | None = typed("Quyển số", "Book", None)
    registered_on: Day | None = typed("Ngày đăng ký kết hôn", "Married on", None)
    place: Text | None = typed("Nơi đăng ký kết hôn", "Place of registration", None)


class Residence(Closed):
    """Where the child will live; householder and owner come from the residence registry."""

    confirmed_by_vneid: bool = typed(
        "Xác nhận qua VNeID (không thì ký giấy)", "Confirmed by VNeID, not on paper", True
    )
    case: ResidenceCase = typed("Trường hợp đăng ký thường trú", "Residence case")
    address: Address = entry(R, "Nơi đăng ký thường trú", "Address of residence")
    householder_id: PersonalId = entry(R, "Số định danh chủ hộ", "Householder's personal ID")
    householder_name: FullName = entry(R, "Họ, chữ đệm, tên chủ hộ", "Householder's full name")
    owner_id: PersonalId = entry(R, "Số định danh chủ sở hữu chỗ ở", "Dwelling owner's personal ID")
    owner_name: FullName = entry(R, "Họ, chữ đệm, tên chủ sở hữu", "Dwelling owner's full name")
    relation_to_householder: Text = typed("Quan hệ với chủ hộ", "Relation to the householder")


class Insurance(Closed):
    """What the health-insurance card needs beside the birth."""

    first_contact_facility: Text = typed(
        "Nơi đăng ký khám chữa bệnh ban đầu", "First-contact health facility"
    )
    guardian: Text = typed("Cha/mẹ/người giám hộ ghi trên thẻ", "Guardian shown on the card")
    poor_household_number: Text | None = typed("Số sổ hộ nghèo", "Poor-household number", None)
    poor_household_issued_on: Day | None = typed(
        "Ngày cấp sổ hộ nghèo", "Poor-household paper issued on", None
    )


class Delivery(Closed):
    """How the results come back, and the pledge."""

    certificate: ResultMethod = typed(
        "Cách nhận giấy khai sinh", "How to receive the certificate", ResultMethod.ELECTRONIC
    )
    residence: ResultMethod = typed(
        "Cách nhận kết quả cư trú", "How to receive the residence notice", ResultMethod.ELECTRONIC
    )
    card: InsuranceResultMethod = typed(
        "Cách nhận thẻ BHYT", "How to receive the insurance card", InsuranceResultMethod.ELECTRONIC
    )
    place: Text | None = typed("Nơi nhận bản giấy", "Where to receive paper", None)
    pledge: bool = typed("Cam đoan lời khai đúng sự thật", "Pledge that this is true")


class BirthDeclaration(Closed):
    """One declaration for birth registration, permanent residence and the health-insurance card."""

    family_case: FamilyCase = typed("Trường hợp gia đình", "Family case")
    agencies: Agencies = Agencies()
    declarant: BirthDeclarant
    notice: Notice
    child: Child
    mother: Mother | None = None
    father: Father | None = None
    marriage: Marriage
    copies: Copies
    residence: Residence
    insurance: Insurance
    delivery: Delivery
    papers: tuple[Paper, ...] = typed("Giấy tờ đính kèm", "Attached papers", (), max_length=10)
