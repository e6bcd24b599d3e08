"""What the citizen is told: one text for each change of state, in Vietnamese and English.

Decree 63/2024, Article 7: appointment, status, reasons, an apology for lateness; through portal, VNeID, SMS.
On the old path nobody tells anybody: the citizen goes and asks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow_model.case import Case
from flow_model.events import Event
from flow_model.progress import consents_of

# By kind of event: to whom, by which channels, what is said.
_CITIZEN, _RELATIVE = "declarant", "relative"
_ALL = ("portal", "vneid", "sms")
_TEXTS: dict[str, tuple[str, str]] = {
    "declared": (
        "Hồ sơ {dossier} ({subject}) đã được gửi, gồm: {procedures}.",
        "Dossier {dossier} ({subject}) was submitted for: {procedures}.",
    ),
    "received": (
        "{procedure}: đã tiếp nhận, hẹn trả kết quả {due}.",
        "{procedure}: received; the result is due {due}.",
    ),
    "verification_started": (
        "{procedure}: phải xác minh, hẹn trả kết quả {due}.",
        "{procedure}: must be verified; the result is due {due}.",
    ),
    "supplement_requested": (
        "{procedure}: cần bổ sung trước {answer_by}. Lý do: {reason}.",
        "{procedure}: a supplement is needed before {answer_by}. Reason: {reason_en}.",
    ),
    "supplemented": (
        "{procedure}: đã nhận hồ sơ bổ sung, hẹn trả kết quả {due}.",
        "{procedure}: the supplement arrived; the result is due {due}.",
    ),
    "returned_to_issuer": (
        "{procedure}: giấy tờ đã cấp có sai sót, được trả về cơ quan cấp để sửa; quý vị không phải làm gì.",
        "{procedure}: a certificate has an error and goes back to its issuer; you need do nothing.",
    ),
    "corrected": ("{procedure}: cơ quan cấp đã sửa sai sót.", "{procedure}: the issuer corrected the error."),
    "granted": ("{procedure}: đã có kết quả: {result}.", "{procedure}: the result is ready: {result_en}."),
    "rejected": (
        "{procedure}: bị từ chối. Lý do: {reason}.",
        "{procedure}: was rejected. Reason: {reason_en}.",
    ),
    "refused": (
        "{procedure}: không được tiếp nhận. Lý do: {reason}.",
        "{procedure}: was not received. Reason: {reason_en}.",
    ),
    "not_started": (
        "{procedure}: không thực hiện được vì bước trước không có kết quả hoặc thiếu sự đồng ý.",
        "{procedure}: cannot be done: the step before gave no result, or a consent is missing.",
    ),
    "overdue": (
        "{procedure}: đã quá hẹn. Xin lỗi quý vị vì sự chậm trễ; cơ quan sẽ báo ngày trả mới.",
        "{procedure}: is overdue. We apologise for the delay; a new date will be given.",
    ),
    "personal_id_filled_in": (
        "{procedure}: số định danh cá nhân đã được bổ sung vào giấy.",
        "{procedure}: the personal identification number was filled in.",
    ),
    "consent_requested": (
        "VNeID: đề nghị xác nhận “{consent}” cho hồ sơ {dossier}.",
        "VNeID: please confirm “{consent_en}” for dossier {dossier}.",
    ),
    "withdrawn": ("Hồ sơ {dossier} đã được rút theo yêu cầu.", "Dossier {dossier} was withdrawn as asked."),
    "results_returned": (
        "Hồ sơ {dossier} đã giải quyết xong; kết quả được cấp đã về kho dữ liệu điện tử của quý vị.",
        "Dossier {dossier} is finished; what was granted is in your electronic document warehouse.",
    ),
}


@dataclass(frozen=True)
class Message:
    """One message: when, to whom, by which channels, about which procedure, in both languages."""

    at: datetime
    to: str
    channels: tuple[str, ...]
    about: str
    procedure: str | None
    text_vi: str
    text_en: str

    def as_json(self) -> dict[str, Any]:
        """The message as it is shown."""
        return {
            "at": self.at.isoformat(),
            "to": self.to,
            "channels": list(self.channels),
            "about": self.about,
            "procedure": self.procedure,
            "text_vi": self.text_vi,
            "text_en": self.text_en,
            "sample": "MÔ PHỎNG",
        }


def messages(case: Case, history: Iterable[Event]) -> list[Message]:
    """Every message that a history led to, in order; none on the old path."""
    if case.path == "separate":
        return []
    return [_message(case, event) for event in history if _is_told(event)]


def _is_told(event: Event) -> bool:
    # An application that is taken back is told with its dossier, once.
    return event.kind in _TEXTS and not (event.kind == "withdrawn" and event.procedure is not None)


def _message(case: Case, event: Event) -> Message:
    words = _words(case, event)
    vi, en = _TEXTS[event.kind]
    relative = event.kind == "consent_requested"
    return Message(
        at=event.at,
        to=_RELATIVE if relative else _CITIZEN,
        channels=("vneid",) if relative else _ALL,
        about=event.kind,
        procedure=event.procedure,
        text_vi=vi.format(**words),
        text_en=en.format(**{name: words.get(f"{name}_en", said) for name, said in words.items()}),
    )


def _words(case: Case, event: Event) -> dict[str, str]:
    payload = event.payload
    procedure = case.group.procedure(event.procedure) if event.procedure in case.procedures else None
    consents = {consent.party: consent for consent in consents_of(case)}
    consent = consents.get(payload.get("party", ""))
    findings = payload.get("findings") or [{"message_en": ""}]
    reason = payload.get("reason") or "cơ quan không nêu"
    chosen = case.chosen()
    return {
        "dossier": case.dossier,
        "subject": str(payload.get("subject", "")),
        "procedures": "; ".join(each.title_vi for each in chosen),
        "procedures_en": "; ".join(each.title_en for each in chosen),
        "procedure": procedure.title_vi if procedure else "",
        "procedure_en": procedure.title_en if procedure else "",
        "due": _day(payload, "due_at"),
        "answer_by": _day(payload, "answer_by"),
        "reason": reason,
        "reason_en": _reason_en(payload, findings),
        "result": procedure.result_title_vi if procedure else "",
        "result_en": procedure.result_title_en if procedure else "",
        "consent": consent.title_vi if consent else "",
        "consent_en": consent.title_en if consent else "",
    }


def _reason_en(payload: Mapping[str, Any], findings: list[Mapping[str, Any]]) -> str:
    given = payload.get("reason_en") or "; ".join(
        each["message_en"] for each in findings if each.get("effect") in ("supplement", "reject")
    )
    return given or str(payload.get("reason") or "not stated by the agency")


def _day(payload: Mapping[str, Any], name: str) -> str:
    if not payload.get(name):
        return ""
    return f"{datetime.fromisoformat(payload[name]):%H:%M %d/%m/%Y}"
