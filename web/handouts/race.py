"""The race on one page: the same family on both paths, on one calendar, and what was measured."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flow_model.errors import UnknownThing
from flow_model.group import Group
from flow_model.working_time import CALENDAR
from web.formats import day, filters_for, moment
from web.handouts.common import Json, sheet
from web.measured import days_note, limit_articles, limit_title
from web.race.names import SHORT
from web.words import N_, Words

_SAID = {
    "old_path": N_("Đường cũ: mỗi cơ quan một lần nộp"),
    "new_path": N_("Đường liên thông: một tờ khai"),
    "measure": N_("Đo được"),
    "old": N_("Đường cũ"),
    "new": N_("Liên thông"),
    "as_measured": N_(
        "Số đo lấy từ nhật ký sự kiện của chính hai hồ sơ này; thời gian xử lý của cán bộ là giả định."
    ),
    "legal_note": N_("Thời hạn là con số đã công bố hoặc cộng từ từng điều luật, không phải số đo."),
    "basis": N_("Căn cứ thời hạn"),
    "hatched": N_("Cột sẫm: ngày nghỉ."),
}
_UNITS = {
    "days": N_("%(num)s ngày"),
    "working_days": N_("%(num)s ngày làm việc"),
    "same_working_day": N_("trong ngày làm việc"),
    "working_hours": N_("%(num)s giờ làm việc"),
}
_MEASURES = (
    ("elapsed_calendar_days", N_("Ngày theo lịch, từ lúc khai đến kết quả cuối"), 1),
    ("elapsed_working_days", N_("Ngày làm việc"), 1),
    ("visits", N_("Lượt đi lại"), 0),
    ("counters", N_("Cửa phải đến"), 0),
    ("fields_typed", N_("Ô phải viết hoặc nhập"), 0),
    ("documents", N_("Giấy tờ phải nộp"), 0),
    ("hours", N_("Giờ của người dân"), 1),
)


def race_sheet(words: Words, group: Group, subject: str, compared: Mapping[str, Any]) -> Json:
    """The page; ``compared`` is what ``GET /comparison`` says."""
    paths = {name: compared["paths"][name] for name in ("separate", "interlinked")}
    spans = {name: _span(path) for name, path in paths.items()}
    days = max((last - first).days + 1 for first, last in spans.values())
    return sheet(
        words,
        words.say(N_("Cuộc đua của một gia đình: %(subject)s"), subject=subject),
        " · ".join(f"{each['dossier']} ({words.say(SHORT[name])})" for name, each in paths.items()),
        said=_SAID,
        group=words.pick(group.title_vi, group.title_en),
        lanes=[_lane(words, group, name, path, spans[name][0], days) for name, path in paths.items()],
        rows=_rows(words, group, paths),
        days_note=days_note(words),
        articles=limit_articles(list(paths.values())),
    )


def _span(path: Mapping[str, Any]) -> tuple[date, date]:
    """From the first day of a path to its last: each path has a calendar of its own, equally long."""
    days = [moment.date() for each in path["procedures"] for moment in _ends(each)]
    if not days:
        raise UnknownThing("Chưa có thủ tục nào được gửi", "no procedure was sent yet")
    return min(days), max(days)


def _ends(procedure: Mapping[str, Any]) -> tuple[datetime, ...]:
    """When a procedure was sent, and when its result was in the citizen's hands; nothing before that."""
    done = procedure["collected_at"] or procedure["decided_at"]
    return (_at(procedure["sent_at"]), _at(done)) if procedure["sent_at"] and done else ()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(each: date) -> Json:
    return {"label": f"{each:%d/%m}", "worked": CALENDAR.is_working_day(each), "first": each.weekday() == 0}


def _lane(words: Words, group: Group, name: str, path: Mapping[str, Any], first: date, days: int) -> Json:
    bars = []
    for each in path["procedures"]:
        if not (both := _ends(each)):
            continue
        begins, ends = both
        procedure = group.procedure(each["id"])
        bars.append(
            {
                "title": words.pick(procedure.title_vi, procedure.title_en),
                "from": _days_after(first, begins),
                "to": _days_after(first, ends),
                "when": f"{moment(begins)} – {moment(ends)}",
            }
        )
    return {
        "path": name,
        "title": words.say(_SAID["old_path" if name == "separate" else "new_path"]),
        "days": [_day(first + timedelta(days=number)) for number in range(days)],
        "bars": bars,
    }


def _days_after(first: date, at: datetime) -> float:
    return round((at.date() - first).days + (at.hour * 60 + at.minute) / 1440, 3)


def _rows(words: Words, group: Group, paths: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    number = filters_for(words.language)["number"]
    title = limit_title(words, group, list(paths.values()))
    rows = [[title, *(_legal(words, paths[name]["legal"]) for name in paths)]]
    for key, said, digits in _MEASURES:
        rows.append([words.say(said), *(number(paths[name][key], digits) for name in paths)])
    ends = [[at for each in path["procedures"] for at in _ends(each)] for path in paths.values()]
    rows.append(
        [words.say(N_("Kết quả cuối cùng đến tay ngày")), *(day(max(each, default=None)) for each in ends)]
    )
    return rows


def _legal(words: Words, legal: Mapping[str, Any]) -> str:
    if legal["value"] is None or legal["unit"] not in _UNITS:
        return "–"
    return words.say(_UNITS[legal["unit"]], num=legal["value"])
