"""The tables of the simulated year: each is on the page, and can be had as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from starlette.responses import Response

from flow_model.errors import UnknownThing
from web.agencies import name_of
from web.dashboard.kpis import PATHS
from web.formats import filters_for
from web.race.names import SHORT
from web.words import N_, Words

Json = Mapping[str, Any]
_COLUMNS, _CARDS = 3, 16
LENGTHS = {
    "median": N_("Trung vị"),
    "p90": N_("90% hồ sơ xong trong"),
    "p95": N_("95% hồ sơ xong trong"),
    "p99": N_("99% hồ sơ xong trong"),
    "mean": N_("Trung bình"),
}


@dataclass(frozen=True)
class Table:
    """A table with its caption; the first column names the row. It is also the CSV."""

    id: str
    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def as_cards(self) -> bool:
        """Whether a phone shows each row as a card: few rows, and more columns than have room there."""
        return len(self.heads) > _COLUMNS and len(self.rows) <= _CARDS


def lengths_table(one: Json, words: Words) -> Table:
    """Quantiles and burdens of both paths."""
    number = filters_for(words.language)["number"]
    days = {path: one["paths"][path]["elapsed_working_days"] for path in PATHS}
    rows = [
        [in_working_days(title, words), *(number(_value(days[path][name]), 2) for path in PATHS)]
        for name, title in LENGTHS.items()
        if all(name in days[path] for path in PATHS)
    ]
    burdens = {
        "visits": N_("Lần đi lại mỗi hồ sơ"),
        "hours_on_the_way": N_("Giờ đi đường mỗi hồ sơ"),
        "hours_at_counters": N_("Giờ ở quầy mỗi hồ sơ"),
        "fields_typed": N_("Ô tự điền mỗi hồ sơ"),
        "fields_prefilled": N_("Ô được điền sẵn mỗi hồ sơ"),
        "documents": N_("Giấy tờ nộp mỗi hồ sơ"),
        "hours_writing": N_("Giờ viết và đọc tờ khai mỗi hồ sơ"),
    }
    rows += [
        [words.say(title), *(number(one["paths"][path][name], 2) for path in PATHS)]
        for name, title in burdens.items()
    ]
    rows.append([words.say(N_("Hồ sơ đã xong (n)")), *(number(days[path]["n"], 0) for path in PATHS)])
    heads = [words.say(N_("Số đo")), *(words.say(SHORT[path]) for path in PATHS)]
    return Table("lengths", words.say(N_("Thời gian và công sức")), heads, rows)


def in_working_days(title: str, words: Words) -> str:
    """The name of a row that counts working days."""
    return words.say(N_("%(what)s (ngày làm việc)"), what=words.say(title))


def _value(told: Any) -> float | None:
    found: float | None = told["value"] if isinstance(told, Mapping) else told
    return found


def headline(one: Json, words: Words) -> list[tuple[str, str, str]]:
    """What is said first: the median and the long end, on both paths."""
    number = filters_for(words.language)["number"]
    days = {path: one["paths"][path]["elapsed_working_days"] for path in PATHS}
    rows = []
    for name in ("median", "p95"):
        old, new = (number(_value(days[path][name]), 1) for path in PATHS)
        rows.append((words.say(LENGTHS[name]), old, new))
    return rows


def cause_words(told: Json, words: Words) -> str:
    """A cause with a capital."""
    said = words.of(told, "title")
    return said[:1].upper() + said[1:]


def _with_hours(told: Json, words: Words, number: Any) -> str:
    """A cause, and the hours that it saves where those are no days."""
    said, hours, unit = cause_words(told, words), told.get("hours"), words.say(N_("giờ"))
    return said if hours is None else f"{said}: {number(hours, 2)} {unit}"


def causes_table(one: Json, words: Words) -> Table:
    """The causes with their sum; what re-entry saves is hours, not days."""
    number, told = filters_for(words.language)["number"], one["causes"]
    rows = [[_with_hours(each, words, number), number(each["days"], 2)] for each in told["causes"]]
    rows.append([words.say(N_("Cộng: tiết kiệm")), number(told["saved_working_days"], 2)])
    heads = [words.say(N_("Nguyên nhân")), words.say(N_("Ngày làm việc mỗi hồ sơ"))]
    return Table("causes", words.say(N_("Ngày tiết kiệm được, chia theo nguyên nhân")), heads, rows)


def knob_words(told: Json, words: Words, number: Any) -> str:
    """A knob and the two ends between which it is turned."""
    said = words.of(told, "title")
    return f"{said[:1].upper()}{said[1:]} ({number(told['best'], 2)} → {number(told['worst'], 2)})"


def knobs_table(one: Json, words: Words) -> Table:
    """Each knob at both ends, and where its range comes from."""
    filters = filters_for(words.language)
    number, percent = filters["number"], filters["percent"]
    rows = [
        [
            knob_words(each, words, number),
            words.of(each, "group"),
            number(each["best_days"], 2),
            number(each["worst_days"], 2),
            percent(each["worst_on_time"], 1),
            words.pick(each["source"], each.get("source_en", each["source"])).replace(
                "guess", words.say(N_("phỏng đoán"))
            ),
        ]
        for each in one["knobs"]
    ]
    heads = [
        words.say(each)
        for each in (
            N_("Nút thắt"), N_("Nhóm"), N_("Ngày khi tốt nhất"), N_("Ngày khi xấu nhất"),
            N_("Hồ sơ đúng hạn khi xấu nhất"), N_("Nguồn của hai đầu"),
        )
    ]  # fmt: skip
    return Table("knobs", words.say(N_("Các nút thắt")), heads, rows)


def agencies_table(one: Json, words: Words) -> Table:
    """What each agency did on the new path, beside the old."""
    filters = filters_for(words.language)
    number, percent = filters["number"], filters["percent"]
    old = {each["agency"]: each for each in one["paths"]["separate"]["agencies"]}
    rows = []
    for each in one["paths"]["interlinked"]["agencies"]:
        before = old.get(each["agency"], {"on_time": {"value": None}, "queue_minutes": None})
        rows.append(
            [
                name_of(each["agency"], words),
                number(each["applications"], 0),
                percent(before["on_time"]["value"], 1),
                percent(each["on_time"]["value"], 1),
                number(before["queue_minutes"], 1),
                number(each["queue_minutes"], 1),
                number(each["officers"], 0),
            ]
        )
    heads = [
        words.say(each)
        for each in (
            N_("Cơ quan"), N_("Đơn (liên thông)"), N_("Quyết định đúng hạn, đường cũ"),
            N_("Quyết định đúng hạn, liên thông"), N_("Phút chờ đến lượt, đường cũ"),
            N_("Phút chờ đến lượt, liên thông"), N_("Cán bộ"),
        )
    ]  # fmt: skip
    return Table("agencies", words.say(N_("Theo cơ quan")), heads, rows)


def as_csv(table: Table) -> str:
    """The table for a spreadsheet; the mark at its beginning tells that it is UTF-8."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(table.heads)
    writer.writerows(table.rows)
    return "\ufeff" + sheet.getvalue()


def tables_of(view: object) -> dict[str, Table]:
    """The tables of a view, by name."""
    if view is None:
        return {}
    held = [getattr(view, each.name) for each in fields(view)]  # type: ignore[arg-type]  # a dataclass
    return {each.id: each for each in held if isinstance(each, Table)}


def sheet_of(tables: Mapping[str, Table], name: str) -> Response:
    """One of them as CSV."""
    if name not in tables:
        raise UnknownThing("Không có bảng này.", "There is no such table.")
    named = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(as_csv(tables[name]), media_type="text/csv; charset=utf-8", headers=named)
