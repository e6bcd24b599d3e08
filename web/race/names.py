"""What lanes, places, stages and outcomes are called."""

from web.words import N_

LANES = {"separate": N_("Đường cũ: từng cơ quan một"), "interlinked": N_("Đường liên thông: khai một lần")}
SHORT = {"separate": N_("Đường cũ"), "interlinked": N_("Liên thông")}
WHERE = {
    "desk": N_("ở cơ quan: chờ đến lượt và giải quyết"),
    "way": N_("trên đường đi"),
    "citizen": N_("chờ người dân: chờ ngày hẹn, đến lấy, chuẩn bị"),
    "trouble": N_("trục trặc: gửi lại, sửa giấy"),
}
STAGES = {
    "work": N_("cán bộ giải quyết"),
    "queue": N_("xếp hàng ở cơ quan, trong giờ làm việc"),
    "transport": N_("đi lại, chuyển hồ sơ"),
    "waiting_for_citizen": N_("chờ người dân"),
    "waiting_for_appointment": N_("chờ ngày hẹn trả"),
    "correction": N_("chờ sửa giấy"),
    "retry": N_("trục trặc, gửi lại"),
    "closed": N_("ngoài giờ làm việc, ngày nghỉ"),
}
OUTCOMES = {
    "granted": N_("đã có kết quả"),
    "rejected": N_("bị từ chối"),
    "refused": N_("không được tiếp nhận"),
    "withdrawn": N_("đã rút"),
    "not_started": N_("không bắt đầu được"),
    "waiting": N_("chưa xong"),
}
