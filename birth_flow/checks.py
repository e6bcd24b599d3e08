"""What officers look for in a birth dossier: pure questions, each with the article it enforces.

The first argument is the filled official form, the second what the officer looked up. None means
nothing was found.
"""

from birth_flow.declaration import FamilyCase, Paper, Relation
from birth_flow.forms import BirthRegistrationForm, HealthInsuranceForm, ResidenceForm
from flow_model.group import Effect, Facts, Finding

CIVIL_STATUS_15 = "Luật Hộ tịch 60/2014/QH13, Điều 15"
CIVIL_STATUS_16 = "Luật Hộ tịch 60/2014/QH13, Điều 16"
DECREE_63_8_4 = "Nghị định 63/2024/NĐ-CP, Điều 8 khoản 4"

BirthForm = BirthRegistrationForm


def declared_in_time(form: BirthForm, facts: Facts) -> Finding | None:
    """A late declaration is still accepted: the officer notes it."""
    if (facts.declared_at.date() - form.child_born_on).days <= facts.terms["declare"]:
        return None
    return Finding(
        "declared_late",
        Effect.NOTE,
        "Khai sinh quá hạn, vẫn được đăng ký",
        "declared late, registered all the same",
        CIVIL_STATUS_15,
    )


def entitled_to_declare(form: BirthForm, facts: Facts) -> Finding | None:
    """Father or mother declares; else grandparents, relatives or a carer."""
    if form.relation in (Relation.MOTHER, Relation.FATHER):
        return None
    return Finding(
        "declared_by_other_than_parent",
        Effect.NOTE,
        "Người khai không phải cha, mẹ: ông bà, người thân hoặc người nuôi dưỡng khai thay",
        "not declared by a parent: grandparents, relatives or a carer declare instead",
        CIVIL_STATUS_15,
    )


def birth_is_proven(form: BirthForm, facts: Facts) -> Finding | None:
    """A birth notice; else a witness statement; else a pledge."""
    substitutes = {
        Paper.WITNESS_STATEMENT,
        Paper.PLEDGE,
        Paper.ABANDONMENT_RECORD,
        Paper.SURROGACY_DOCUMENT,
        Paper.BIRTH_NOTICE_SCAN,
    }
    if form.notice_code is not None and facts.looked_up.get("birth_notice") is not None:
        return None
    if facts.documents & substitutes:
        return Finding(
            "birth_proven_without_notice",
            Effect.NOTE,
            "Không có giấy chứng sinh: dùng văn bản của người làm chứng hoặc giấy cam đoan",
            "no birth notice: a witness statement or a pledge stands in for it",
            CIVIL_STATUS_16,
        )
    return Finding(
        "birth_notice_missing",
        Effect.SUPPLEMENT,
        "Thiếu giấy chứng sinh hoặc giấy tờ thay thế (người làm chứng, cam đoan)",
        "the birth notice or its substitute (witness statement, pledge) is missing",
        CIVIL_STATUS_16,
        (Paper.WITNESS_STATEMENT,),
    )


def agrees_with_notice(form: BirthForm, facts: Facts) -> Finding | None:
    """Day of birth and sex are those of the signed notice."""
    notice = facts.looked_up.get("birth_notice")
    if notice is None:
        return None
    if notice["born_on"] == form.child_born_on.isoformat() and notice["sex"] == form.child_sex.value:
        return None
    return Finding(
        "differs_from_notice",
        Effect.SUPPLEMENT,
        "Ngày sinh hoặc giới tính khác với giấy chứng sinh",
        "date of birth or sex differs from the birth notice",
        CIVIL_STATUS_16,
    )


def twins_have_each_a_notice(form: BirthForm, facts: Facts) -> Finding | None:
    """Twins: two dossiers, two notices with different codes."""
    if (form.children_this_birth or 1) < 2:
        return None
    return Finding(
        "twins",
        Effect.NOTE,
        "Sinh đôi trở lên: mỗi trẻ một giấy chứng sinh, một hồ sơ",
        "twins or more: one notice and one dossier for each child",
        "Thông tư 22/2025/TT-BYT",
    )


def not_registered_before(form: BirthForm, facts: Facts) -> Finding | None:
    """One birth, one entry: the notice (or the same child of the same mother) is not in the book."""
    if facts.looked_up.get("same_notice") is None and facts.looked_up.get("same_child") is None:
        return None
    return Finding(
        "already_registered",
        Effect.REJECT,
        "Trẻ này đã được đăng ký khai sinh",
        "this birth is already registered",
        "Luật Hộ tịch 60/2014/QH13, Điều 12",
    )


