"""Things that last for a while: an office that is closed, a database that is down."""

from typing import Literal

from flow_model.faults.live import LiveFault, Outage
from flow_model.faults.parts import Name
from flow_model.faults.words import Spell, absence_of, line, window


class OfficeClosed(Spell):
    """An office is closed: nothing is received, examined or decided. Limits run on."""

    title_vi = "Cơ quan đóng cửa"
    title_en = "an office is closed"
    kind: Literal["office_closed"]
    agency: Name

    def live(self) -> list[LiveFault]:
        return [absence_of("office", self.agency, None, self)]


class OfficerOnLeave(Spell):
    """The officer is away and nobody stands in; the counter still receives."""

    title_vi = "Cán bộ nghỉ phép, không ai thay"
    title_en = "an officer is on leave"
    kind: Literal["officer_on_leave"]
    agency: Name
    procedure: Name | None = None

    def live(self) -> list[LiveFault]:
        return [absence_of("officer", self.agency, self.procedure, self)]


class DatabaseDown(Spell):
    """A registry or an agency's system answers nobody."""

    title_vi = "Cơ sở dữ liệu ngừng trả lời"
    title_en = "a database is down"
    reported = ("F1",)
    kind: Literal["database_down"]
    service: Name

    def live(self) -> list[LiveFault]:
        return [Outage.model_validate({"kind": "outage", "service": self.service, **window(self)})]


class LineDown(Spell):
    """The line to a service is down: connections are refused."""

    title_vi = "Đường truyền giữa hai hệ thống bị ngắt"
    title_en = "the line between two systems is down"
    reported = ("F22",)
    kind: Literal["line_down"]
    to: Name

    def live(self) -> list[LiveFault]:
        return [line(self.to, "refused", **window(self))]


class ManualWork(Spell):
    """A new system can do only the core: transfers fail and staff work by hand until it is mended."""

    title_vi = "Hệ thống mới chưa ổn định: lỗi truyền, phải làm tay"
    title_en = "a new system fails in transfers; work by hand"
    reported = ("F12",)
    kind: Literal["manual_work"]
    agency: Name

    def live(self) -> list[LiveFault]:
        return [
            line(self.agency, "error_500", **window(self)),
            absence_of("officer", self.agency, None, self),
        ]


class NotMapped(Spell):
    """The commune, or its officer, is not configured yet: the agency's system does not take dossiers in."""

    title_vi = "Chưa cấu hình xã hoặc cán bộ nhận hồ sơ"
    title_en = "the commune or its officer is not configured"
    reported = ("F7",)
    kind: Literal["not_mapped"]
    agency: Name

    def live(self) -> list[LiveFault]:
        return [line(self.agency, "unavailable_503", calls="send", **window(self))]
