"""Plays in a terminal: a line each as it ends, then every failure with how to play it again, then the sum."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scenarios.shown import VERDICTS, decimal
from scenarios.verdict import Failure, Played

MARKS = {"passed": "✓", "failed": "✗", "timed_out": "⏱", "error": "✗", "cancelled": "–"}
COLOURS = {"passed": "green", "failed": "red", "timed_out": "yellow", "error": "red", "cancelled": "dim"}

IDS = 32  # as long as most ids, so that titles stand below each other


class Printer:
    """Prints on a console; what a scenario says is never read as markup."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def play(self, play: Played) -> None:
        """One line: mark, id, title, seconds. A narrow terminal shortens the title, never the id."""
        line = Table.grid(padding=(0, 1), expand=True)
        line.add_column(width=1)
        room = self._console.width * 2 // 5
        line.add_column(no_wrap=len(play.scenario) <= room, min_width=min(room, IDS), overflow="fold")
        line.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        line.add_column(justify="right", no_wrap=True)
        colour = COLOURS[play.verdict]
        line.add_row(
            Text(MARKS[play.verdict], style=colour),
            Text(play.scenario, style="bold" if play.verdict != "passed" else ""),
            Text(play.title_vi, style="dim" if play.verdict == "passed" else colour),
            Text(f"{decimal(play.seconds)} s", style="dim"),
        )
        self._console.print(line)

    def end(self, plays: Sequence[Played], seconds: float) -> None:
        """Every play that did not pass, then one line with the sums, and the seconds that have passed."""
        for play in plays:
            if play.verdict not in ("passed", "cancelled"):
                self._failed(play)
        self._console.print()
        self._console.print(summary(plays, seconds))

    def _failed(self, play: Played) -> None:
        vi, en = VERDICTS[play.verdict]
        heading = Text.assemble((f"{vi} ({en}): ", COLOURS[play.verdict]), (play.scenario, "bold"))
        self._console.print()
        self._console.print(heading)
        self._console.print(Text(f"  {play.title_vi} · {play.title_en}", style="dim"))
        for failure in play.failures:
            self._console.print(Text(f"  {failure.where}", style="bold"))
            self._console.print(_told(failure))
        if play.error:
            self._console.print(_indented("", play.error, "red"))
        if play.last_event and not play.failures:
            self._console.print(_indented("sự kiện cuối (last event)", play.last_event))
        # On a line of its own and never wrapped: it is there to be copied.
        self._console.print(Text("  phát lại (play again):", style="dim"))
        self._console.print(Text(f"  {play.command}", style="cyan"), soft_wrap=True)


def summary(plays: Sequence[Played], seconds: float) -> Text:
    """How many of each verdict, and how long it took: side by side they take less than one by one."""
    counts = Counter[str](play.verdict for play in plays)
    parts = [
        Text(f"{counts[verdict]} {vi.lower()} ({en})", style=COLOURS[verdict] if counts[verdict] else "dim")
        for verdict, (vi, en) in VERDICTS.items()
        if counts[verdict] or verdict in ("passed", "failed")
    ]
    return Text(" · ").join([*parts, Text(f"{len(plays)} kịch bản, {decimal(seconds)} s")])


def _told(failure: Failure) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    rows = [("mong đợi (expected)", failure.expected, "green"), ("thực tế (actual)", failure.actual, "red")]
    rows += [("gần nhất (nearest)", failure.nearest, "yellow")] if failure.nearest else []
    for label, text, style in rows:
        table.add_row("", Text(f" {label}", style="dim"), Text(text, style=style))
    return table


def _indented(label: str, text: str, style: str = "") -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=1)
    table.add_column(overflow="fold")
    said = Text.assemble((f"{label}: ", "dim"), (text, style)) if label else Text(text, style=style)
    table.add_row("", said)
    return table
