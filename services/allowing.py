"""What a desk does not allow: other content under one name, an act out of turn, a decision without reason."""

from sqlmodel import Session

from flow_model.errors import ConflictingContent, FieldError, InvalidDeclaration, NotAllowedNow
from flow_model.group import Procedure
from services import applications
from services.applications import ApplicationRow
from services.bodies import Decision

_STATES_VI = {
    "arrived": "mới đến, chưa tiếp nhận",
    "received": "đã tiếp nhận, chưa mở xem",
    "taken_up": "đang được xem",
    "supplement_requested": "đang chờ bổ sung",
    "returned_to_issuer": "đã trả lại cơ quan cấp giấy",
    "granted": "đã có kết quả",
    "rejected": "đã bị từ chối",
    "withdrawn": "đã rút",
}


def require_reason(sent: Decision) -> None:
    """Whoever does not decide in favour says why (Decree 63/2024, Article 7)."""
    if sent.decision != "grant" and not sent.reason.strip():
        message = ("Phải nêu lý do.", "A reason must be stated.")
        raise InvalidDeclaration(*message, errors=[FieldError("reason", "missing", *message)])


def require_same(kept: str, mark: str, name: str) -> None:
    """What was sent under a name before must be what is sent now."""
    if kept != mark:
        raise ConflictingContent(
            f"Đã có nội dung khác dưới tên {name}.", f"Other content stands under the name {name}."
        )


def require(allowed: bool, row: ApplicationRow) -> None:
    """NotAllowedNow, with the state of the application, when something is not open now."""
    if not allowed:
        stands = _STATES_VI.get(row.state, row.state)
        raise NotAllowedNow(
            f"Hồ sơ {stands} (lần bổ sung {row.round}): lúc này không làm được việc đó.",
            f"The application is {row.state}, round {row.round}: this cannot be done now.",
        )


def require_issuer(procedure: Procedure) -> None:
    """NotAllowedNow where no certificate of another agency is needed: nobody could correct it."""
    if not procedure.requires:
        raise NotAllowedNow(
            f"“{procedure.title_vi}” không dựa vào giấy của cơ quan khác, nên không có ai để trả lại.",
            f"{procedure.title_en} rests on no other agency's certificate: there is nobody to return it to.",
        )


def decided_before(session: Session, row: ApplicationRow, mark: str) -> bool:
    """Whether this very decision stands; NotAllowedNow when the state is not open to officers."""
    if row.state in applications.OPEN_TO_OFFICERS:
        return False
    kept = applications.sent_before(session, row, "decision")
    if kept is not None:
        require_same(kept, mark, f"{row.application_id}/decision")
        return True
    require(False, row)
    return False
