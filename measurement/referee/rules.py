"""The rules by name, each with its article and how sure we are of it (docs/referee.md).

The article is the rule's own; where a dated row of ``limits.toml`` is the measure, a violation names that
row's article and confidence instead.
"""

from measurement.referee import across, actors, between_systems, citizens, order, timing
from measurement.referee.model import Rule, each

DECREE_63 = "Nghị định 63/2024/NĐ-CP"
DVCLT = "Phần mềm dịch vụ công liên thông: trạng thái 1, 3, 7, 4, 5 theo thứ tự"
# The decree binds the systems of the interlinked path; on the old path the citizen carries the paper.
INTERLINKED = ("interlinked",)

RULES: tuple[Rule, ...] = (
    Rule(
        "sent_after_required",
        "Chỉ gửi đi khi thủ tục phải có trước đã được giải quyết",
        "Nothing is sent before what it requires is granted",
        f"{DECREE_63}, Điều 8",
        "confirmed",
        each(order.sent_after_required),
    ),
    Rule(
        "granted_after_required",
        "Không có kết quả khi thiếu kết quả phải có trước",
        "No result without the result it requires",
        f"{DECREE_63}, Điều 8",
        "inferred",
        each(order.granted_after_required),
    ),
    Rule(
        "decided_what_was_received",
        "Có tiếp nhận mới có quyết định",
        "Only what was received is decided",
        DVCLT,
        "secondary",
        each(order.decided_what_was_received),
    ),
    Rule(
        "decided_within_limit",
        "Quyết định trong thời hạn đang có hiệu lực",
        "Decided within the limit in force",
        f"{DECREE_63}, Điều 7; trên đường riêng lẻ: luật của từng thủ tục",
        "confirmed",
        each(timing.decided_within_limit),
    ),
    Rule(
        "acknowledged_in_time",
        "Cơ quan nhận phải xác nhận đúng hạn từ khi hồ sơ và các đồng ý đã đến",
        "Acknowledged in time once the application and its consents have arrived",
        f"{DECREE_63}, Điều 7 khoản 4",
        "confirmed",
        each(between_systems.acknowledged_in_time),
        INTERLINKED,
    ),
    Rule(
        "synchronised_in_time",
        "Các hệ thống đồng bộ đúng hạn sau mỗi bước",
        "Systems synchronise in time after each step",
        f"{DECREE_63}, Điều 7 khoản 4",
        "confirmed",
        each(between_systems.synchronised_in_time),
        INTERLINKED,
    ),
    Rule(
        "consents_before_clock",
        "Thời hạn chỉ bắt đầu khi đủ hồ sơ và mọi đồng ý",
        "The clock starts only when the dossier and every consent are in",
        f"Luật Cư trú 68/2020/QH14, Điều 20; {DECREE_63}, Điều 8",
        "confirmed",
        each(citizens.consents_before_clock),
    ),
    Rule(
        "one_supplement_request",
        "Chỉ yêu cầu bổ sung một lần",
        "A supplement is asked for at most once",
        "Quyết định 766/QĐ-TTg",
        "secondary",
        each(citizens.one_supplement_request),
    ),
    Rule(
        "supplement_in_term",
        "Bổ sung trong thời hạn bổ sung",
        "A supplement comes within its term",
        f"{DECREE_63}, Điều 8",
        "confirmed",
        each(citizens.supplement_in_term),
    ),
    Rule(
        "nothing_decided_while_awaited",
        "Không quyết định khi còn chờ bổ sung",
        "Nothing is decided while a supplement is awaited",
        f"{DECREE_63}, Điều 8",
        "inferred",
        each(citizens.nothing_decided_while_awaited),
    ),
    Rule(
        "says_why",
        "Từ chối hoặc yêu cầu bổ sung phải nêu lý do",
        "A rejection, or a request for more, states its reason",
        f"{DECREE_63}, Điều 7 và Điều 8",
        "inferred",
        each(citizens.says_why),
    ),
    Rule(
        "error_goes_to_issuer",
        "Giấy tờ cấp sai được trả lại cơ quan đã cấp, không hỏi người dân",
        "An error in a certificate goes back to its issuer, not to the citizen",
        f"{DECREE_63}, Điều 8 khoản 4",
        "confirmed",
        each(citizens.error_goes_to_issuer),
    ),
    Rule(
        "decided_by_its_agency",
        "Chỉ cơ quan có thẩm quyền tiếp nhận và quyết định",
        "Received and decided only by the agency that the procedure names",
        f"{DECREE_63}, Điều 8",
        "confirmed",
        each(actors.decided_by_its_agency),
    ),
    Rule(
        "citizens_speak_for_themselves",
        "Khai, đồng ý và bổ sung là việc của người dân",
        "Declarations, consents and supplements come from citizens alone",
        f"{DECREE_63}, Điều 6; Luật Cư trú 68/2020/QH14, Điều 20",
        "inferred",
        each(actors.citizens_speak_for_themselves),
    ),
    Rule(
        "decided_once",
        "Mỗi thủ tục một quyết định",
        "One decision for each procedure",
        f"{DECREE_63}, Điều 8",
        "inferred",
        each(actors.decided_once),
    ),
    Rule(
        "registered_once",
        "Một sự kiện chỉ đăng ký một lần",
        "Nothing is registered twice",
        "Luật Hộ tịch 60/2014/QH13, Điều 12",
        "inferred",
        across.registered_once,
    ),
    Rule(
        "benefit_once",
        "Nhiều chế độ cùng loại chỉ hưởng một",
        "No benefit of one kind is paid twice",
        "Nghị định 176/2025/NĐ-CP, Điều 5",
        "confirmed",
        across.benefit_once,
    ),
    Rule(
        "nothing_after_withdrawal",
        "Rút hồ sơ rồi thì dừng lại",
        "Nothing happens after a withdrawal",
        "Cổng Dịch vụ công quốc gia: trạng thái 7, công dân yêu cầu rút hồ sơ",
        "secondary",
        each(order.nothing_after_withdrawal),
    ),
    Rule(
        "results_returned_when_all_ended",
        "Trả kết quả một lần, khi mọi thủ tục đã kết thúc",
        "The results are returned once, when every branch has ended",
        f"{DECREE_63}, Điều 9",
        "unverified",
        each(order.results_returned_when_all_ended),
    ),
    Rule(
        "one_after_another",
        "Trong một thủ tục, việc sau không đứng trước việc trước",
        "In one procedure each event is at or after the one before it",
        DVCLT,
        "secondary",
        each(order.one_after_another),
    ),
    Rule(
        "chain_is_whole",
        "Nhật ký không bị sửa, xóa hay chèn",
        "No event was changed, removed or put in",
        "Luật Giao dịch điện tử 20/2023/QH15: tính toàn vẹn của thông điệp dữ liệu",
        "unverified",
        each(actors.chain_is_whole),
    ),
)
