"""A study for people: tables and bars in the terminal, and the same as an SVG where files are written."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from scenarios.shown import decimal
from town.simulate.wish import Wish

Json = Mapping[str, Any]
_BAR, _WIDTH = "█", 34
_PATHS = {"separate": "Đường cũ (old path)", "interlinked": "Đường mới (new path)"}
NOT_ENOUGH = "chưa đủ dữ liệu"
_CAUSES, _KNOBS = "Các ngày đã đi đâu (where the days went)", "Nút thắt (bottlenecks)"


def tell(document: Json, wish: Wish) -> None:
    """Print it; with files, also as a picture beside them."""
    console = Console(record=wish.out is not None)
    console.rule(
        f"[bold]Một năm mô phỏng (a simulated year)[/] từ {document['since']}, {document['provinces']} tỉnh, "
        f"{decimal(document['communes'], 0)} xã, hạt giống (seed) {document['seed']}"
    )
    for each in document["studies"]:
        console.print(Group(*_study(each)))
    console.print(
        "[dim]MÔ PHỎNG. Thời gian xử lý là giả định (guess): *_flow/assumptions.toml, national.toml; "
        "chỉ thời hạn là luật. Every handling time is an assumption; only the limits are law.[/]"
    )
    if wish.out is not None:
        console.print(
            f"Đã ghi (written): [bold]{wish.out}[/] study.json, *.parquet (cột law: bộ luật / the law), "
            "events.sql, study.svg"
        )
        console.save_svg(str(wish.out / "study.svg"), title="simulate")
    console.print(f"[dim]{decimal(document['seconds'], 1)} s[/]")


def _study(each: Json) -> Iterable[Any]:
    yield Text()
    yield Text.from_markup(f"[bold]{each['title_vi']}[/]  [dim]{each['title_en']}[/]")
    volume = f"{decimal(each['per_year'], 0)} hồ sơ một năm ({each['per_year_confidence']})"
    yield Text.from_markup(f"Bộ luật (law) [cyan]{each['law']}[/], {volume}")
    yield _paths(each)
    yield _procedures(each)
    if "sample" in each:
        yield _causes(each["causes"]) if "causes" in each else _too_few(_CAUSES)
        yield _knobs(each["knobs"]) if each["knobs"] else _too_few(_KNOBS)
        yield _staffing(each["staffing"], each["sample"])


def _paths(each: Json) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for path, title in _PATHS.items():
        table.add_column(title, justify="right", style="yellow" if path == "separate" else "green")
    paths = [each["paths"][path] for path in _PATHS]
    table.add_row("Theo luật, loại thường gặp nhất (by law)", *(_legal(one["legal"]) for one in paths))
    for name, title in (("median", "trung vị (median)"), ("p90", "p90"), ("p95", "p95"), ("p99", "p99")):
        table.add_row(
            f"Ngày làm việc, {title}", *(_between(one["elapsed_working_days"][name]) for one in paths)
        )
    table.add_row(
        "Ngày lịch, trung vị (calendar days)",
        *(_between(one["elapsed_calendar_days"]["median"]) for one in paths),
    )
    table.add_row("Đúng hạn (on time)", *(_share(one["on_time"]) for one in paths))
    table.add_row("Lượt đi lại một hồ sơ (visits)", *(_number(one["visits"]) for one in paths))
    for name, title in (
        ("fields_typed", "Ô tự điền (fields typed)"),
        ("fields_prefilled", "Ô điền sẵn (fields prefilled)"),
        ("documents", "Giấy tờ nộp (documents)"),
    ):
        table.add_row(title, *(_number(one[name]) for one in paths))
    hours = (_sum(one["hours_on_the_way"], one["hours_at_counters"]) for one in paths)
    table.add_row("Giờ đi lại và ở quầy (hours)", *(_number(each) for each in hours))
    table.add_row("Giờ viết và đọc tờ khai (writing)", *(_number(one["hours_writing"]) for one in paths))
    table.add_row(
        "Hồ sơ, đã xong (dossiers, finished)",
        *(f"{decimal(one['dossiers'], 0)}, {decimal(one['finished'], 0)}" for one in paths),
    )
    if "between_replications" in paths[0]:
        table.add_row(
            "Trung vị giữa các lần lặp (replications)",
            *(_between(one["between_replications"]["median"]) for one in paths),
        )
    return table


def _legal(kinds: Iterable[Json]) -> str:
    first = max(kinds, key=lambda kind: float(kind["share"]))
    if first["value"] is None:
        return "chưa rõ (unknown)"
    unit = "ngày làm việc" if first["unit"] == "working_days" else "ngày"
    return f"{first['value']} {unit}"


def _procedures(each: Json) -> Table:
    table = Table(
        box=None, pad_edge=False, title="Theo thủ tục (by procedure): đường mới", title_justify="left"
    )
    for title in ("", "hồ sơ", "đúng hạn", "ngày làm việc, trung vị", "chờ cán bộ, phút", "cán bộ"):
        table.add_column(title, justify="left" if not title else "right")
    for row in each["paths"]["interlinked"]["procedures"]:
        table.add_row(
            row["title_vi"],
            decimal(row["applications"], 0),
            _share(row["on_time"]),
            _between(row["working_days"]["median"]),
            _number(row["queue_minutes"]),
            decimal(row["officers"], 0),
        )
    return table


def _too_few(title: str) -> Text:
    return Text(f"{title}: {NOT_ENOUGH} (not enough data)", "italic")


def _causes(split: Json) -> Table:
    saved = split["saved_working_days"]
    table = Table(
        box=None,
        pad_edge=False,
        title=f"{_CAUSES}: bớt {decimal(saved)} ngày làm việc, trung bình",
        title_justify="left",
    )
    table.add_column("")
    table.add_column("ngày", justify="right")
    table.add_column("")
    most = max(abs(row["days"]) for row in split["causes"]) or 1
    for row in sorted(split["causes"], key=lambda row: -float(row["days"])):
        colour = "green" if row["days"] >= 0 else "red"
        bar = _BAR * round(_WIDTH * abs(row["days"]) / most)
        hours = row.get("hours")
        told = f"[{colour}]{bar}[/]" if hours is None else f"[{colour}]{_signed(hours)} giờ (hours)[/]"
        table.add_row(f"{row['title_vi']} [dim]{row['title_en']}[/]", _signed(row["days"]), told)
    return table


def _knobs(rows: Iterable[Json]) -> Table:
    table = Table(
        box=None,
        pad_edge=False,
        title=f"{_KNOBS}: ngày làm việc trung bình, từ tốt nhất tới xấu nhất",
        title_justify="left",
    )
    for title in ("", "", "tốt nhất", "xấu nhất", "thêm ngày", ""):
        table.add_column(title, justify="left" if not title else "right")
    several = list(rows)
    most = max((abs(row["worst_days"] - row["best_days"]) for row in several), default=1) or 1
    for row in several:
        cost = row["worst_days"] - row["best_days"]
        table.add_row(
            f"[cyan]{row['group_vi']}[/]",
            f"{row['title_vi']} ({_short(row['best'])} → {_short(row['worst'])})",
            decimal(row["best_days"]),
            decimal(row["worst_days"]),
            _signed(cost),
            f"[red]{_BAR * round(_WIDTH * abs(cost) / most)}[/]",
        )
    return table


def _staffing(rows: Iterable[Json], seen: Json) -> Table:
    table = Table(
        box=None,
        pad_edge=False,
        title=f"Ít cán bộ nhất mà vẫn 95% đúng hạn (smallest staff), {seen['communes']} xã",
        title_justify="left",
    )
    for title in ("", "bàn", "cán bộ", "nhiều nhất một bàn", "không bao giờ đủ"):
        table.add_column(title, justify="left" if not title else "right")
    for row in rows:
        table.add_row(
            row["title_vi"], str(row["desks"]), str(row["officers"]), str(row["most_at_one_desk"]),
            str(row["never_enough"]),
        )  # fmt: skip
    return table


def _between(estimate: Json) -> str:
    if estimate["value"] is None:
        return f"[dim]{NOT_ENOUGH}[/]"
    return (
        f"{decimal(estimate['value'])} [dim]({decimal(estimate['low'])} tới {decimal(estimate['high'])})[/]"
    )


def _share(estimate: Json) -> str:
    share = estimate["value"]
    return f"[dim]{NOT_ENOUGH}[/]" if share is None else f"{decimal(100 * share, 1)}%"


def _sum(*values: float | None) -> float | None:
    known = [each for each in values if each is not None]
    return sum(known) if len(known) == len(values) else None


def _number(value: float | None) -> str:
    return f"[dim]{NOT_ENOUGH}[/]" if value is None else decimal(value)


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'}{decimal(abs(value))}"


def _short(value: float) -> str:
    """As few digits as there are, in Vietnamese."""
    return decimal(value, len(f"{value:g}".partition(".")[2]))
