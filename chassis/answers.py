"""What comes of a call: an answer, a refusal, or nothing; and how an answer is read."""

import json as json_library
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from chassis.field_messages import fields_wrong
from chassis.in_process import Received
from chassis.mishaps import Reason
from chassis.problem_table import OF_THE_PROCESS
from flow_model.errors import (
    Busy,
    FieldError,
    InvalidDeclaration,
    NeighbourGone,
    SandboxError,
    ServiceDown,
)

_REASONS: dict[Reason, tuple[str, str]] = {
    "refused": ("không nhận kết nối", "refuses connections"),
    "timeout": ("không trả lời kịp", "did not answer in time"),
    "reset": ("ngắt kết nối giữa chừng", "broke off the connection"),
    "unavailable": ("báo đang tạm ngừng", "says it is unavailable"),
    "busy": ("đang quá tải, hoặc chưa ghi được", "has too much to do, or cannot keep anything now"),
    "broken": ("báo lỗi máy chủ", "answers with a server error"),
    "unreadable": ("trả lời không đọc được", "gave an answer that cannot be read"),
}
_BUSY_STATUS = (429, 503, 507)


class ServiceUnreachable(ServiceDown):
    """The operator starts the service; whoever called sends the same request again later.

    ``staged``: it was meant to happen, as a fault of the run.
    """

    def __init__(
        self,
        service: str,
        reason: Reason,
        retry_after_seconds: int | None = None,
        *,
        staged: bool = False,
    ) -> None:
        vi, en = _REASONS[reason]
        super().__init__(
            f"Dịch vụ {service} {vi}.",
            f"The service {service} {en}.",
            retry_after_seconds=retry_after_seconds,
        )
        self.service = service
        self.reason: Reason = reason
        self.staged = staged


def told_on(down: ServiceUnreachable) -> SandboxError:
    """What a process that asked another in vain tells its own caller: to come again, or that it is gone."""
    if down.reason == "busy":
        return Busy(down.detail_vi, down.detail_en, retry_after_seconds=1)
    return NeighbourGone(down.detail_vi, down.detail_en)


class ServiceRefused(SandboxError):
    """The caller reads the other service's problem: that service says what to put right."""

    slug = "service-refused"

    def __init__(self, service: str, status: int, problem: Mapping[str, Any]) -> None:
        detail = str(problem.get("detail") or problem.get("title") or f"HTTP {status}")
        super().__init__(f"{service}: {detail}", f"{service}: {detail}")
        self.service = service
        self.status = status
        self.problem = dict(problem)

    def as_invalid(self) -> InvalidDeclaration:
        """The fields that the service found wrong, in the words that it found for them."""
        found = [each for each in self.problem.get("errors") or () if isinstance(each, dict)]
        errors = [
            FieldError(str(each.get("field")), str(each.get("code")), *[str(each.get("message"))] * 2)
            for each in found
        ]
        told = (self.detail_vi, self.detail_en)
        if self.problem_slug == "invalid-request":
            told = fields_wrong(len(errors))
        return InvalidDeclaration(*told, errors=errors)

    @property
    def problem_slug(self) -> str:
        """The last word of the problem's type: `conflicting-content`."""
        return str(self.problem.get("type", "")).rpartition(":")[2]


@dataclass(frozen=True)
class Answer:
    """What a service answered. Header names are lower case; `body` is the parsed JSON, or None."""

    status: int
    headers: Mapping[str, str]
    body: Any
    service: str = ""
    content: bytes = field(default=b"", repr=False)

    def raise_for_problem(self) -> Self:
        """The answer itself when it is no error; ServiceRefused otherwise."""
        if self.status >= 400:
            problem = self.body if isinstance(self.body, dict) else {}
            raise ServiceRefused(self.service, self.status, problem)
        return self


def comes_again(response: Received) -> float | None:
    """The seconds after which a busy process wants to be asked again; None when it is not busy."""
    if response.status_code not in _BUSY_STATUS or "retry-after" not in response.headers:
        return None
    body, _ = parsed(response.headers.get("content-type", ""), response.content)
    slug = str(body.get("type", "")).rpartition(":")[2] if isinstance(body, dict) else ""
    return float(whole_seconds(response.headers["retry-after"]) or 1) if slug in OF_THE_PROCESS else None


def whole_seconds(retry_after: str) -> int | None:
    return int(retry_after) if retry_after.isascii() and retry_after.isdigit() else None


def parsed(content_type: str, content: bytes) -> tuple[Any, bool]:
    """The JSON that it holds (None when it says that it holds none), and whether it could be read."""
    essence = content_type.partition(";")[0].strip().lower()
    if not essence.endswith(("/json", "+json")):
        return None, True
    try:
        return json_library.loads(content), True
    except (ValueError, RecursionError):
        return None, False
