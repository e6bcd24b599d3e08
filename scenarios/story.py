"""One sentence a person understands for each event, in Vietnamese and English."""

from collections.abc import Mapping, Sequence
from typing import Any

from flow_model.group import Group
from scenarios import fault_words
from scenarios.parties import party

Titles = dict[str, tuple[str, str, str]]
SENTENCES: dict[str, tuple[str, str]] = {
    "declared": ("Khai một lần cho {subject}", "Declared once for {subject}"),
    "set_out": ("Bắt đầu đi làm giấy tờ cho {subject}", "Sets out from counter to counter for {subject}"),
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
    "decided_otherwise": ("Khác đi: {fault}", "Otherwise: {fault}"),
    "message_refused": ("Không nhận thông điệp: {reason}", "Message refused: {reason}"),
    "withdrawn": ("Rút hồ sơ {reason}", "Withdrawn {reason}"),
    "visited": ("{visit} tại {agency}{fields}", "{visit} at {agency}{fields}"),
    "consent_requested": ("Hỏi ý kiến qua VNeID: {party}", "Consent asked by VNeID: {party}"),
    "consent_given": ("Bấm đồng ý trên VNeID: {party}", "Consent clicked on VNeID: {party}"),
    "consent_refused": ("Không đồng ý trên VNeID: {party}", "Consent refused on VNeID: {party}"),
    "consent_forwarded": ("Chuyển ý kiến đồng ý", "Consent forwarded"),
    "attempt_failed": ("Chưa được ({effect}), thử lại lúc {again}", "Not yet ({effect}), next try {again}"),
    "stuck": (
        "BỊ KẸT sau {attempts} lần: {move} – {reason}; chờ {owner} xử lý",
        "STUCK after {attempts} tries: {move}, {reason}; {owner} must see to it",
    ),
    "put_back": ("Đã sửa xong, làm lại: {move}", "Put right, tried again: {move}"),
    "results_returned": ("Báo đủ kết quả mọi thủ tục cho người dân", "The citizen is told every outcome"),
}
# What a message that a fault hit told of.
_MESSAGES: dict[str, tuple[str, str]] = {
    "received": ("đã tiếp nhận", "received"),
    "taken_up": ("đang xem", "taken up"),
    "verification_started": ("phải xác minh", "to be verified"),
    "supplement_requested": ("yêu cầu bổ sung", "supplement requested"),
    "supplemented": ("đã nhận bổ sung", "supplement received"),
    "granted": ("đồng ý", "granted"),
    "rejected": ("từ chối", "rejected"),
    "consent_given": ("đã bấm đồng ý", "consent given"),
    "consent_refused": ("không đồng ý", "consent refused"),
}
VISITS = {
    "submit": ("Đến nộp", "Hands in"),
    "collect": ("Đến nhận kết quả", "Collects the result"),
    "supplement": ("Đến nộp bổ sung", "Brings the supplement"),
}


def sentence(
    event: Mapping[str, Any],
    titles: Mapping[str, tuple[str, str, str]],
    results: Mapping[str, Sequence[str]],
    language: str,
) -> str:
    """The sentence of an event.

    ``titles`` and ``results`` are those of ``sayings``.
    """
    index = 0 if language == "vi" else 1
    payload, procedure = event["payload"], event["procedure"]
    kind = "set_out" if payload.get("path") == "separate" else event["kind"]
    kind = "decided_otherwise" if payload.get("fault") == "officer_decides" else kind
    title = titles.get(procedure or "", ("", "", ""))
    template: str = SENTENCES.get(kind, (kind, kind))[index]
    reason = payload.get("reason_en", "") if language == "en" else ""
    return template.format(
        subject=payload.get("subject", ""),
        procedure=title[index],
        form=payload.get("form_code", ""),
        agency=party(title[2], index),
        due=short(payload.get("due_at", "")),
        findings=_findings(payload, index),
        reason=reason or payload.get("reason") or payload.get("message_vi", ""),
        result=_result(payload.get("results", {}), results.get(procedure or "", ())),
        visit=VISITS.get(payload.get("purpose", ""), ("", ""))[index],
        fields=_fields(payload, index),
        party=_titled(titles, payload.get("party", ""), index),
        effect=fault_words.effect(payload.get("reason", ""), index),
        fault=fault_words.fault(payload, index, short(payload.get("back_at", "")), _MESSAGES),
        again=short(payload.get("next_try_at", "")),
        attempts=payload.get("attempts", ""),
        move=" ".join(payload[name] for name in ("move", "about") if name in payload),
        owner=party(payload.get("owner", ""), index),
    )


def sayings(group: Group) -> tuple[Titles, dict[str, tuple[str, ...]]]:
    """What ``sentence`` needs to know of a group.

    (Vietnamese, English, agency) by procedure and by party whose consent is asked, and the order in which
    the results of a procedure are told.
    """
    parties = {
        consent.party: (consent.title_vi, consent.title_en, "")
        for procedure in group.procedures
        for consent in procedure.consents
    }
    titles = {each.id: (each.title_vi, each.title_en, each.agency) for each in group.procedures}
    return parties | titles, {each.id: tuple(each.results) for each in group.procedures}


def short(instant: str) -> str:
    """``05/10 08:30`` of an RFC 3339 instant."""
    return f"{instant[8:10]}/{instant[5:7]} {instant[11:16]}" if instant else ""


def _titled(titles: Mapping[str, tuple[str, str, str]], name: str, index: int) -> str:
    return titles[name][index] if name in titles else name


def _findings(payload: Mapping[str, Any], index: int) -> str:
    messages = [finding["message_en" if index else "message_vi"] for finding in payload.get("findings", [])]
    return f" ({'; '.join(messages)})" if messages else ""


def _result(values: Mapping[str, Any], order: Sequence[str]) -> str:
    shown = [_value(name, values[name]) for name in order if values.get(name) not in (None, "", [])]
    return ", ".join(shown[:2])


def _value(name: str, value: Any) -> str:
    if name.endswith("_vnd"):
        return f"{int(value):,} đ".replace(",", ".")
    if name.endswith("_on") or name.startswith("valid_"):
        return "/".join(reversed(str(value)[:10].split("-")))
    return str(value)


def _fields(payload: Mapping[str, Any], index: int) -> str:
    typed, papers = payload.get("fields_typed", 0), payload.get("documents", 0)
    if not typed and not papers:
        return ""
    return (f" ({typed} ô, {papers} giấy tờ)", f" ({typed} fields, {papers} papers)")[index]
