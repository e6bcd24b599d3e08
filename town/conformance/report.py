"""What is told at the end: for people a table, and for each failure what it takes to see it again."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from town.conformance.running import Outcome, State

_STYLES: dict[State, str] = {"kept": "green", "broken": "bold red", "not tried": "yellow"}
_MARKS: dict[State, str] = {"kept": "✓", "broken": "✗", "not tried": "–"}


def counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many checks came out in which way."""
    states = [each.state for each in outcomes]
    return {"checks": len(states), **{state.replace(" ", "_"): states.count(state) for state in _STYLES}}


def as_json(agency: str, url: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The outcomes as one document."""
    told = [asdict(each) | {"seconds": round(each.seconds, 3)} for each in outcomes]
    return {"agency": agency, "url": url, **counts(outcomes), "outcomes": told}


def show(console: Console, agency: str, url: str, outcomes: Sequence[Outcome]) -> None:
    """One line for each check, then each failure, then the sum."""
    console.print(_table(outcomes))
    for each in outcomes:
        if each.state == "broken":
            _show_failure(console, each)
    found = counts(outcomes)
    seconds = sum(each.seconds for each in outcomes)
    style = "bold red" if found["broken"] else "bold green"
    told = (
        f"{agency} at {url}: {found['kept']} kept, {found['broken']} broken, "
        f"{found['not_tried']} not tried, of {found['checks']} checks in {seconds:.1f} s"
    )
    console.print(Text(told, style), soft_wrap=True)


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("", "chapter", "check"):
        table.add_column(title)
    for each in outcomes:
        said = Text(each.name.replace("_", " "))
        if each.state == "not tried":
            said.append(f" (not tried: {each.reason})", "yellow")
        table.add_row(Text(_MARKS[each.state], _STYLES[each.state]), Text(each.chapter, "dim"), said)
    return table


def _show_failure(console: Console, outcome: Outcome) -> None:
    console.print()
    console.print(Text(f"✗ {outcome.name}", "bold red"), soft_wrap=True)
    console.print(Text(outcome.demand), soft_wrap=True)
    console.print(Text(f"  expected  {outcome.expected}", "green"), soft_wrap=True)
    console.print(Text(f"  came      {outcome.actual}", "red"), soft_wrap=True)
    if outcome.reason:
        console.print(Text(f"  {outcome.reason}", "yellow"), soft_wrap=True)
    for command in outcome.commands:
        console.print(Text(command, "dim"), soft_wrap=True)
