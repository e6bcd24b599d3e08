"""What states, units and decisions are called on the page of a case."""

from collections.abc import Mapping
from typing import Any

from flow_model.events import STEPS
from web.case.messages import TROUBLE
from web.words import N_, Words

STATES = {
    "declared": (N_("Đã khai"), "doing"),
    "in_progress": (N_("Đang giải quyết"), "doing"),
    "supplement_requested": (N_("Chờ bổ sung"), "wait"),
    "retrying": (N_("Đang thử lại"), "wait"),
    "stuck": (N_("Mắc kẹt"), "bad"),
    "finished": (N_("Đã xong"), "good"),
    "withdrawn": (N_("Đã rút"), "plain"),
    "waiting": (N_("Chưa đến lượt"), "plain"),
    "sent": (N_("Đã gửi"), "doing"),
    "received": (N_("Đã tiếp nhận"), "doing"),
    "supplement_sent": (N_("Đã gửi bổ sung"), "doing"),
    "returned_to_issuer": (N_("Trả lại cơ quan cấp"), "wait"),
    "granted": (N_("Đã có kết quả"), "good"),
    "rejected": (N_("Bị từ chối"), "bad"),
    "refused": (N_("Không tiếp nhận"), "bad"),
    "not_started": (N_("Không bắt đầu"), "plain"),
}
# Others have to do something, and the legal clock stands still: the due time moves by as much.
PAUSED = frozenset({"supplement_requested", "returned_to_issuer"})
# How a dossier ended of which not every procedure was granted.
_NOTHING, _SOME = (N_("Kết thúc, không có kết quả"), "bad"), (N_("Kết thúc, có phần không được"), "wait")
UNITS = {
    "working_days": N_("%(n)s ngày làm việc"),
    "days": N_("%(n)s ngày"),
    "working_hours": N_("%(n)s giờ làm việc"),
    "same_working_day": N_("ngay trong ngày làm việc"),
}
DECISIONS = {
    "grant": N_("Đồng ý"),
    "reject": N_("Từ chối giải quyết"),
    "request_supplement": N_("Yêu cầu bổ sung giấy tờ"),
    "return_to_issuer": N_("Trả lại cơ quan cấp giấy"),
}
# Which events are shown: all, or some kinds of them.
FILTERS: dict[str, tuple[str, frozenset[str] | None]] = {
    "": (N_("Tất cả"), None),
    "chinh": (N_("Các bước chính"), frozenset({*STEPS, "rejected", "refused"})),
    "nguoi-dan": (
        N_("Việc của người dân"),
        frozenset(
            {"declared", "visited", "supplement_sent", "consent_given", "consent_refused", "withdrawn"}
        ),
    ),
    "su-co": (N_("Sự cố và từ chối"), TROUBLE),
}
MOVES = {
    "send": N_("Gửi đơn"),
    "resend": N_("Gửi lại đơn sau khi giấy đã sửa"),
    "visit": N_("Người dân đến quầy"),
    "return_results": N_("Trả kết quả cho người dân"),
    "request_consent": N_("Hỏi ý kiến qua VNeID"),
    "forward_consent": N_("Chuyển ý kiến"),
    "supplement": N_("Người dân gửi bổ sung"),
    "mark_overdue": N_("Ghi quá hạn nếu chưa xong"),
    "ask_correction": N_("Yêu cầu cơ quan cấp sửa giấy"),
    "not_start": N_("Không bắt đầu: bước trước không có kết quả"),
    "sync": N_("Đồng bộ"),
    "decide": N_("Cán bộ quyết định"),
    "look_up": N_("Cơ quan tra cứu"),
    "fill_in_id": N_("Điền số định danh"),
}


def state_of(name: str, words: Words) -> tuple[str, str]:
    """A state in words, and the kind of its tag."""
    said, tag = STATES.get(name, (name, "plain"))
    return words.say(said), tag


def dossier_state(view: Mapping[str, Any], words: Words) -> tuple[str, str]:
    """The state of a whole dossier: one that is over is done only as far as something was granted."""
    granted = sum(step["state"] == "granted" for step in view["steps"])
    if view["state"] != "finished" or granted == len(view["steps"]):
        return state_of(view["state"], words)
    said, tag = _SOME if granted else _NOTHING
    return words.say(said), tag


def limit_of(limit: Any, words: Words) -> str:
    """A limit in words; nothing where the law gives none."""
    if not limit or limit.get("value") is None:
        return ""
    return words.say(UNITS.get(limit["unit"], "%(n)s"), n=limit["value"])
