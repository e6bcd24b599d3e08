"""One sentence a person understands for each event, in Vietnamese and English."""

from collections.abc import Mapping, Sequence
from typing import Any

SENTENCES: dict[str, tuple[str, str]] = {
    "declared": ("Khai một lần: {subject}", "Declared once: {subject}"),
    "set_out": ("Bắt đầu đi làm giấy tờ: {subject}", "Sets out from counter to counter: {subject}"),
    "sent": ("Chuyển đơn “{procedure}” ({form}) tới {agency}", "{procedure} ({form}) sent to {agency}"),
    "received": ("{agency} tiếp nhận, hẹn trả {due}", "{agency} receives it, due {due}"),
    "taken_up": ("Cán bộ xem hồ sơ{findings}", "An officer examines it{findings}"),
    "verification_started": ("Phải xác minh, hẹn trả {due}", "To be verified, due {due}"),
    "supplement_requested": ("Yêu cầu bổ sung: {reason}", "Supplement requested: {reason}"),
    "supplement_sent": ("Người dân gửi bổ sung", "The citizen sends the supplement"),
    "supplemented": ("Đã nhận bổ sung, hẹn trả {due}", "Supplement received, due {due}"),
    "returned_to_issuer": ("Trả lại cơ quan cấp: {reason}", "Returned to its issuer: {reason}"),
    "correction_requested": ("Yêu cầu sửa giấy đã cấp", "Correction asked of the issuer"),
    "corrected": ("Đã sửa giấy", "Corrected"),
    "granted": ("{agency} ĐỒNG Ý: {result}", "{agency} GRANTS: {result}"),
    "rejected": ("{agency} TỪ CHỐI: {reason}", "{agency} REJECTS: {reason}"),
    "refused": ("Không tiếp nhận: {reason}", "Refused at the counter: {reason}"),
    "not_started": (
        "Không bắt đầu: bước trước không có kết quả",
        "Not started: the step before gave no result",
    ),
    "personal_id_filled_in": ("Điền số định danh đến sau", "Personal ID filled in later"),
    "overdue": ("QUÁ HẠN", "OVERDUE"),
    "fault_injected": ("SỰ CỐ: {fault}", "FAULT: {fault}"),
    "message_refused": ("Không nhận thông điệp: {reason}", "Message refused: {reason}"),
    "withdrawn": ("Rút hồ sơ {reason}", "Withdrawn {reason}"),
    "visited": ("{visit} tại {agency}{fields}", "{visit} at {agency}{fields}"),
    "consent_requested": ("Hỏi ý kiến qua VNeID: {party}", "Consent asked by VNeID: {party}"),
    "consent_given": ("Bấm đồng ý trên VNeID: {party}", "Consent clicked on VNeID: {party}"),
    "consent_refused": ("Không đồng ý trên VNeID: {party}", "Consent refused on VNeID: {party}"),
    "consent_forwarded": ("Chuyển ý kiến đồng ý", "Consent forwarded"),
    "attempt_failed": ("{service} tạm ngừng, thử lại lúc {again}", "{service} is down, next try {again}"),
    "stuck": (
        "BỊ KẸT sau {attempts} lần: {move} – {reason}; chờ {owner} xử lý",
        "STUCK after {attempts} tries: {move}, {reason}; {owner} must see to it",
    ),
    "put_back": ("Đã sửa xong, làm lại: {move}", "Put right, tried again: {move}"),
    "results_returned": ("Trả đủ kết quả cho người dân", "All results returned to the citizen"),
}
VISITS = {
    "submit": ("Đến nộp", "Hands in"),
    "collect": ("Đến nhận kết quả", "Collects the result"),
    "supplement": ("Đến nộp bổ sung", "Brings the supplement"),
}
AGENCIES = {
    "civil_status": ("UBND xã (hộ tịch)", "Commune civil status"),
    "residence": ("Công an xã", "Commune police"),
    "social_insurance": ("BHXH", "Social insurance"),
    "social_protection": ("Bàn bảo trợ xã hội", "Social-protection desk"),
}


def sentence(
    event: Mapping[str, Any],
    titles: Mapping[str, tuple[str, str, str]],
    results: Mapping[str, Sequence[str]],
    language: str,
) -> str:
    """The sentence of an event.

    ``titles`` gives (Vietnamese, English, agency) by procedure, ``results`` the order to tell results in.
    """
    index = 0 if language == "vi" else 1
    payload, procedure = event["payload"], event["procedure"]
    kind = "set_out" if payload.get("path") == "separate" else event["kind"]
    title = titles.get(procedure or "", ("", "", ""))
    template: str = SENTENCES.get(kind, (kind, kind))[index]
    reason = payload.get("reason_en", "") if language == "en" else ""
    return template.format(
        subject=payload.get("subject", ""),
        procedure=title[index],
        form=payload.get("form_code", ""),
        agency=AGENCIES.get(title[2], (title[2], title[2]))[index],
        due=short(payload.get("due_at", "")),
        findings=_findings(payload, index),
        reason=reason or payload.get("reason") or payload.get("message_vi", ""),
        result=_result(payload.get("results", {}), results.get(procedure or "", ())),
        visit=VISITS.get(payload.get("purpose", ""), ("", ""))[index],
        fields=_fields(payload, index),
        party=payload.get("party", ""),
        service=payload.get("service", ""),
        fault=_fault(payload),
        again=short(payload.get("next_try_at", "")),
        attempts=payload.get("attempts", ""),
        move=" ".join(payload[name] for name in ("move", "about") if name in payload),
        owner=AGENCIES.get(payload.get("owner", ""), (payload.get("owner", ""),) * 2)[index],
    )


def short(instant: str) -> str:
    """``05/10 08:30`` of an RFC 3339 instant."""
    return f"{instant[8:10]}/{instant[5:7]} {instant[11:16]}" if instant else ""


def _fault(payload: Mapping[str, Any]) -> str:
    said = (payload.get(name) for name in ("fault", "effect", "reason", "decision", "service"))
    return " ".join(str(each) for each in said if each)


def _findings(payload: Mapping[str, Any], index: int) -> str:
    messages = [finding["message_en" if index else "message_vi"] for finding in payload.get("findings", [])]
    return f" ({'; '.join(messages)})" if messages else ""


def _result(values: Mapping[str, Any], order: Sequence[str]) -> str:
    shown = [
        f"{int(values[name]):,} đ".replace(",", ".") if name.endswith("_vnd") else str(values[name])
        for name in order
        if values.get(name) not in (None, "", [])
    ]
    return ", ".join(shown[:2])


def _fields(payload: Mapping[str, Any], index: int) -> str:
    typed, papers = payload.get("fields_typed", 0), payload.get("documents", 0)
    if not typed and not papers:
        return ""
    return (f" ({typed} ô, {papers} giấy tờ)", f" ({typed} fields, {papers} papers)")[index]
