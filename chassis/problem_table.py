"""The one table of HTTP numbers: for each kind of problem its number and its title in both languages."""

STATUS: dict[str, tuple[int, str, str]] = {
    # what the domain says
    "invalid-declaration": (422, "Tờ khai chưa hợp lệ", "The declaration is not valid"),
    "bad-scenario": (422, "Tệp kịch bản có lỗi", "The scenario file has mistakes"),
    "replay-differs": (422, "Khác với bản ghi", "It differs from the recording"),
    "refused": (422, "Pháp luật không cho phép cách này", "The law does not allow this way"),
    "different-body": (422, "Khóa này đã dùng cho nội dung khác", "This key was used for other content"),
    "idempotency-key-missing": (400, "Thiếu Idempotency-Key", "The Idempotency-Key is missing"),
    "conflicting-content": (409, "Đã có nội dung khác dưới tên này", "Other content stands under this name"),
    "still-running": (409, "Yêu cầu trước chưa xong", "The first request is still running"),
    "not-allowed-now": (409, "Chưa làm được việc này lúc này", "This cannot be done now"),
    "not-found": (404, "Không có thứ này", "There is no such thing"),
    "service-down": (503, "Dịch vụ tạm ngừng", "The service is down"),
    "busy": (503, "Đang quá tải", "There is too much to do"),
    "stopping": (503, "Tiến trình đang dừng", "The process is being stopped"),
    "deadline-passed": (504, "Hết thời gian chờ", "The time that was left is over"),
    "run-elsewhere": (503, "Cổng khác đang chạy lượt này", "Another gateway is at work on this run"),
    "store-full": (507, "Hết chỗ trên đĩa", "The disk is full"),
    "store-broken": (503, "Kho dữ liệu hỏng", "The store is broken"),
    "store-gone": (503, "Cơ sở dữ liệu không trả lời", "The database does not answer"),
    "lost-race": (503, "Tiến trình khác vừa ghi", "Another process wrote just now"),
    "store-trouble": (503, "Kho dữ liệu có sự cố", "The store is in trouble"),
    "neighbour-gone": (502, "Một tiến trình không trả lời", "A process does not answer"),
    "service-refused": (502, "Dịch vụ khác từ chối", "Another service refused"),
    "runaway": (500, "Lượt chạy lặp mãi một việc", "The run does one thing for ever"),
    "bad-declaration-of-flow": (500, "Luồng thủ tục khai báo sai", "The flow is declared wrongly"),
    "unusable-file": (500, "Không dùng được tệp dữ liệu", "The data file cannot be used"),
    "bad-setting": (500, "Cấu hình sai", "A setting is wrong"),
    # what the boundary says
    "bad-request": (400, "Không đọc được yêu cầu", "The request cannot be read"),
    "malformed-json": (400, "Nội dung JSON không dùng được", "The JSON body cannot be used"),
    "unsafe-address": (400, "Địa chỉ có ký tự không được phép", "The address holds a refused character"),
    "bad-header": (400, "Tiêu đề HTTP không hợp lệ", "An HTTP header is not valid"),
    "body-too-large": (413, "Nội dung quá lớn", "The body is too large"),
    "too-slow": (408, "Yêu cầu đến quá chậm", "The request came too slowly"),
    "address-too-long": (414, "Địa chỉ quá dài", "The address is too long"),
    "headers-too-large": (431, "Tiêu đề HTTP quá lớn", "The HTTP headers are too large"),
    "unsupported-media-type": (415, "Chỉ nhận JSON mã UTF-8", "Only JSON in UTF-8 is accepted"),
    # what the framework says
    "unauthorized": (401, "Cần đăng nhập", "You need to sign in"),
    "forbidden": (403, "Không có quyền", "This is not open to you"),
    "method-not-allowed": (
        405,
        "Địa chỉ này không nhận phương thức đó",
        "This address does not take that method",
    ),
    "not-acceptable": (406, "Không trả được dạng này", "This form cannot be given"),
    "precondition-failed": (412, "Nội dung đã thay đổi", "The content has changed"),
    "invalid-request": (422, "Yêu cầu có trường chưa hợp lệ", "The request has fields that are not valid"),
    "precondition-required": (428, "Thiếu If-Match", "If-Match is missing"),
    "too-many-requests": (429, "Quá nhiều yêu cầu", "Too many requests"),
    "internal-error": (500, "Lỗi của chương trình", "A fault of the program"),
    # a root without a better name
    "error": (400, "Yêu cầu không thực hiện được", "The request cannot be carried out"),
}
# Trouble of a process, not of the simulated world: whoever asked comes again, and no run hears of it.
OF_THE_PROCESS = frozenset(
    {
        "busy",
        "stopping",
        "run-elsewhere",
        "store-full",
        "store-broken",
        "store-gone",
        "lost-race",
        "too-many-requests",
    }
)
# For an HTTP number that the framework raises: the slug under which it is told.
SLUG_OF_STATUS = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "too-slow",
    409: "conflicting-content",
    412: "precondition-failed",
    413: "body-too-large",
    414: "address-too-long",
    415: "unsupported-media-type",
    422: "invalid-request",
    428: "precondition-required",
    429: "too-many-requests",
    431: "headers-too-large",
    503: "service-down",
}
DETAIL_OF_STATUS: dict[int, tuple[str, str]] = {
    404: (
        "Không có địa chỉ này. Danh sách địa chỉ ở /docs.",
        "There is nothing at this address. /docs lists the addresses.",
    ),
    405: (
        "Hãy dùng phương thức ghi trong tiêu đề Allow.",
        "Use a method that the Allow header names.",
    ),
}
