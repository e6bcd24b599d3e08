"""How the story looks in a terminal: two lanes by day, what happened, and what it came to."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from flow_model.working_time import CALENDAR
from town.memory import resident_megabytes
from town.servers import Running
from town.story import sentence, short

if TYPE_CHECKING:
    from town.demo import Told, Wish

LANES = {"separate": "Đường cũ: từng cơ quan", "interlinked": "Liên thông: khai một lần"}
COLOURS = {"separate": "dark_orange3", "interlinked": "green"}
WORDS = {"days": "ngày", "working_days": "ngày làm việc"}
QUIET = {"taken_up", "consent_forwarded"}
LABEL = 30

console = Console(highlight=False)
notes = Console(stderr=True, highlight=False)


def say_hello(wish: "Wish", processes: bool) -> None:
    """What is about to happen."""
    layout = "mỗi dịch vụ một tiến trình" if processes else "tất cả trong một tiến trình"
    notes.print(f"[dim]Khởi động cổng, bốn cơ quan, hai cơ sở dữ liệu dùng chung ({layout})…[/]")
    notes.print(f"[dim]Hạt giống {wish.seed}, luật {wish.law}. Mọi người ở đây đều là MÔ PHỎNG.[/]")


def tell(told: "Told") -> None:
    """The story, group by group."""
    for group in told.groups.values():
        console.print()
        console.rule(f"[bold]{group['group']['title_vi']}[/]", align="left")
        console.print(_lanes(group))
        for path in LANES:
            console.print(_timeline(group, path))
        console.print(_comparison(group["comparison"]))


def say_where(running: Running, told: "Told", *, stays: bool) -> None:
    """Where to look next, and what it took."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, url in running.urls.items():
        table.add_row(f"[bold]{name}[/]", f"{url}/docs")
    megabytes = resident_megabytes(running.pids())
    took = f"Kể xong trong {told.seconds:.1f} giây; bộ nhớ {megabytes:.0f} MB."
    if stays:
        console.print(Panel(table, title="Trang API (OpenAPI) của từng dịch vụ", title_align="left"))
        first = next(iter(told.groups.values()))["dossiers"]["interlinked"].split("/")
        gateway = running.urls["gateway"]
        console.print(f"Thử: [cyan]curl {gateway}/runs/{first[0]}/dossiers/{first[1]}/events[/]")
        console.print(f"[dim]{took} Ctrl-C để dừng.[/]")
    else:
        console.print(f"[dim]{took}[/]")


def _lanes(group: Mapping[str, Any]) -> Table:
    """Both lanes on one calendar: a column a day, days off hatched, a bar from sending to decision."""
    spans = [_span(group["histories"][path]) for path in LANES]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    width = max(1, min(3, (console.width - LABEL) // len(days)))
    titles = _titles(group["group"])
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, width=LABEL - 1, overflow="ellipsis")
    table.add_column(no_wrap=True, overflow="crop")
    table.add_row("", _ruler(days, width))
    for path, heading in LANES.items():
        table.add_row(f"[bold {COLOURS[path]}]{heading}[/]", "")
        for procedure in group["comparison"]["paths"][path]["procedures"]:
            table.add_row(f"  {titles[procedure['id']][0]}", _bar(procedure, days, width, COLOURS[path]))
    return table


def _ruler(days: Sequence[date], width: int) -> Text:
    """The date of each Monday, as far as there is room for it."""
    ruler = ""
    for index, day in enumerate(days):
        if day.weekday() == 0 and len(ruler) <= index * width:
            ruler = ruler.ljust(index * width) + f"{day:%d/%m} "
    return Text(ruler[: len(days) * width], style="dim")


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
    titles = _titles(group["group"])
    results = {each["id"]: each["results"] for each in group["group"]["procedures"]}
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
    table.add_row("Thời hạn theo luật", _legal(old), _legal(new))
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
    return table


def _legal(path: Mapping[str, Any]) -> str:
    legal = path["legal"]
    if legal["value"] is None:
        return "chưa rõ trong luật"
    return f"{legal['value']} {WORDS[legal['unit']]}"


def _number(value: float | None) -> str:
    if value is None:
        return "chưa đủ dữ liệu"
    return f"{value:.2f}".replace(".", ",") if isinstance(value, float) else str(value)


def _titles(group: Mapping[str, Any]) -> dict[str, tuple[str, str, str]]:
    return {each["id"]: (each["title_vi"], each["title_en"], each["agency"]) for each in group["procedures"]}


def _span(history: Sequence[Mapping[str, Any]]) -> tuple[date, date]:
    instants = [datetime.fromisoformat(event["at"]).date() for event in history]
    return instants[0], instants[-1]


def _day(instant: str | None) -> date | None:
    return datetime.fromisoformat(instant).date() if instant else None
