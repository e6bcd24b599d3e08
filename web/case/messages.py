"""Who told whom what, read from the history of a dossier."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow_model.events import Event
from web.agencies import ANSWERS_FOR, CITIZEN, GATEWAY
from web.formats import clock, short_day
from web.histories import Told
from web.words import N_, Words

# Officers' own notes: they go nowhere.
QUIET = frozenset({"taken_up", "not_started", "clock_moved"})
TROUBLE = frozenset(
    {
        "attempt_failed",
        "stuck",
        "message_refused",
        "fault_injected",
        "overdue",
        "rejected",
        "refused",
        "consent_refused",
        "returned_to_issuer",
    }
)
_FROM_AGENCY = frozenset(
    {
        "received",
        "verification_started",
        "supplement_requested",
        "supplemented",
        "returned_to_issuer",
        "corrected",
        "granted",
        "rejected",
        "refused",
        "personal_id_filled_in",
        "message_refused",
    }
)
_FROM_CITIZEN = frozenset({"declared", "supplement_sent", "consent_given", "consent_refused", "withdrawn"})
_TO_CITIZEN = frozenset({"consent_requested", "results_returned"})
_TOLD_AT_THE_COUNTER = frozenset({"received", "supplement_requested", "supplemented", "refused", "rejected"})
_LABELS = {
    "declared": N_("Nộp tờ khai"),
    "sent": N_("Gửi %(form)s"),
    "received": N_("Tiếp nhận, hẹn %(due)s"),
    "taken_up": N_("Cán bộ mở hồ sơ"),
    "not_started": N_("Không bắt đầu"),
    "verification_started": N_("Phải xác minh, hẹn %(due)s"),
    "supplement_requested": N_("Yêu cầu bổ sung"),
    "supplement_sent": N_("Gửi bổ sung"),
    "supplemented": N_("Đã nhận bổ sung"),
    "returned_to_issuer": N_("Trả lại cơ quan cấp"),
    "correction_requested": N_("Yêu cầu sửa giấy"),
    "corrected": N_("Đã sửa giấy"),
    "granted": N_("Đồng ý, trả kết quả"),
    "rejected": N_("Từ chối"),
    "refused": N_("Không tiếp nhận"),
    "personal_id_filled_in": N_("Số định danh đến sau"),
    "overdue": N_("Quá hạn"),
    "fault_injected": N_("Sự cố"),
    "message_refused": N_("Không nhận thông điệp"),
    "withdrawn": N_("Rút hồ sơ"),
    "consent_requested": N_("Hỏi ý kiến qua VNeID"),
    "consent_given": N_("Đồng ý trên VNeID"),
    "consent_refused": N_("Không đồng ý trên VNeID"),
    "consent_forwarded": N_("Chuyển ý kiến đồng ý"),
    "attempt_failed": N_("Gửi không được, thử lại %(again)s"),
    "stuck": N_("Mắc kẹt, chờ người xử lý"),
    "put_back": N_("Thử lại sau khi sửa"),
    "results_returned": N_("Báo đủ kết quả"),
}
_VISITS = {
    "submit": N_("Đến nộp"),
    "collect": N_("Đến nhận kết quả"),
    "supplement": N_("Đến nộp bổ sung"),
}


@dataclass(frozen=True)
class Message:
    """One arrow; from a party to itself it is a note. ``event`` is the number of what it tells of."""

    event: int
    at: datetime
    sender: str
    receiver: str
    label: str
    trouble: bool


def named_kinds() -> frozenset[str]:
    """The kinds of events that have words of their own."""
    return frozenset(_LABELS)


def messages(told: Told, words: Words) -> list[Message]:
    """All arrows of a dossier, in order."""
    found: list[Message] = []
    for event in told.events:
        if event.kind in QUIET or (event.kind == "sent" and told.case.path == "separate"):
            continue
        sender, receiver = _way(event, told)
        label = label_of(event, words)
        found.append(Message(event.sequence, event.at, sender, receiver, label, event.kind in TROUBLE))
        if event.kind == "declared":
            found += _looked_up(event, words)
    return found


def label_of(event: Event, words: Words) -> str:
    """A few words for an event."""
    payload: Mapping[str, Any] = event.payload
    if event.kind == "declared" and payload.get("path") == "separate":
        return words.say("Bắt đầu đi làm giấy tờ")
    if event.kind == "visited":
        return words.say(_VISITS.get(payload["purpose"], _VISITS["submit"]))
    if payload.get("fault") == "officer_decides":
        return words.say("Quyết định khác đi")
    return words.say(
        _LABELS.get(event.kind, event.kind),
        form=payload.get("form_code", ""),
        due=_short(payload.get("due_at")),
        again=_short(payload.get("next_try_at")),
    )


def parties(found: Iterable[Message], agencies: Iterable[str]) -> list[str]:
    """Who takes part, in the order in which they stand: citizen, gateway, registries, agencies."""
    present = {party for message in found for party in (message.sender, message.receiver)}
    order = [CITIZEN, GATEWAY, "population", "health", *agencies]
    known = [party for party in dict.fromkeys(order) if party in present]
    return [*known, *sorted(present - set(known))]


def _way(event: Event, told: Told) -> tuple[str, str]:
    agency = told.case.group.procedure(event.procedure).agency if event.procedure else GATEWAY
    on_foot = told.case.path == "separate"
    rules: list[tuple[bool, Callable[[], tuple[str, str]]]] = [
        (event.kind == "visited", lambda: (CITIZEN, agency)),
        (on_foot and event.kind in ("declared", "results_returned"), lambda: (CITIZEN, CITIZEN)),
        (event.kind in ("attempt_failed", "stuck", "put_back"), lambda: _failed(event, agency)),
        (event.kind in ("overdue", "fault_injected"), lambda: (agency, agency)),
        (on_foot and event.kind in _TOLD_AT_THE_COUNTER, lambda: (agency, CITIZEN)),
        (on_foot and event.kind == "granted", lambda: (agency, agency)),
        (event.kind in _FROM_AGENCY, lambda: (agency, GATEWAY)),
        (event.kind in _FROM_CITIZEN, lambda: (CITIZEN, GATEWAY)),
        (event.kind in _TO_CITIZEN, lambda: (GATEWAY, CITIZEN)),
    ]
    return next((way() for applies, way in rules if applies), (GATEWAY, agency))


def _failed(event: Event, agency: str) -> tuple[str, str]:
    service = str(event.payload.get("service", agency))
    # What an agency itself could not do goes nowhere.
    return (service, service) if event.actor == service else (GATEWAY, service)


def _looked_up(declared: Event, words: Words) -> list[Message]:
    """What was filled in from the registries before the citizen signed: a question and an answer each."""
    sources: Mapping[str, str] = declared.payload.get("sources", {})
    counted = Counter(ANSWERS_FOR[source] for source in sources.values() if source in ANSWERS_FOR)
    found = []
    for service, fields in counted.items():
        answer = words.say("%(n)s ô lấy sẵn", n=fields)
        found.append(Message(declared.sequence, declared.at, GATEWAY, service, words.say("Tra cứu"), False))
        found.append(Message(declared.sequence, declared.at, service, GATEWAY, answer, False))
    return found


def _short(instant: str | None) -> str:
    return f"{clock(instant)} {short_day(instant)}" if instant else ""
