"""A national year of one group on one path: from what is believed to what comes of every dossier."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flow_model.faults import Absence
from flow_model.group import Group, Procedure
from simulator.agenda import run_areas
from simulator.arrivals import Rhythm, declared, rhythm
from simulator.book import Book, book_of
from simulator.clock import Span, span
from simulator.country import Country, season
from simulator.national import National, national
from simulator.plan import compile_plan, odds_of
from simulator.shape import obstacles
from simulator.sweep import sweep_areas
from simulator.ways import PATHS, Ways
from simulator.world import DESK, NEVER, TURN, Cases, Declared, Desks, Files, room_for

Ready: TypeAlias = tuple[Book, tuple[Procedure, ...]]


@dataclass(frozen=True)
class Wanted:
    """What is to be simulated: so many days since a date, under a law, with a seed, on so many cores.

    ``queueing``: files wait for the officers that a desk has; else the live system's drawn queue stands in.
    """

    law: str
    seed: int
    since: date
    days: int = 365
    share: float = 1.0
    queueing: bool = True
    paper_share: float = 0.0
    counter_share: float = 0.0
    cores: int = 1
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True)
class Lived:
    """What came of it, with the procedures whose places its arrays use."""

    path: str | Ways
    span: Span
    procedures: tuple[Procedure, ...]
    cases: Cases
    files: Files
    desks: Desks


def national_year(group: Group, law: str) -> National:
    """What is believed of a national year of a group, with the procedures that a law holds."""
    return national(group).under(law)


def families(
    year: National, place: Country, wanted: Wanted, since: int = 0, until: int | None = None
) -> tuple[Span, Declared]:
    """Who declares, and when: the same for both paths. In the communes [since, until) of a country."""
    spanned, beat = _time(wanted.since, wanted.days)
    many = (place.communes if until is None else until) - since
    expected = np.full(many, expected_of_commune(year, place, wanted))
    letter = ord(year.group.letter)
    return spanned, declared(beat, wanted.seed, expected, (letter << 48) + (since << 24))


@lru_cache(maxsize=8)
def _time(since: date, days: int) -> tuple[Span, Rhythm]:
    """The calendar of so many days since a date, and how declarations spread over them."""
    spanned = span(date(since.year, 1, 1), 1 + days // 365)
    return spanned, rhythm(season(), spanned.first, since, days)


def expected_of_commune(year: National, place: Country, wanted: Wanted) -> float:
    """How many families of a commune are expected to declare."""
    return year.per_year * wanted.share * wanted.days / 365 / place.communes


def book_for(year: National, path: str | Ways, spanned: Span, wanted: Wanted) -> Ready:
    """The record that a kernel works on, and the procedures with the places that they have in it."""
    ways = PATHS[path] if isinstance(path, str) else path
    plan, procedures = compile_plan(year.group, ways, wanted.law, year.kinds, year.odds)
    closures = closures_of(wanted.absences, procedures, spanned)
    return book_of(
        **spanned.clock,
        **plan,
        **closures,
        seed=np.uint64(wanted.seed % 2**64),
        queueing=wanted.queueing,
        paper_share=wanted.paper_share,
        counter_share=wanted.counter_share,
    ), procedures


def live(
    year: National, path: str | Ways, place: Country, spanned: Span, who: Declared, wanted: Wanted,
    ready: Ready | None = None,
) -> Lived:  # fmt: skip
    """Live through the year: desk after desk, or by the general engine where something flows back.

    ``ready``: what ``book_for`` gives for the same terms, when it is at hand.
    """
    engine = live_by_agenda if obstacles(year, wanted.law) else live_by_sweep
    return engine(year, path, place, spanned, who, wanted, ready)


def live_by_sweep(
    year: National, path: str | Ways, place: Country, spanned: Span, who: Declared, wanted: Wanted,
    ready: Ready | None = None,
) -> Lived:  # fmt: skip
    """Sweep the country, desk after desk."""
    book, procedures = ready or book_for(year, path, spanned, wanted)
    cases, files = room_for(len(who.at), len(procedures))
    desks, shared = _desks(year, place, procedures, list(range(len(procedures))))

    def part(areas: NDArray[np.int64]) -> None:
        sweep_areas(book, cases, files, desks, who.begins, who.first_key, who.at, areas, shared)

    _on_cores(part, place, wanted.cores)
    return Lived(path, spanned, procedures, cases, files, desks)


def live_by_agenda(
    year: National, path: str | Ways, place: Country, spanned: Span, who: Declared, wanted: Wanted,
    ready: Ready | None = None,
) -> Lived:  # fmt: skip
    """Take things as they come, area by area."""
    book, procedures = ready or book_for(year, path, spanned, wanted)
    cases, files = room_for(len(who.at), len(procedures))
    names = [year.desks[each.id].name for each in procedures]
    home = np.array([names.index(name) for name in names], dtype=np.int64)
    desks, shared = _desks(year, place, procedures, home.tolist())
    returns = any(odds_of(year.odds, each).returned > 0 for each in procedures)
    turns = np.zeros((len(cases) if returns else 0, len(procedures)), dtype=TURN)
    turns["corrected"] = NEVER

    def part(areas: NDArray[np.int64]) -> None:
        run_areas(book, cases, files, turns, desks, who.begins, who.first_key, who.at, areas, shared, home)

    _on_cores(part, place, wanted.cores)
    return Lived(path, spanned, procedures, cases, files, desks)


def _desks(
    year: National, place: Country, procedures: Sequence[Procedure], home: Sequence[int]
) -> tuple[Desks, NDArray[np.bool_]]:
    """Officers where they sit: at the first commune of those that share them, under their first procedure."""
    desks = np.zeros((len(procedures), place.communes), dtype=DESK)
    shared = np.array([year.desks[each.id].shared for each in procedures])
    for number, each in enumerate(procedures):
        if home[number] == number:
            offices = place.areas[:-1] if shared[number] else slice(None)
            desks["officers"][number, offices] = year.desks[each.id].officers
    return desks, shared


def _on_cores(part: Callable[[NDArray[np.int64]], None], place: Country, cores: int) -> None:
    if cores == 1:
        part(place.areas)
        return
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(part, _parts(place.areas, cores)))


def _parts(areas: NDArray[np.int64], cores: int) -> list[NDArray[np.int64]]:
    """The areas in as many runs as keep every core busy to the end."""
    number = areas.shape[0] - 1
    runs = min(number, 8 * cores)
    return [areas[number * run // runs : number * (run + 1) // runs + 1] for run in range(runs)]


def closures_of(
    absences: Sequence[Absence], procedures: Sequence[Procedure], spanned: Span
) -> dict[str, Any]:
    """Absences as kernels know them: a row for each procedure that they hit."""
    rows = [
        (place, each.who == "office", spanned.seconds(each.starts), spanned.seconds(each.until))
        for each in absences
        for place, procedure in enumerate(procedures)
        if each.agency == procedure.agency and each.procedure in (None, procedure.id)
    ]
    return {
        "closed": len(rows),
        "closed_procedure": [row[0] for row in rows],
        "closed_office": [row[1] for row in rows],
        "closed_from": [row[2] for row in rows],
        "closed_until": [row[3] for row in rows],
    }
