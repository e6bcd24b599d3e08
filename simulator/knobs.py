"""Bottlenecks as knobs: each group of the reform programme as parameters, and what each costs in days.

One knob is turned at a time, from its best to its worst; the others stay. Where it stands today is not known
unless a source says so.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flow_model.errors import BadContract
from simulator.clock import office_day
from simulator.country import Country
from simulator.figures import LEAST, mean_days, share
from simulator.national import National
from simulator.study import counted
from simulator.year import Wanted

_FILE = Path(__file__).with_name("knobs.toml")
Turn = Callable[[National, Wanted, float], tuple[National, Wanted]]


@dataclass(frozen=True)
class Knob:
    """A parameter: its group of the programme, its range, and what turning it to a value does."""

    id: str
    group_vi: str
    group_en: str
    title_vi: str
    title_en: str
    best: float
    worst: float
    source: str
    source_en: str
    turn: Turn


def _paper(year: National, wanted: Wanted, value: float) -> tuple[National, Wanted]:
    """Not connected; a system that is refused for want of security is as good as that."""
    return year, replace(wanted, paper_share=value)


def _counter(year: National, wanted: Wanted, value: float) -> tuple[National, Wanted]:
    return year, replace(wanted, counter_share=1 - value)


def _staffing(year: National, wanted: Wanted, value: float) -> tuple[National, Wanted]:
    """So many times the work on every file: what fewer or slower officers come to, in parts of an officer."""
    assumptions = year.group.assumptions.scaled("work", 1 / value)
    return replace(year, group=replace(year.group, assumptions=assumptions)), wanted


def _digitised(year: National, wanted: Wanted, value: float) -> tuple[National, Wanted]:
    """Papers that are not there as data are asked for: a file without them needs a supplement more often."""
    odds = {
        name: replace(each, supplemented=min(0.9, each.supplemented + 0.5 * (1 - value)))
        for name, each in year.odds.items()
    }
    return replace(year, odds=odds), wanted


def _verified(year: National, wanted: Wanted, value: float) -> tuple[National, Wanted]:
    """Data that are not reused are verified anew."""
    odds = {name: replace(each, verified=min(0.9, 1 - value)) for name, each in year.odds.items()}
    return replace(year, odds=odds), wanted


_TURNS: dict[str, Turn] = {
    "counter": _counter,
    "paper": _paper,
    "digitised": _digitised,
    "verified": _verified,
    "staffing": _staffing,
}


@cache
def knobs() -> tuple[Knob, ...]:
    """The rows of ``knobs.toml``; raises BadContract for one without a source, or with an unknown turn."""
    document = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(_knob(row) for row in document["knob"])


def _knob(row: Mapping[str, Any]) -> Knob:
    if not (row.get("source") and row.get("source_en")) or row.get("turn") not in _TURNS:
        raise BadContract(
            _FILE.name,
            f"the knob {row.get('id', '?')} lacks a source in both languages, or turns nothing known",
        )
    return Knob(**{**row, "turn": _TURNS[row["turn"]]})


def tornado(
    year: National, place: Country, wanted: Wanted, done: Callable[[int, int], None] = lambda _at, _all: None
) -> list[dict[str, Any]]:
    """What each knob costs on the new path, from best to worst; the widest first.

    No rows where too few dossiers finish: what turning a knob does to their mean would be luck.
    """
    base, hours = _mean(year, place, wanted), len(knobs()) * 2
    rows: list[dict[str, Any]] = []
    if base["finished"] < LEAST:
        done(hours, hours)
        return rows
    for number, knob in enumerate(knobs()):
        ends = {}
        for place_of, value in enumerate((knob.best, knob.worst)):
            ends[value] = _mean(*_turned(knob, year, wanted, value, place))
            done(number * 2 + place_of + 1, hours)
        rows.append(_row(knob, base, ends))
    return sorted(rows, key=lambda row: -abs(row["worst_days"] - row["best_days"]))


def _turned(
    knob: Knob, year: National, wanted: Wanted, value: float, place: Country
) -> tuple[National, Country, Wanted]:
    turned, order = knob.turn(year, wanted, value)
    return turned, place, order


def _row(knob: Knob, base: Mapping[str, Any], ends: Mapping[float, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "knob": knob.id,
        "group_vi": knob.group_vi,
        "group_en": knob.group_en,
        "title_vi": knob.title_vi,
        "title_en": knob.title_en,
        "source": knob.source,
        "source_en": knob.source_en,
        "best": knob.best,
        "worst": knob.worst,
        "base_days": base["days"],
        "best_days": ends[knob.best]["days"],
        "worst_days": ends[knob.worst]["days"],
        "worst_on_time": ends[knob.worst]["on_time"],
    }


def _mean(year: National, place: Country, wanted: Wanted) -> dict[str, Any]:
    counts = counted(year, ["interlinked"], place, wanted)["interlinked"]
    _, finished, timely = (int(each) for each in counts.dossiers.sum(axis=0))
    return {
        "finished": finished,
        "days": mean_days(counts.working.sum(axis=0), office_day()),
        "on_time": share(timely, finished).value,
    }
