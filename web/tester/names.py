"""What tags, verdicts and states of plays are called."""

from collections.abc import Mapping
from typing import Any

from scenarios.shown import VERDICTS
from web.words import N_, Words

TAGS = {
    "birth": N_("khai sinh"),
    "death": N_("khai tử"),
    "fault": N_("sự cố"),
    "lesson": N_("bài học"),
    "complaint": N_("khiếu nại"),
    "supplement": N_("bổ sung"),
    "calendar": N_("lịch và giờ"),
    "refused": N_("không tiếp nhận"),
    "lapse": N_("quá thời gian chờ"),
    "insurance": N_("bảo hiểm"),
    "line": N_("đường truyền"),
    "consent": N_("đồng ý trên VNeID"),
    "once-only": N_("chỉ khai một lần"),
    "overdue": N_("quá hạn"),
    "late": N_("khai muộn"),
    "rejected": N_("từ chối"),
    "bundle": N_("gói thủ tục"),
    "pairwise": N_("từng cặp"),
    "family": N_("gia đình"),
    "matrix": N_("ma trận"),
    "personal-id": N_("số định danh"),
    "messages": N_("thông điệp"),
    "message": N_("thông điệp lỗi"),
    "identity-card": N_("thẻ căn cước"),
    "human": N_("người làm"),
    "cross-group": N_("hai nhóm cùng lúc"),
    "smoke": N_("thử nhanh"),
    "slow": N_("chậm"),
    "twice": N_("gửi hai lần"),
    "withdrawn": N_("rút hồ sơ"),
    "residence": N_("cư trú"),
    "old-path": N_("đường cũ"),
    "stuck": N_("bị kẹt"),
    "notice": N_("giấy báo điện tử"),
    "verification": N_("xác minh"),
    "cut-off": N_("giờ chốt nhận trong ngày"),
    "swapped-day": N_("ngày hoán đổi"),
    "merit": N_("người có công"),
    "protection": N_("bảo trợ xã hội"),
    "preview": N_("xem trước tờ khai"),
    "two-tier": N_("chính quyền hai cấp"),
    "twins": N_("sinh đôi"),
    "law": N_("đổi luật"),
    "corrected": N_("cấp lại kết quả"),
    "separate": N_("từng cơ quan một"),
    "return": N_("trả về nơi cấp"),
    "officer": N_("cán bộ"),
    "tet": N_("Tết"),
    "leap-day": N_("ngày 29 tháng 2"),
    "holiday": N_("ngày lễ"),
    "year-end": N_("cuối năm"),
}
# In this order the tags stand above the library.
FIRST_TAGS = ("birth", "death", "lesson", "fault", "complaint", "line", "calendar", "overdue", "smoke")
KINDS = {"passed": "good", "failed": "bad", "timed_out": "bad", "error": "bad", "cancelled": "plain"}
_STATES = {"queued": N_("Đang chờ"), "running": N_("Đang chạy")}


def tag_name(tag: str, words: Words) -> str:
    """A tag in words; a fault of the reported list keeps the name that it has."""
    return words.say(TAGS[tag]) if tag in TAGS else tag


def verdict_name(verdict: str, words: Words) -> str:
    """A verdict with a capital."""
    said = words.pick(*VERDICTS[verdict])
    return said[0].upper() + said[1:]


def standing(play: Mapping[str, Any], words: Words) -> tuple[str, str]:
    """How a play stands, and the kind of its tag."""
    verdict = play["verdict"]
    if verdict is None:
        return words.say(_STATES[play["state"]]), "doing" if play["state"] == "running" else "plain"
    return verdict_name(verdict, words), KINDS[verdict]
