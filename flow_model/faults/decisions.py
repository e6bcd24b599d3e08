"""Things that go wrong at a desk: a paper that did not load, a number that is not issued, no reason given."""

from typing import Literal

from pydantic import Field

from flow_model.faults.live import AttachmentLost, IdIssue, LiveFault
from flow_model.faults.parts import Moment, Name
from flow_model.faults.words import Words, decides


class AttachmentMissing(Words):
    """The dossier is created and an attachment failed to load."""

    title_vi = "Thiếu tệp đính kèm"
    title_en = "an attachment is missing"
    reported = ("F8",)
    kind: Literal["attachment_missing"]
    procedure: Name
    paper: str | None = Field(None, max_length=60)

    def live(self) -> list[LiveFault]:
        return [AttachmentLost(kind="attachment_lost", procedure=self.procedure, paper=self.paper)]


class SuspectedDuplicate(Words):
    """“Nghi trùng”: the database takes the child for somebody who has a number already."""

    title_vi = "Nghi trùng với công dân đã được cấp số"
    title_en = "suspected duplicate at ID issue"
    reported = ("F5",)
    kind: Literal["id_suspected_duplicate"]
    until: Moment

    def live(self) -> list[LiveFault]:
        return [IdIssue(kind="id_issue", answer="suspected_duplicate", until=self.until)]


class IdSystemError(Words):
    """An error text in English when the number is asked for: correct and send again."""

    title_vi = "Lỗi hệ thống (tiếng Anh) khi xin số định danh"
    title_en = "a system error at ID issue"
    reported = ("F6",)
    kind: Literal["id_system_error"]
    until: Moment

    def live(self) -> list[LiveFault]:
        return [IdIssue(kind="id_issue", answer="system_error", until=self.until)]


class IdFormatError(Words):
    """The population database calls a correct date of birth a format error."""

    title_vi = "Báo sai định dạng ngày sinh dù đúng"
    title_en = "a correct date of birth is called a format error"
    reported = ("F19",)
    kind: Literal["id_format_error"]
    until: Moment

    def live(self) -> list[LiveFault]:
        return [IdIssue(kind="id_issue", answer="format_error", until=self.until)]


class IdToBeVerified(Words):
    """“Thông tin cần xác minh”: the certificate is issued without a number, which comes later."""

    title_vi = "Thông tin cần xác minh, cấp giấy chưa có số định danh"
    title_en = "information to be verified at ID issue"
    reported = ("F20",)
    kind: Literal["id_to_be_verified"]
    until: Moment

    def live(self) -> list[LiveFault]:
        return [IdIssue(kind="id_issue", answer="to_be_verified", until=self.until)]


class NoSeal(Words):
    """An e-certificate without a red seal is not accepted and goes back to its issuer."""

    title_vi = "Không nhận giấy điện tử vì không có dấu đỏ"
    title_en = "an e-certificate is not accepted without a red seal"
    reported = ("F11",)
    kind: Literal["no_seal"]
    procedure: Name

    def live(self) -> list[LiveFault]:
        reason = ("Giấy điện tử không có dấu đỏ, chữ ký số", "the e-certificate has no seal or signature")
        return [decides(self.procedure, "return_to_issuer", 0, "no_seal", reason)]


class ReturnedWithoutReason(Words):
    """The dossier comes back and nobody says why."""

    title_vi = "Trả hồ sơ không nêu lý do"
    title_en = "returned without a stated reason"
    reported = ("F13",)
    kind: Literal["returned_without_reason"]
    procedure: Name

    def live(self) -> list[LiveFault]:
        return [decides(self.procedure, "reject", 0, "no_reason", ("", ""))]


class SecondSupplement(Words):
    """A second supplement is asked for: the first did not say everything that was missing."""

    title_vi = "Yêu cầu bổ sung lần thứ hai"
    title_en = "a second supplement is asked for"
    reported = ("F18",)
    kind: Literal["second_supplement"]
    procedure: Name
    papers: tuple[str, str]

    def live(self) -> list[LiveFault]:
        reason = ("Thiếu giấy tờ", "a paper is missing")
        return [
            decides(self.procedure, "request_supplement", turn, "asked_for_more", reason, (paper,))
            for turn, paper in enumerate(self.papers)
        ]
