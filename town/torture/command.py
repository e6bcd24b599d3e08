"""``python3 run.py torture``: all that can go wrong, made to go wrong; what was tried and what held."""

import json as json_library
import os
from typing import Any

from rich.console import Console
from rich.table import Table

from flow_model.errors import SandboxError
from town.torture.parts import PARTS, Outcome, Torture, Wish, commit
from town.torture.virtual.plans import Fixed, read
from town.torture.virtual.stage import SEED_STORIES, Stage

Json = dict[str, Any]


class NoSuchPart(SandboxError):
    """The developer names a part that there is."""

    slug = "no-such-part"


def main(wish: Wish) -> int:
    """Try it all; 0 when everything held."""
    unknown = [part for part in wish.parts if part not in PARTS]
    if unknown:
        known = ", ".join(PARTS)
        raise NoSuchPart(
            f"Không có phần {unknown[0]}; có: {known}", f"no part {unknown[0]}; there are: {known}"
        )
    os.environ.setdefault("SANDBOX_LOG_LEVEL", "error")
    if wish.replay is not None:
        return _replay(wish.replay)
    torture = Torture(wish)
    outcomes = [torture.do(part) for part in wish.parts if not torture.late()]
    left_out = wish.parts[len(outcomes) :]
    if wish.json:
        print(json_library.dumps(_document(outcomes, left_out), ensure_ascii=False, indent=1))
    else:
        _tell(outcomes, left_out)
    return 1 if any(outcome.wrong for outcome in outcomes) else 0


def _replay(text: str) -> int:
    """One schedule again, with all that happened in it."""
    story, _, plan = text.strip().partition(" ")
    known = {str(each): each for each in SEED_STORIES}
    if story not in known:
        listed = ", ".join(known)
        raise NoSuchPart(f"Không có chuyện {story}; có: {listed}", f"no story {story}; there are: {listed}")
    from town.torture.virtual.explore import Explorer

    record = Explorer(Stage(known[story])).run(Fixed(read(plan)), plan, whole=True)
    print("\n".join(record["log"]))
    for wrong in record["wrong"] or ["everything held"]:
        print(wrong)
    return 1 if record["wrong"] else 0


def _document(outcomes: list[Outcome], left_out: tuple[str, ...]) -> Json:
    return {
        "commit": commit(),
        "cores": os.cpu_count(),
        "parts": {
            each.part: {"figures": each.figures, "wrong": each.wrong, "seconds": round(each.seconds, 1)}
            for each in outcomes
        },
        "left_out_for_lack_of_time": list(left_out),
    }


def _tell(outcomes: list[Outcome], left_out: tuple[str, ...]) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False)
    for title in ("part", "held", "seconds", "figures"):
        table.add_column(title, justify="right" if title == "seconds" else "left")
    for outcome in outcomes:
        held = "[red]no[/]" if outcome.wrong else "[green]yes[/]"
        table.add_row(outcome.part, held, f"{outcome.seconds:.1f}", _shown(outcome.figures))
    for part in left_out:
        table.add_row(part, "[yellow]not tried: no time left[/]", "", "")
    console.print(table)
    for outcome in outcomes:
        for wrong in outcome.wrong:
            console.print(f"[red]{outcome.part}[/] {wrong}", markup=True, highlight=False)


def _shown(figures: Json) -> str:
    plain = {name: value for name, value in figures.items() if not isinstance(value, list | dict)}
    return ", ".join(f"{name} {value}" for name, value in plain.items())
