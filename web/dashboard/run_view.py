"""The dossiers of a run as a page: the same figures as of a year, with what is too little said so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from flow_model.catalogue import Catalogue
from web.agencies import name_of
from web.charts.histogram import Lengths, histogram
from web.dashboard.kpis import LEAST, PATHS, Card, cards
from web.dashboard.run_figures import RunFigures
from web.dashboard.tables import Table, in_working_days
from web.formats import filters_for
from web.measured import law_name
from web.race.names import SHORT
from web.words import N_, Words

_NOTHING = N_("Lượt chạy này chưa có hồ sơ nào để đo.")


@dataclass(frozen=True)
class RunsView:
    """What the page of a run shows; without a run only the list of them."""

    runs: Sequence[tuple[str, str]]
    run: str
    groups: Sequence[tuple[str, str]]
    group: str
    facts: Sequence[tuple[str, str]]
    few: bool
    cards: Sequence[Card]
    histogram: Markup | None
    lengths: Table | None
    agencies: Table | None
    command: str
    looked_at: int
    dossiers: int
    compared: bool


def run_view(
    found: RunFigures, runs: Sequence[str], catalogue: Catalogue, words: Words, gateway: str
) -> RunsView:
    """The page of one group of a run; ``gateway`` is where anybody may ask for the same."""
    filters: Mapping[str, Any] = filters_for(words.language)
    number = filters["number"]
    name = found.run["run_id"]
    asked = f"curl {gateway}/runs/{name}"
    commands = dict.fromkeys(("on_time", "electronic_results", "digitised", "reuse"),
                             f"{asked}/dossiers/…/measurement")  # fmt: skip
    commands["synchronised"] = f"{asked}/reconciliation"
    missing = dict.fromkeys(commands, words.say(_NOTHING))
    several = {path: found.lengths.get(path) for path in PATHS}
    enough = any(found.days.values())
    return RunsView(
        runs=[(each, each) for each in runs],
        run=name,
        groups=[(each, _title(catalogue, each, words)) for each in found.groups],
        group=found.group,
        facts=[
            *([(words.say(N_("Cùng với lượt")), found.twin)] if found.twin else []),
            (words.say(N_("Hồ sơ của nhóm này")), number(found.dossiers, 0)),
            (
                words.say(N_("Luật áp dụng")),
                law_name(words, catalogue.groups.get(found.group), found.run["terms"]["law"]),
            ),
            (words.say(N_("Hạt giống")), str(found.run["terms"]["seed"])),
        ],
        few=0 < max((len(each) for each in found.days.values()), default=0) < LEAST,
        cards=cards(found.shares, words, commands, missing),
        histogram=_histogram(found, words, filters) if enough else None,
        lengths=_lengths(several, words, number) if any(several.values()) else None,
        agencies=_agencies(found, words, filters) if enough else None,
        command=f"{asked}/measurement",
        looked_at=found.looked_at,
        dossiers=found.dossiers,
        compared=found.compared,
    )


def _title(catalogue: Catalogue, group: str, words: Words) -> str:
    known = catalogue.groups.get(group)
    return group if known is None else words.pick(known.title_vi, known.title_en)


def _histogram(found: RunFigures, words: Words, filters: Mapping[str, Any]) -> Markup:
    several = []
    for path in PATHS:
        days = found.days[path]
        counts = [0] * (int(max(days)) + 1) if days else []
        for each in days:
            counts[int(each)] += 1
        median = (found.lengths.get(path) or {}).get("median")
        several.append(Lengths(path, words.say(SHORT[path]), counts, median))
    return histogram(
        "lengths-picture",
        [each for each in several if each.counts],
        words.say(N_("Thời gian giải quyết trên hai con đường, tính theo phần của mọi hồ sơ")),
        words.say(N_("Số ngày làm việc từ khi khai đến khi đủ kết quả")),
        filters["number"],
        filters["percent"],
    )


def _lengths(several: Mapping[str, Mapping[str, Any] | None], words: Words, number: Any) -> Table:
    told = {path: several[path] or {} for path in PATHS}
    lengths = {"median": N_("Trung vị"), "p95": N_("95% hồ sơ xong trong"), "max": N_("Lâu nhất")}
    counts = {
        "n": N_("Hồ sơ đã xong (n)"),
        "unfinished": N_("Hồ sơ chưa xong"),
    }
    names = {name: in_working_days(title, words) for name, title in lengths.items()}
    names |= {name: words.say(title) for name, title in counts.items()}
    rows = [[title, *(number(told[path].get(name), 2) for path in PATHS)] for name, title in names.items()]
    heads = [words.say(N_("Số đo")), *(words.say(SHORT[path]) for path in PATHS)]
    return Table("lengths", words.say(N_("Thời gian giải quyết")), heads, rows)


def _agencies(found: RunFigures, words: Words, filters: Mapping[str, Any]) -> Table:
    rows = []
    for agency in dict.fromkeys(name for path in PATHS for name in found.agencies[path]):
        cells = [name_of(agency, words)]
        for path in PATHS:
            share = found.agencies[path].get(agency)
            cells.append(filters["percent"](share.value if share else None, 1))
            cells.append(filters["number"](share.whole if share else None, 0))
        rows.append(cells)
    heads = [
        words.say(each)
        for each in (
            N_("Cơ quan"), N_("Quyết định đúng hạn, đường cũ"), N_("Quyết định, đường cũ"),
            N_("Quyết định đúng hạn, liên thông"),
            N_("Quyết định, liên thông"),
        )
    ]  # fmt: skip
    return Table("agencies", words.say(N_("Theo cơ quan")), heads, rows)
