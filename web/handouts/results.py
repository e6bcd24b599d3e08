"""Results marked SAMPLE, with a QR code that opens the case on this installation."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import segno

from flow_model.errors import UnknownThing
from flow_model.group import Group
from web.agencies import name_of
from web.formats import day, filters_for
from web.handouts.common import Json, sheet
from web.showing import show
from web.words import N_, Words

_SAID = {
    "sample": N_("MẪU"),
    "issued_by": N_("Cơ quan cấp"),
    "open_case": N_("Quét mã để mở hồ sơ trên máy này"),
    "not_a_document": N_("Tờ này không phải giấy tờ. Người và số trên tờ này đều được dựng ra."),
}
_ONLY_HERE = N_(
    "Địa chỉ này là của riêng máy đang chạy nên máy khác quét mã sẽ không mở được. Muốn quét được, hãy chạy "
    "SANDBOX_HOST=0.0.0.0 python3 run.py demo rồi in lại từ địa chỉ của máy trong mạng."
)
_VALUES = {
    "personal_id": N_("Số định danh cá nhân"),
    "certificate_number": N_("Số giấy khai sinh"),
    "book": N_("Quyển số"),
    "page": N_("Trang"),
    "registered_on": N_("Ngày đăng ký"),
    "registered_full_name": N_("Họ, chữ đệm, tên"),
    "registered_commune": N_("Nơi đăng ký: xã, phường"),
    "registered_province": N_("Nơi đăng ký: tỉnh, thành phố"),
    "notice_number": N_("Số thông báo"),
    "household_id": N_("Số hộ"),
    "card_code": N_("Mã thẻ"),
    "valid_from": N_("Giá trị từ ngày"),
    "valid_to": N_("Đến ngày"),
    "identity_card_number": N_("Số thẻ căn cước"),
    "issued_on": N_("Ngày cấp"),
    "extract_number": N_("Số trích lục"),
    "deregistered_on": N_("Ngày xóa đăng ký"),
    "decision_number": N_("Số quyết định"),
    "amount_vnd": N_("Số tiền (đồng)"),
    "paid_on": N_("Ngày chi trả"),
    "kind": N_("Loại trợ cấp"),
    "recipients": N_("Người nhận"),
}


def result_sheet(
    words: Words,
    group: Group,
    dossier: Mapping[str, Any],
    results: Mapping[str, Any],
    address: str,
    *,
    only_here: bool = False,
) -> Json:
    """The results so far, a page each; ``address`` is where the case is shown, perhaps here alone."""
    pages = [_result(words, group, dossier, name, told["values"]) for name, told in results.items()]
    if not pages:
        raise UnknownThing("Hồ sơ chưa có kết quả nào", "the dossier has no result yet")
    return sheet(
        words,
        words.say(N_("Kết quả của hồ sơ %(code)s"), code=dossier["dossier"]),
        dossier["dossier"],
        said=_SAID,
        pages=pages,
        address=address,
        only_here=words.say(_ONLY_HERE) if only_here else "",
        qr=qr_svg(address),
    )


def qr_svg(address: str) -> str:
    """The code as SVG."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=2, xmldecl=False, omitsize=True
    )
    return drawn.getvalue().decode()


def value_name(name: str, words: Words) -> str:
    """What a value of a result is called; one that we do not know, by its own name."""
    return words.say(_VALUES[name]) if name in _VALUES else name.replace("_", " ")


def _result(
    words: Words, group: Group, dossier: Mapping[str, Any], procedure_id: str, values: Mapping[str, Any]
) -> Json:
    procedure = group.procedure(procedure_id)
    decided = next(each["decided_at"] for each in dossier["steps"] if each["procedure"] == procedure_id)
    return {
        "title": words.pick(procedure.result_title_vi, procedure.result_title_en),
        "agency": name_of(procedure.agency, words),
        "subject": dossier["subject"],
        "decided": day(decided),
        "values": [[value_name(name, words), _shown(name, each, words)] for name, each in values.items()],
    }


def _shown(name: str, value: Any, words: Words) -> str:
    """A value as people read it; money with its separators."""
    if name.endswith("_vnd") and isinstance(value, int):
        return filters_for(words.language)["number"](value, 0)
    return show(value, words.language)