def parents_as_the_law_knows_them(form: BirthForm, facts: Facts) -> Finding | None:
    """Unmarried parents need the recognition of the child; an unknown father stays blank."""
    article = "Nghị định 123/2015/NĐ-CP, Điều 15"
    recognised = Paper.RECOGNITION_OF_CHILD in facts.documents
    if form.family_case is FamilyCase.FATHER_UNKNOWN:
        return Finding(
            "father_left_blank",
            Effect.NOTE,
            "Chưa xác định được cha: họ, dân tộc, quê quán, quốc tịch theo mẹ; phần cha để trống",
            "father unknown: surname, ethnicity, hometown and nationality follow the mother",
            article,
        )
    if form.family_case is FamilyCase.BOTH_UNKNOWN:
        needed, code, remedy = (
            Paper.ABANDONMENT_RECORD in facts.documents,
            "abandonment_record_missing",
            Paper.ABANDONMENT_RECORD,
        )
    elif form.family_case is FamilyCase.MOTHER_UNKNOWN or form.marriage is None:
        needed, code, remedy = recognised, "recognition_missing", Paper.RECOGNITION_OF_CHILD
    else:
        return None
    if needed:
        return None
    return Finding(
        code,
        Effect.SUPPLEMENT,
        "Cha mẹ chưa đăng ký kết hôn hoặc chưa rõ: cần giấy tờ nhận con (hoặc biên bản trẻ bị bỏ rơi)",
        "parents not married or unknown: recognition of the child (or abandonment record) is needed",
        article,
        (remedy,),
    )


def foreign_parent_agrees(form: BirthForm, facts: Facts) -> Finding | None:
    """With a foreign parent, an agreement on the child's nationality."""
    nationalities = {form.mother_nationality, form.father_nationality} - {None}
    if nationalities <= {"VN"} or Paper.NATIONALITY_AGREEMENT in facts.documents:
        return None
    return Finding(
        "nationality_agreement_missing",
        Effect.SUPPLEMENT,
        "Có cha hoặc mẹ là người nước ngoài: cần văn bản thỏa thuận chọn quốc tịch cho con",
        "a parent is foreign: an agreement on the child's nationality is needed",
        "Luật Hộ tịch 60/2014/QH13, Điều 36",
        (Paper.NATIONALITY_AGREEMENT,),
    )


def certificate_is_right(form: ResidenceForm | HealthInsuranceForm, facts: Facts) -> Finding | None:
    """An error in the certificate sends it back to its issuer, not to the citizen."""
    if form.registered_full_name is None or form.registered_full_name == form.full_name:
        return None
    return Finding(
        "error_in_certificate",
        Effect.RETURN,
        "Họ tên trên giấy khai sinh sai: trả lại cơ quan đã cấp để sửa",
        "the name on the certificate is wrong: returned to its issuer for correction",
        DECREE_63_8_4,
    )


def householder_is_known(form: ResidenceForm, facts: Facts) -> Finding | None:
    """The householder's household stands at the address asked for (a free-text address does not match)."""
    household = facts.looked_up.get("household")
    if household is not None and household["address"]["commune_code"] == form.address.commune_code:
        return None
    return Finding(
        "address_not_matched",
        Effect.SUPPLEMENT,
        "Địa chỉ không khớp với hộ của chủ hộ trong cơ sở dữ liệu cư trú",
        "the address does not match the householder's household in the residence registry",
        "Luật Cư trú 68/2020/QH14, Điều 20",
    )


def away_from_parents_is_verified(form: ResidenceForm, facts: Facts) -> Finding | None:
    """Living elsewhere than with the parents: papers, and a longer limit to verify."""
    if form.residence_case == "with_parents":
        return None
    article = "Nghị định 63/2024/NĐ-CP, Điều 5 và Điều 7"
    if not facts.documents & {Paper.PARENTS_CONSENT, Paper.PROOF_OF_DWELLING}:
        return Finding(
            "residence_papers_missing",
            Effect.SUPPLEMENT,
            "Trẻ không ở cùng cha mẹ: cần văn bản đồng ý của cha mẹ hoặc giấy tờ chỗ ở",
            "the child will not live with the parents: their consent or proof of dwelling is needed",
            article,
            (Paper.PARENTS_CONSENT,),
        )
    return Finding(
        "residence_to_be_verified",
        Effect.VERIFY,
        "Phải xác minh điều kiện cư trú: chuyển sang thời hạn dài hơn",
        "conditions of residence must be verified: the longer limit applies",
        article,
    )


def under_six(form: HealthInsuranceForm, facts: Facts) -> Finding | None:
    """The state pays the card of a child under six; an older child uses the single procedure."""
    day = facts.declared_at.date()
    born = form.born_on
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    if age < 6:
        return None
    return Finding(
        "not_under_six",
        Effect.REJECT,
        "Trẻ đã đủ 6 tuổi: làm thủ tục riêng",
        "the child is six or older: use the single procedure",
        "Nghị định 63/2024/NĐ-CP, Điều 1",
    )
