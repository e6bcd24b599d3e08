"""The simulated year by province: a map, and the same as a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from markupsafe import Markup

from web.charts.provinces import province_map
from web.dashboard.study import Study
from web.dashboard.tables import Table
from web.formats import filters_for
from web.places import atlas
from web.words import N_, Words

Json = Mapping[str, Any]
CLASSES = 5
_MISSES = 1 / 20


@dataclass(frozen=True)
class Metric:
    """What the map may show: its words, where it is in a path or a province, and how it is written.

    A figure that was drawn by lot brings the interval in which chance alone moves it.
    """

    title: str
    of: Callable[[Json], Any]
    filter: str
    digits: int

    def value(self, row: Json) -> float | None:
        """The figure itself."""
        told = self.of(row)
        found: float | None = told["value"] if isinstance(told, Mapping) else told
        return found

    def interval(self, row: Json, looks: int = 1) -> tuple[float, float] | None:
        """Between what the figure lies for all that chance can do; None where nothing was drawn by lot.

        Of so many figures that are looked at at once, each interval is widened until one time in twenty any
        of them misses (Bonferroni).
        """
        told = self.of(row)
        if not isinstance(told, Mapping) or told["value"] is None:
            return None
        value, wide = told["value"], _z(looks) / _z(1)
        return value - wide * (value - told["low"]), value + wide * (told["high"] - value)


METRICS = {
    "dung-han": Metric(N_("Hồ sơ đúng hạn, liên thông"), lambda row: row["on_time"], "percent", 2),
    "p95": Metric(
        N_("95% hồ sơ xong trong (ngày làm việc)"),
        lambda row: row["elapsed_working_days"]["p95"],
        "number",
        2,
    ),
    "ho-so": Metric(N_("Số hồ sơ trong năm"), lambda row: row["dossiers"], "number", 0),
}


@dataclass(frozen=True)
class PlacesView:
    """The page of the provinces."""

    groups: Sequence[tuple[str, str]]
    group: str
    title: str
    metrics: Sequence[tuple[str, str]]
    metric: str
    map: Markup
    legend: Sequence[tuple[str, str]]
    table: Table
    command: str
    source: str


def places_view(study: Study, group: str, metric: str, words: Words) -> PlacesView:
    """The provinces of one group, filled by one metric."""
    one = study.of(group)
    metric = metric if metric in METRICS else next(iter(METRICS))
    shown = METRICS[metric]
    filters: Mapping[str, Any] = filters_for(words.language)

    def written(value: float) -> str:
        said: str = filters[shown.filter](value, shown.digits)
        return said

    codes = {name: code for code, name in atlas().provinces.items()}
    rows = {codes[row["province"]]: row for row in one["paths"]["interlinked"]["provinces"]
            if row["province"] in codes}  # fmt: skip
    values = {code: value for code, row in rows.items() if (value := shown.value(row)) is not None}
    classes, legend = _shades(shown, one["paths"]["interlinked"], rows, values, words, written)
    title = words.say(shown.title)
    return PlacesView(
        groups=[(each["group"], words.of(each, "title")) for each in study.studies],
        group=one["group"],
        title=words.of(one, "title"),
        metrics=[(name, words.say(each.title)) for name, each in METRICS.items()],
        metric=metric,
        map=province_map(
            "provinces-map",
            classes,
            {code: f"{rows[code]['province']}: {written(value)}" for code, value in values.items()},
            title,
            words.say(N_("Bản đồ 34 tỉnh, thành phố; bảng bên cạnh nói cùng điều đó bằng số.")),
        ),
        legend=legend,
        table=provinces_table(one, words),
        command=study.made["command"],
        source=one.get("per_year_source", ""),
    )


def _shades(
    shown: Metric,
    whole: Json,
    rows: Mapping[str, Json],
    values: Mapping[str, float],
    words: Words,
    written: Callable[[float], str],
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The class of each province, and the legend: provinces that only chance tells apart look alike."""
    country = shown.value(whole)
    if country is None or shown.interval(whole) is None:
        bounds = _bounds(sorted(values.values()))
        return {code: f"c{_class(value, bounds)}" for code, value in values.items()}, _legend(bounds, written)
    classes = {code: _apart(country, shown.interval(rows[code], len(values))) for code in values}
    titles = {
        "c1": N_("thấp hơn cả nước"),
        "c3": N_("như cả nước (%(country)s), chỉ khác do may rủi"),
        "c5": N_("cao hơn cả nước"),
    }
    used = [name for name in titles if name in classes.values()]
    return classes, [(name, words.say(titles[name], country=written(country))) for name in used]


def _z(looks: int) -> float:
    """So many standard errors to each side miss one time in twenty, in one of so many figures."""
    return NormalDist().inv_cdf(1 - _MISSES / (2 * looks))


def _apart(country: float, interval: tuple[float, float] | None) -> str:
    low, high = interval or (country, country)
    return "c1" if high < country else "c5" if low > country else "c3"


def _bounds(ranked: Sequence[float]) -> list[float]:
    """The least value of each class: as many provinces in each, and no class twice."""
    if not ranked:
        return []
    return sorted({ranked[len(ranked) * number // CLASSES] for number in range(CLASSES)})


def _class(value: float, bounds: Sequence[float]) -> int:
    return sum(value >= bound for bound in bounds)


def _legend(bounds: Sequence[float], written: Callable[[float], str]) -> list[tuple[str, str]]:
    return [(f"c{number}", f"≥ {written(bound)}") for number, bound in enumerate(bounds, 1)]


def provinces_table(one: Json, words: Words) -> Table:
    """Each province on both paths."""
    filters = filters_for(words.language)
    number, percent = filters["number"], filters["percent"]
    old = {row["province"]: row for row in one["paths"]["separate"]["provinces"]}
    rows = []
    for row in one["paths"]["interlinked"]["provinces"]:
        if not row["dossiers"]:
            continue
        before = old[row["province"]]
        rows.append(
            [
                row["province"],
                number(row["dossiers"], 0),
                number(before["elapsed_working_days"]["median"]["value"], 2),
                number(row["elapsed_working_days"]["median"]["value"], 2),
                number(row["elapsed_working_days"]["p95"]["value"], 2),
                percent(before["on_time"]["value"], 2),
                percent(row["on_time"]["value"], 2),
            ]
        )
    heads = [
        words.say(each)
        for each in (
            N_("Tỉnh, thành phố"), N_("Hồ sơ"), N_("Trung vị, đường cũ"), N_("Trung vị, liên thông"),
            N_("95% xong trong, liên thông"), N_("Hồ sơ đúng hạn, đường cũ"),
            N_("Hồ sơ đúng hạn, liên thông"),
        )
    ]  # fmt: skip
    return Table("provinces", words.say(N_("Theo tỉnh, thành phố")), heads, rows)
