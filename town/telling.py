"""How the story looks in a terminal: two lanes by day, what happened, and what it came to."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from flow_model.catalogue import catalogue
from flow_model.working_time import CALENDAR
from scenarios.shown import decimal
from scenarios.story import sayings, sentence, short
from town.layout import PAGES
from town.memory import resident_megabytes
from town.playing import Told, Wish
from town.servers import Running

LANES = {"separate": "Đường cũ: từng cơ quan", "interlinked": "Liên thông: khai một lần"}
COLOURS = {"separate": "dark_orange3", "interlinked": "green"}
WORDS = {"days": "ngày", "working_days": "ngày làm việc"}
QUIET = {"taken_up", "consent_forwarded"}
LABEL = 30
CONFIDENCE = {
    "confirmed": "đã kiểm chứng",
    "secondary": "nguồn thứ cấp",
    "inferred": "suy ra",
    "unverified": "chưa kiểm chứng",
}


class Teller:
    """Tells a story on standard output; with a picture, also into an SVG file."""

    def __init__(self, picture: Path | None = None) -> None:
        self._picture = picture
        self._console = Console(highlight=False)

    def say_hello(self, wish: Wish, processes: bool, elsewhere: Mapping[str, str]) -> None:
        """What is about to happen; on standard error, so that it is no part of the story."""
        notes = Console(stderr=True, highlight=False)
        layout = "mỗi dịch vụ một tiến trình" if processes else "tất cả trong một tiến trình"
        notes.print(f"[dim]Khởi động cổng, bốn cơ quan, hai cơ sở dữ liệu dùng chung ({layout})…[/]")
        for name, url in elsewhere.items():
            notes.print(f"[dim]{name}: của bạn, ở {url}.[/]")
        notes.print(f"[dim]Hạt giống {wish.seed}, luật {wish.law}. Mọi người ở đây đều là MÔ PHỎNG.[/]")

    def tell(self, told: Told) -> None:
        """The story, group by group."""
        for group in told.groups.values():
            self._console.print()
            self._console.rule(f"[bold]{group['group']['title_vi']}[/]", align="left")
            self._console.print(_lanes(group, self._console.width))
            for path in LANES:
                self._console.print(_timeline(group, path))
            self._console.print(_comparison(group["comparison"]))
        if self._picture is not None:
            self._picture.write_text(_drawn(told), encoding="utf-8")

    def say_where(
        self, running: Running, told: Told, *, stays: bool, elsewhere: Collection[str] = ()
    ) -> None:
        """Where to look next, and what it took."""
        megabytes = resident_megabytes(running.pids())
        took = f"Kể xong trong {decimal(told.seconds, 1)} giây; bộ nhớ {megabytes:.0f} MB."
        if not stays:
            self._console.print(f"[dim]{took}[/]")
            return
        self._console.print(f"Mở trang: [bold cyan]{running.urls[PAGES]}/[/]")
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, url in running.urls.items():
            if name == PAGES:
                continue
            table.add_row(
                f"[bold]{name}[/]", f"{url}/docs", "[dim]ở nơi khác[/]" if name in elsewhere else ""
            )
        self._console.print(Panel(table, title="Trang API (OpenAPI) của từng dịch vụ", title_align="left"))
        run, dossier = next(iter(told.groups.values()))["dossiers"]["interlinked"].split("/")
        self._console.print(
            f"Thử: [cyan]curl {running.urls['gateway']}/runs/{run}/dossiers/{dossier}/events[/]"
        )
        self._console.print(f"[dim]{took} Ctrl-C để dừng.[/]")


def _drawn(told: Told) -> str:
    """Lanes and comparison of each group as one SVG, without the fonts that it would fetch from elsewhere."""
    paper = Console(record=True, width=100, file=StringIO(), force_terminal=True, highlight=False)
    for group in told.groups.values():
        paper.print(f"[bold]{group['group']['title_vi']}[/]  [dim](MÔ PHỎNG)[/]")
        paper.print(_lanes(group, paper.width))
        paper.print(_comparison(group["comparison"]))
    drawn = paper.export_svg(title="python3 run.py demo")
    return re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)


def _lanes(group: Mapping[str, Any], room: int) -> Table:
    """Both lanes on one calendar: a column a day, days off hatched, a bar from sending to decision."""
    spans = [_span(group["histories"][path]) for path in LANES]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    width = max(1, min(3, (room - LABEL) // len(days)))
    titles = {each["id"]: each["title_vi"] for each in group["group"]["procedures"]}
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, width=LABEL - 1, overflow="ellipsis")
    table.add_column(no_wrap=True, overflow="crop")
    table.add_row("", _ruler(days, width, room - LABEL))
    for path, heading in LANES.items():
        table.add_row(f"[bold {COLOURS[path]}]{heading}[/]", "")
        for procedure in group["comparison"]["paths"][path]["procedures"]:
            table.add_row(f"  {titles[procedure['id']]}", _bar(procedure, days, width, COLOURS[path]))
    return table


def _ruler(days: Sequence[date], width: int, room: int) -> Text:
    """The date of each Monday, whole, as far as there is room for it: the last may reach beyond its day."""
    ruler = ""
    for index, day in enumerate(days):
        at, said = index * width, f"{day:%d/%m}"
        if day.weekday() == 0 and len(ruler) <= at and at + len(said) <= room:
            ruler = ruler.ljust(at) + f"{said} "
    return Text(ruler.rstrip(), style="dim")


def _bar(procedure: Mapping[str, Any], days: Sequence[date], width: int, colour: str) -> Text:
    bar = Text()
    sent, decided = _day(procedure["sent_at"]), _day(procedure["decided_at"])
    for day in days:
        if sent is not None and sent <= day <= (decided or sent):
            bar.append("█" * width, style=colour)
        else:
            bar.append(("·" if CALENDAR.is_working_day(day) else "░").ljust(width), style="dim")
    if procedure["outcome"] != "granted":
        bar.append(f" {procedure['outcome']}", style="red")
    return bar


def _timeline(group: Mapping[str, Any], path: str) -> Table:
    titles, results = sayings(catalogue().group(group["group"]["id"]))
    table = Table(
        title=f"{LANES[path]} · {group['dossiers'][path].split('/')[1]}",
        title_justify="left",
        title_style=f"bold {COLOURS[path]}",
        box=None,
        pad_edge=False,
        show_header=False,
    )
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(ratio=1)
    for event in group["histories"][path]:
        if event["kind"] not in QUIET and not (path == "separate" and event["kind"] == "sent"):
            said = sentence(event, titles, results, "vi")
            style = "bold" if event["kind"] in ("granted", "rejected", "declared", "results_returned") else ""
            table.add_row(short(event["at"]), Text(said, style=style))
    return table


def _comparison(comparison: Mapping[str, Any]) -> Table:
    old, new = (comparison["paths"][path] for path in LANES)
    table = Table(title="So sánh, đo từ nhật ký sự kiện", title_justify="left", title_style="bold")
    table.add_column("")
    table.add_column(LANES["separate"], justify="right", style=COLOURS["separate"])
    table.add_column(LANES["interlinked"], justify="right", style=COLOURS["interlinked"])
    table.add_row("Thời hạn chung", _legal(old), _legal(new))
    rows = (
        ("Thực tế, ngày theo lịch", "elapsed_calendar_days"),
        ("Thực tế, ngày làm việc", "elapsed_working_days"),
        ("Số lần đi lại", "visits"),
        ("Số cơ quan phải đến", "counters"),
        ("Số ô phải viết hoặc gõ", "fields_typed"),
        ("Giấy tờ mang theo", "documents"),
        ("Giờ của người dân", "hours"),
    )
    for label, name in rows:
        table.add_row(label, _number(old[name]), _number(new[name]))
    basis = dict.fromkeys(_basis(comparison["paths"][path]["legal"]) for path in LANES)
    table.caption = "\n".join(basis)
    table.caption_justify = "left"
    return table


def _basis(legal: Mapping[str, Any]) -> str:
    """Where the legal length stands, and how sure we are of it and of its parts."""
    parts = sorted({CONFIDENCE[part["confidence"]] for part in legal["parts"]})
    return f"{legal['article']} ({CONFIDENCE[legal['confidence']]}; từng bước: {', '.join(parts)})"


def _legal(path: Mapping[str, Any]) -> str:
    legal = path["legal"]
    if legal["value"] is None:
        return "chưa rõ trong luật"
    return f"{legal['value']} {WORDS[legal['unit']]}"


def _number(value: float | None) -> str:
    if value is None:
        return "chưa đủ dữ liệu"
    return f"{value:.2f}".replace(".", ",") if isinstance(value, float) else str(value)


def _span(history: Sequence[Mapping[str, Any]]) -> tuple[date, date]:
    instants = [datetime.fromisoformat(event["at"]).date() for event in history]
    return instants[0], instants[-1]


def _day(instant: str | None) -> date | None:
    return datetime.fromisoformat(instant).date() if instant else None
