"""Coverage in a terminal: matrices of counts and dots, and what no play reached."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scenarios.coverage import Coverage, unreached
from scenarios.shown import OUTCOMES, PARTS, PATHS, STATES


def table(coverage: Coverage) -> RenderableType:
    """The whole coverage; it fits 60 columns."""
    blocks: list[RenderableType] = [_summary(coverage)]
    blocks += [_heading("states"), _state_matrix(coverage), _legend(STATES)]
    blocks += [_heading("paths"), _path_matrix(coverage), _legend(PATHS), _legend(OUTCOMES)]
    for part in ("faults", "reported", "articles"):
        blocks += [_heading(part), _listed(coverage.parts()[part])]
    return Group(*blocks)


def _summary(coverage: Coverage) -> Table:
    """How many of how many, part by part."""
    summary = Table(box=None, pad_edge=False, show_header=False)
    for name, part in coverage.parts().items():
        reached, whole = len(part) - len(unreached(part)), len(part)
        share = Text(f"{reached}/{whole}", style="green" if reached == whole else "yellow")
        summary.add_row(Text(PARTS[name][0]), share, Text(PARTS[name][1], style="dim"))
    return summary


def _heading(part: str) -> Text:
    vi, en = PARTS[part]
    return Text.assemble("\n", (vi, "bold"), "  ", (en, "dim"))


def _state_matrix(coverage: Coverage) -> Table:
    rows = list(dict.fromkeys(procedure for procedure, _ in coverage.states))
    columns = [(state, short) for state, (short, _, _) in STATES.items()]
    matrix = _matrix(short for _, short in columns)
    for procedure in rows:
        cells = [_cell(coverage.states.get((procedure, state))) for state, _ in columns]
        matrix.add_row(Text(coverage.title(procedure)[0]), *cells)
    return matrix


def _path_matrix(coverage: Coverage) -> Table:
    rows = list(dict.fromkeys(bundle for bundle, _, _ in coverage.paths))
    columns = [(path, outcome) for path in PATHS for outcome in OUTCOMES]
    matrix = _matrix(f"{PATHS[path][0]}\n{OUTCOMES[outcome][0]}" for path, outcome in columns)
    for bundle in rows:
        cells = [_cell(coverage.paths.get((bundle, *column))) for column in columns]
        matrix.add_row(Text(coverage.title(bundle)[0]), *cells)
    return matrix


def _matrix(headings: Iterable[str]) -> Table:
    matrix = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    matrix.add_column("", ratio=1, overflow="fold")
    for heading in headings:
        matrix.add_column(heading, justify="right", header_style="bold", min_width=2)
    return matrix


def _cell(count: int | None) -> Text:
    """A count; a dot where nothing was reached; nothing where nothing can be."""
    if count is None:
        return Text("")
    return Text(str(count), style="green") if count else Text("·", style="red")


def _legend(words: Mapping[str, tuple[str, str, str]]) -> Text:
    return Text("; ".join(f"{short} {vi} ({en})" for short, vi, en in words.values()), style="dim")


def _listed(part: Mapping[Any, int]) -> Text:
    """Those reached with their counts, then those that none reached."""
    reached = [f"{thing} ×{count}" for thing, count in part.items() if count]
    missing: Sequence[str] = unreached(part)
    # Articles hold commas and semicolons: one a line.
    joint = "; " if max(map(len, part), default=0) < 30 else "\n  "
    text = Text(joint.join(reached) or "—", style="green")
    if missing:
        text.append("\nChưa kịch bản nào chạm tới (not reached by any):", style="bold red")
        text.append((" " if joint == "; " else joint) + joint.join(missing), style="red")
    return text
