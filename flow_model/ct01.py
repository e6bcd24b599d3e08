"""CT01, the form for a change of residence (Circular 53/2025/TT-BCA), which both groups fill.

Ten cells, four consents where somebody must agree, five more for each further member.
"""

from flow_model.form_parts import Day, Email, FullName, OfficialForm, PersonalId, Phone, Sex, Text, cell


class CT01(OfficialForm):
    """The ten cells of the person concerned, and what the sending system prints on it."""

    full_name: FullName = cell("1", "Họ, chữ đệm và tên khai sinh", "Full name at birth", default=...)
    born_on: Day = cell("2", "Ngày, tháng, năm sinh", "Date of birth", default=...)
    sex: Sex = cell("3", "Giới tính", "Sex", default=...)
    personal_id: PersonalId | None = cell("4", "Số định danh cá nhân", "Personal ID")
    phone: Phone | None = cell("5", "Số điện thoại liên hệ", "Phone")
    email: Email | None = cell("6", "Email", "Email")
    householder_name: FullName | None = cell("7", "Họ, chữ đệm và tên chủ hộ", "Householder's full name")
    relation_to_householder: Text | None = cell("8", "Mối quan hệ với chủ hộ", "Relation to the householder")
    householder_id: PersonalId | None = cell(
        "9", "Số định danh cá nhân của chủ hộ", "Householder's personal ID"
    )
    request: Text = cell("10", "Nội dung đề nghị", "What is asked for", default=...)


class CT01WithConsents(CT01):
    """CT01 with the consents of householder, owner and parent, and the declarant's name."""

    consent_householder: Text | None = cell("(3)", "Ý kiến của chủ hộ", "Householder's consent")
    consent_owner: Text | None = cell(
        "(4)", "Ý kiến của chủ sở hữu chỗ ở hợp pháp", "Dwelling owner's consent"
    )
    consent_parent: Text | None = cell("(5)", "Ý kiến của cha, mẹ hoặc người giám hộ", "Parent's consent")
    declared_by: Text = cell("(6)", "Người kê khai", "Declared by", default=...)


class CT01WithMember(CT01):
    """CT01 with one row of the table of members who change together."""

    member_full_name: FullName | None = cell("11.2", "Thành viên: họ, chữ đệm và tên", "Member's full name")
    member_born_on: Day | None = cell("11.3", "Thành viên: ngày sinh", "Member's date of birth")
    member_sex: Sex | None = cell("11.4", "Thành viên: giới tính", "Member's sex")
    member_personal_id: PersonalId | None = cell("11.5", "Thành viên: số định danh", "Member's personal ID")
    member_relation: Text | None = cell("11.6", "Thành viên: quan hệ với chủ hộ", "Member's relation")


def name_and_id(full_name: str | None, personal_id: str | None) -> str | None:
    """A consent by VNeID shows name and personal ID only (Circular 53/2025, note 7)."""
    if full_name is None:
        return None
    return f"{full_name} ({personal_id})" if personal_id else full_name
