"""Things that happen to messages and answers on their way."""

from typing import Literal

from pydantic import Field

from flow_model.faults.live import PORTAL, LiveFault
from flow_model.faults.parts import Delay, Name
from flow_model.faults.words import Words, line, message


class SyncSlow(Words):
    """The dossier takes hours to reach the officer's system: it stays "newly registered"."""

    title_vi = "Đồng bộ chậm, hồ sơ nằm ở “mới đăng ký”"
    title_en = "synchronisation takes hours"
    reported = ("F2",)
    kind: Literal["sync_slow"]
    agency: Name
    procedure: Name | None = None
    delay: Delay

    def live(self) -> list[LiveFault]:
        more = {"calls": "send", "procedure": self.procedure, "delay": self.delay}
        return [line(self.agency, "slow", **more)]


class ResultNotSynced(Words):
    """The result is there, and the citizen's e-document warehouse does not have it yet."""

    title_vi = "Kết quả chưa đồng bộ về kho dữ liệu điện tử"
    title_en = "the result is not synchronised to the citizen's warehouse"
    reported = ("F9",)
    kind: Literal["result_not_synced"]
    delay: Delay

    def live(self) -> list[LiveFault]:
        return [line(PORTAL, "slow", calls="return_results", delay=self.delay)]


class StatusOutOfOrder(Words):
    """A status is pushed before the one that must come first, and is refused."""

    title_vi = "Trạng thái gửi sai thứ tự, bị từ chối"
    title_en = "a status out of order"
    reported = ("F3",)
    kind: Literal["status_out_of_order"]
    agency: Name
    procedure: Name | None = None

    def live(self) -> list[LiveFault]:
        return [message(self.agency, "out_of_order", procedure=self.procedure)]


class TypedByHand(Words):
    """The officer types the record by hand: the result never comes back until the dossier is pulled again."""

    title_vi = "Cán bộ gõ tay kết quả, mất liên kết với hồ sơ"
    title_en = "the result was typed by hand and the link is lost"
    reported = ("F4",)
    kind: Literal["typed_by_hand"]
    agency: Name
    procedure: Name

    def live(self) -> list[LiveFault]:
        more = {"procedure": self.procedure, "event": "granted", "until": "resync"}
        return [message(self.agency, "lost", **more)]


class MessageTwice(Words):
    """A message is delivered twice."""

    title_vi = "Thông điệp gửi hai lần"
    title_en = "a message is delivered twice"
    kind: Literal["message_twice"]
    agency: Name
    procedure: Name | None = None
    event: Name | None = None

    def live(self) -> list[LiveFault]:
        return [message(self.agency, "twice", procedure=self.procedure, event=self.event)]


class MessageLost(Words):
    """A message is lost on the way back, and noticed when the numbers do not follow each other."""

    title_vi = "Thông điệp trả về bị mất"
    title_en = "a message back is lost"
    kind: Literal["message_lost"]
    agency: Name
    procedure: Name | None = None
    event: Name | None = None
    minutes: int = Field(10, ge=1, le=525_600)

    def live(self) -> list[LiveFault]:
        more = {"procedure": self.procedure, "event": self.event, "minutes": self.minutes}
        return [message(self.agency, "lost", **more)]


class WrongSignature(Words):
    """A message is signed wrongly, and refused."""

    title_vi = "Chữ ký của thông điệp sai, bị từ chối"
    title_en = "a message with a wrong signature"
    kind: Literal["wrong_signature"]
    agency: Name
    procedure: Name | None = None

    def live(self) -> list[LiveFault]:
        return [message(self.agency, "wrong_signature", procedure=self.procedure)]


class AnswerLost(Words):
    """The work was done and the answer was lost: whoever asked does not know, and asks again."""

    title_vi = "Việc đã làm xong nhưng mất câu trả lời"
    title_en = "the answer was lost after the work was done"
    kind: Literal["answer_lost"]
    to: Name
    procedure: Name | None = None
    times: int = Field(1, ge=1, le=20)

    def live(self) -> list[LiveFault]:
        return [line(self.to, "timeout_after", procedure=self.procedure, times=self.times)]


class ServerError(Words):
    """The other system answers with a server error, again and again."""

    title_vi = "Hệ thống kia báo lỗi máy chủ, phải gửi lại nhiều lần"
    title_en = "a server error, tried again and again"
    reported = ("F15",)
    kind: Literal["server_error"]
    to: Name
    procedure: Name | None = None
    times: int = Field(3, ge=1, le=1000)

    def live(self) -> list[LiveFault]:
        return [line(self.to, "error_500", procedure=self.procedure, times=self.times)]
