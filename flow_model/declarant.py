"""Who declares, as the VNeID login knows them: the block that both declarations begin with."""

from flow_model.form_parts import (
    Address,
    Closed,
    Day,
    Email,
    FullName,
    PersonalId,
    Phone,
    Sex,
    Source,
    Text,
    entry,
    typed,
)
from flow_model.group import LookUp, Prefill

V = Source.VNEID

# The login by VNeID knows the declarant; every group that begins with a declarant begins with this.
FROM_VNEID = Prefill(
    LookUp("vneid", "population", "person", "declarant.personal_id"),
    {
        "declarant.full_name": "full_name",
        "declarant.born_on": "born_on",
        "declarant.sex": "sex",
        "declarant.id_issued_on": "id_issued_on",
        "declarant.id_issued_by": "id_issued_by",
        "declarant.residence": "residence",
    },
)


class Declarant(Closed):
    """Eight entries come from the VNeID login; phone and e-mail are typed, and the relation by each group."""

    personal_id: PersonalId = entry(V, "Số định danh người yêu cầu", "Declarant's personal ID")
    full_name: FullName = entry(V, "Họ, chữ đệm, tên người yêu cầu", "Declarant's full name")
    born_on: Day = entry(V, "Ngày sinh người yêu cầu", "Declarant's date of birth")
    sex: Sex = entry(V, "Giới tính người yêu cầu", "Declarant's sex")
    id_issued_on: Day | None = entry(V, "Ngày cấp giấy tờ", "ID paper issued on", None)
    id_issued_by: Text | None = entry(V, "Nơi cấp giấy tờ", "ID paper issued by", None)
    residence_type: Text = entry(V, "Loại cư trú", "Kind of residence", "permanent")
    residence: Address = entry(V, "Nơi cư trú người yêu cầu", "Declarant's residence")
    phone: Phone = typed("Số điện thoại", "Phone")
    email: Email | None = typed("Thư điện tử", "Email", None)
