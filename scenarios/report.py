"""Plays as one HTML file: no address outside, readable without JavaScript, on paper, at 200% zoom."""

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scenarios import shown
from scenarios.coverage import Coverage, unreached
from scenarios.verdict import Played

TEMPLATES = Path(__file__).parent / "templates"
NOT_PASSED = ("failed", "timed_out", "error")


def report_html(plays: Sequence[Played], coverage: Coverage, *, name: str, command: str = "") -> str:
    """The report. ``name`` is its title, ``command`` what makes it again; both may be any text."""
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    page = _environment().get_template("report.html.j2")
    return page.render(
        name=name,
        command=command,
        plays=plays,
        not_passed=[(place, play) for place, play in enumerate(plays, 1) if play.verdict in NOT_PASSED],
        bad=NOT_PASSED,
        figures=_figures(plays),
        seconds=sum(play.seconds for play in plays),
        coverage=coverage,
        parts=_parts(coverage),
        states=_matrix(coverage.states, shown.STATES),
        paths=_path_matrix(coverage),
        shown=shown,
        style=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        script=script,
        script_hash=b64encode(sha256(script.encode()).digest()).decode(),
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"decimal": shown.decimal, "instant": _instant}
    return made


def _instant(written: str) -> str:
    """02/03/2026 08:00 for an ISO instant; other text stays as it is."""
    try:
        return f"{datetime.fromisoformat(written):%d/%m/%Y %H:%M}"
    except ValueError:
        return written


def _figures(plays: Sequence[Played]) -> list[dict[str, Any]]:
    """Each verdict with its number and its share in percent; the usual ones also when there are none."""
    counts = Counter[str](play.verdict for play in plays)
    return [
        {
            "verdict": verdict,
            "vi": vi,
            "en": en,
            "count": counts[verdict],
            "share": 100 * counts[verdict] / len(plays) if plays else 0.0,
        }
        for verdict, (vi, en) in shown.VERDICTS.items()
        if counts[verdict] or verdict in ("passed", "failed", "timed_out")
    ]


def _parts(coverage: Coverage) -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "vi": shown.PARTS[name][0],
            "en": shown.PARTS[name][1],
            "reached": len(part) - len(unreached(part)),
            "of": len(part),
            "counts": part,
            "unreached": unreached(part),
        }
        for name, part in coverage.parts().items()
    ]


def _matrix(part: Mapping[tuple[str, str], int], columns: Mapping[str, Any]) -> dict[str, list[int | None]]:
    """Rows by name, a count for each column; None where nothing can be."""
    rows = dict.fromkeys(row for row, _ in part)
    return {row: [part.get((row, column)) for column in columns] for row in rows}


def _path_matrix(coverage: Coverage) -> dict[str, list[int]]:
    rows = dict.fromkeys(bundle for bundle, _, _ in coverage.paths)
    return {
        bundle: [
            coverage.paths.get((bundle, path, ended), 0) for path in shown.PATHS for ended in shown.OUTCOMES
        ]
        for bundle in rows
    }
