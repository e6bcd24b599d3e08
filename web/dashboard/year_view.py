"""The simulated year as pages: figures, distributions, where the days went, bottlenecks, places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from flow_model.catalogue import Catalogue
from web.charts.histogram import Lengths, histogram
from web.charts.tornado import Turned, tornado
from web.charts.waterfall import waterfall
from web.dashboard.kpis import DOSSIERS_ON_TIME, OF_A_YEAR, PATHS, Card, Share, cards
from web.dashboard.study import Study
from web.dashboard.tables import (
    Table,
    agencies_table,
    cause_words,
    causes_table,
    headline,
    knob_words,
    knobs_table,
    lengths_table,
)
from web.formats import day, filters_for
from web.measured import law_name
from web.race.names import SHORT
from web.words import N_, Words

Json = Mapping[str, Any]
_UNKNOWN = N_("không đo trong năm mô phỏng")
_NOT_SIMULATED = N_(
    "Mô phỏng cả năm không dựng từng tờ giấy và từng thông điệp nên không có gì để đếm. Muốn có số này, hãy "
    "chạy python3 run.py demo rồi mở “Một lượt chạy”."
)


@dataclass(frozen=True)
class YearView:
    """What the page of the year shows."""

    groups: Sequence[tuple[str, str]]
    group: str
    title: str
    facts: Sequence[tuple[str, str]]
    command: str
    own: str
    headline: Sequence[tuple[str, str, str]]
    cards: Sequence[Card]
    histogram: Markup
    lengths: Table
    waterfall: Markup | None
    causes: Table | None
    sample: str
    tornado: Markup | None
    knobs: Table | None
    agencies: Table


def year_view(study: Study, group: str, words: Words, catalogue: Catalogue) -> YearView:
    """The page of one group."""
    one, made = study.of(group), study.made
    filters: Mapping[str, Any] = filters_for(words.language)
    number = filters["number"]
    return YearView(
        groups=[(each["group"], words.of(each, "title")) for each in study.studies],
        group=one["group"],
        title=words.of(one, "title"),
        facts=[
            (words.say(N_("Năm")), str(made["since"])[:4]),
            (words.say(N_("Hồ sơ")), number(one["paths"]["interlinked"]["dossiers"], 0)),
            (words.say(N_("Tỉnh, thành phố")), number(made["provinces"], 0)),
            (words.say(N_("Xã, phường")), number(made["communes"], 0)),
            (words.say(N_("Hạt giống")), str(made["seed"])),
            (words.say(N_("Luật áp dụng")), law_name(words, catalogue.groups.get(one["group"]), one["law"])),
            (words.say(N_("Làm ngày")), day(made.get("on"))),
        ],
        command=made["command"],
        own=study.own,
        headline=headline(one, words),
        cards=_cards(one, words, made["command"]),
        histogram=_histogram(one, words, filters),
        lengths=lengths_table(one, words),
        waterfall=_waterfall(one, words, number) if one.get("causes") else None,
        causes=causes_table(one, words) if one.get("causes") else None,
        sample=_sample(one, words, number),
        tornado=_tornado(one, words, number) if one.get("knobs") else None,
        knobs=knobs_table(one, words) if one.get("knobs") else None,
        agencies=agencies_table(one, words),
    )


def _cards(one: Json, words: Words, command: str) -> list[Card]:
    timely = {
        path: Share(None, one["paths"][path]["finished"], one["paths"][path]["on_time"]["value"])
        for path in PATHS
    }
    name = DOSSIERS_ON_TIME.id
    missing = {each.id: words.say(_NOT_SIMULATED) for each in OF_A_YEAR if each.id != name}
    return cards({name: timely}, words, {name: command}, missing, of=OF_A_YEAR, unknown=_UNKNOWN)


def _histogram(one: Json, words: Words, filters: Mapping[str, Any]) -> Markup:
    several = [
        Lengths(
            path,
            words.say(SHORT[path]),
            one["paths"][path].get("by_working_day", []),
            one["paths"][path]["elapsed_working_days"]["median"]["value"],
        )
        for path in PATHS
    ]
    return histogram(
        "lengths-picture",
        several,
        words.say(N_("Thời gian giải quyết trên hai con đường, tính theo phần của mọi hồ sơ")),
        words.say(N_("Số ngày làm việc từ khi khai đến khi đủ kết quả")),
        filters["number"],
        filters["percent"],
    )


def _causes(one: Json) -> list[Json]:
    return [each for each in one["causes"]["causes"] if each["cause"] != "re_entry"]


def _waterfall(one: Json, words: Words, number: Any) -> Markup:
    told = one["causes"]
    return waterfall(
        "causes-picture",
        (words.say(SHORT["separate"]), told["old_working_days"]),
        (words.say(SHORT["interlinked"]), told["new_working_days"]),
        [(cause_words(each, words), each["days"]) for each in _causes(one)],
        words.say(N_("Ngày đi đâu: từ đường cũ đến đường liên thông, mỗi nguyên nhân một thanh")),
        number,
    )


def _sample(one: Json, words: Words, number: Any) -> str:
    if "sample" not in one:
        return ""
    said = N_("Tính trên một mẫu %(communes)s xã, %(dossiers)s hồ sơ xong trên mọi đường.")
    dossiers = number(one["causes"]["dossiers"], 0)
    return words.say(said, communes=number(one["sample"]["communes"], 0), dossiers=dossiers)


def _tornado(one: Json, words: Words, number: Any) -> Markup:
    rows = [
        Turned(knob_words(each, words, number), each["best_days"], each["worst_days"], "", "")
        for each in one["knobs"]
    ]
    title = words.say(N_("Mỗi nút thắt tốn bao nhiêu ngày làm việc trên đường liên thông"))
    base, days = one["knobs"][0]["base_days"], words.say(N_("ngày"))
    return tornado("knobs-picture", base, rows, title, days, number)
