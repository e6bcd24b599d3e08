"""Names of verdicts, states, paths and outcomes as people read them: Vietnamese, English."""

from collections.abc import Mapping

Both = tuple[str, str]

VERDICTS: Mapping[str, Both] = {
    "passed": ("Đạt", "passed"),
    "failed": ("Trượt", "failed"),
    "timed_out": ("Quá giờ", "timed out"),
    "error": ("Lỗi", "error"),
    "cancelled": ("Đã hủy", "cancelled"),
}
# Two letters that fit a narrow column, Vietnamese, English.
STATES: Mapping[str, tuple[str, str, str]] = {
    "received": ("TN", "tiếp nhận", "received"),
    "taken_up": ("TL", "thụ lý", "taken up"),
    "verification_started": ("XM", "xác minh", "verified"),
    "supplement_requested": ("YC", "yêu cầu bổ sung", "supplement asked"),
    "supplemented": ("BS", "đã bổ sung", "supplemented"),
    "returned_to_issuer": ("TV", "trả về nơi cấp", "returned to issuer"),
    "corrected": ("ĐC", "đính chính", "corrected"),
    "granted": ("KQ", "có kết quả", "granted"),
    "rejected": ("TC", "từ chối", "rejected"),
    "refused": ("KN", "không nhận", "refused"),
    "not_started": ("KB", "không bắt đầu", "not started"),
    "overdue": ("QH", "quá hạn", "overdue"),
    "withdrawn": ("RÚ", "rút hồ sơ", "withdrawn"),
}
PATHS: Mapping[str, tuple[str, str, str]] = {
    "separate": ("Cũ", "Đường cũ: từng cơ quan", "Old path: one office at a time"),
    "interlinked": ("LT", "Liên thông: khai một lần", "Interlinked: declared once"),
}
OUTCOMES: Mapping[str, tuple[str, str, str]] = {
    "granted": ("KQ", "đủ kết quả", "all granted"),
    "supplemented": ("BS", "sau khi bổ sung", "after a supplement"),
    "corrected": ("ĐC", "sau khi đính chính", "after a correction"),
    "withdrawn": ("RÚ", "rút hồ sơ", "withdrawn"),
    "not_started": ("KB", "có phần không bắt đầu", "a part never started"),
    "refused": ("KN", "có phần không nhận", "a part was refused"),
    "rejected": ("TC", "có phần từ chối", "a part was rejected"),
}
PARTS: Mapping[str, Both] = {
    "states": ("Thủ tục × trạng thái", "Procedures × states"),
    "faults": ("Loại sự cố", "Kinds of faults"),
    "reported": ("Sự cố được phản ánh", "Reported faults"),
    "articles": ("Điều luật", "Articles"),
    "paths": ("Gói × đường × kết cục", "Bundles × paths × outcomes"),
}


def decimal(number: float, places: int = 2) -> str:
    """A number as Vietnamese writes it: 1.234,50."""
    return f"{number:,.{places}f}".translate(str.maketrans(",.", ".,"))
