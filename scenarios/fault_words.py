"""What a fault of a run is called in the line of an event, in Vietnamese and English."""

from collections.abc import Mapping, Sequence
from typing import Any

from scenarios.parties import party

Said = tuple[str, str]

_FAULTS: dict[str, Said] = {
    "outage": ("{service}: {effect}", "{service}: {effect}"),
    "line": ("đường truyền tới {service}: {effect}", "the line to {service}: {effect}"),
    "message": ("tin “{event}” của {service} {effect}", "the message “{event}” of {service} {effect}"),
    "absence": ("{service} vắng người, có lại lúc {back}", "nobody there at {service}, back {back}"),
    "attachment_lost": ("giấy tờ đính kèm bị mất", "attached papers are lost"),
    "certificate_error": ("giấy cấp ra có lỗi", "the certificate has an error"),
    "officer_decides": ("cán bộ {decision}", "the officer {decision}"),
}
_EFFECTS: dict[str, Said] = {
    "refused": ("không nối được", "cannot be reached"),
    "reset": ("bị ngắt giữa chừng", "cut in the middle"),
    "timeout": ("hết giờ chờ", "timed out"),
    "timeout_before": ("hết giờ chờ, chưa tới nơi", "timed out before it arrived"),
    "timeout_after": ("tới nơi nhưng mất câu trả lời", "it arrived, the answer was lost"),
    "error_500": ("máy chủ báo lỗi 500", "the server answers 500"),
    "unavailable_503": ("máy chủ báo tạm ngừng 503", "the server answers 503"),
    "unavailable": ("tạm ngừng", "is down for now"),
    "unreadable": ("câu trả lời không đọc được", "the answer cannot be read"),
    "slow": ("chậm", "slow"),
    "truncated": ("câu trả lời bị cắt cụt", "the answer is cut short"),
    "garbled": ("câu trả lời bị hỏng", "the answer is garbled"),
    "duplicate": ("gửi thành hai lần", "sent twice"),
    "closed": ("đóng cửa", "closed"),
    "lost": ("bị mất", "is lost"),
    "twice": ("đến hai lần", "comes twice"),
    "out_of_order": ("đến sai thứ tự", "comes out of order"),
    "wrong_signature": ("sai chữ ký số", "has a wrong signature"),
}
_DECISIONS: dict[str, Said] = {
    "grant": ("đồng ý", "grants"),
    "reject": ("từ chối", "rejects"),
    "request_supplement": ("yêu cầu bổ sung", "asks for a supplement"),
    "return_to_issuer": ("trả lại cơ quan cấp giấy", "returns it to the issuer"),
}


def effect(name: str, index: int) -> str:
    """What went wrong on a line or with a message, in words."""
    return _said(_EFFECTS, name, index)


def fault(payload: Mapping[str, Any], index: int, back: str, events: Mapping[str, Said]) -> str:
    """The words of a fault that showed itself; ``events`` says what a message that was hit told of."""
    template = _said(_FAULTS, payload.get("fault", ""), index)
    what = str(payload.get("effect") or payload.get("reason") or "")
    return template.format(
        service=party(str(payload.get("service", "")), index),
        effect=effect(what, index),
        event=_said(events, str(payload.get("event", "")), index),
        back=back,
        decision=_said(_DECISIONS, str(payload.get("decision", "")), index),
    )


def _said(words: Mapping[str, Sequence[str]], name: str, index: int) -> str:
    return words[name][index] if name in words else name
