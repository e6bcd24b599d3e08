"""``bench simulate`` for people: who is how fast, what was asked for, and where the time cannot but go."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

# What is asked of the simulator. A measurement says whether it is met; a noisy machine is no reason to fail.
TARGETS = {
    "ratio_simpy": (">=", 500),
    "ratio_ciw": (">=", 700),
    "ratio_primitives": ("<=", 2.6),
    "cases_differing": ("<=", 0),
    "year_cpu_s": ("<=", 2.0),
    "warm_start_s": ("<=", 3.0),
    "peak_mb": ("<=", 500.0),
    "peak_mb_of_years_as_histograms": ("<=", 250.0),
}
_NAMES = {
    "sweep": "the sweep, desk after desk",
    "agenda": "the general engine",
    "simpy": "SimPy as its manual teaches it",
    "simpy_tuned": "SimPy as fast as it goes",
    "ciw": "Ciw, each desk alone",
}
_PRIMITIVES = {
    "hash": "draws of a share",
    "uniform": "draws, uniform",
    "triangular": "draws, triangular",
    "lognormal": "draws, lognormal",
    "calendar": "calendar, both ways",
    "sort": "sort by time of coming",
    "scan": "scan over the desk",
    "byte": "store, by byte",
}


def tell(document: Mapping[str, Any]) -> None:
    """Four tables."""
    console = Console()
    console.print(_speeds(document), "", _targets(document), "", _least(document))
    for times, cost in document["growth"].items():
        console.print(f"the country {times:>2} times over: {cost:.0f} ns a visit")
    differing = ", ".join(f"{name.replace('_', ' ')} {many}" for name, many in document["differing"].items())
    console.print(f"dossiers that differ: {differing}")
    if "cold_start_s" in document:
        console.print(f"first start, kernels compiled: {document['cold_start_s']} s")


def _speeds(document: Mapping[str, Any]) -> Table:
    cases, visits = document["cases"], document["visits"]
    title = (
        f"CPU for a file opened at a desk: {cases:,} dossiers, {visits:,} files, {document['rounds']} rounds"
    )
    table = _table(title, "engine", "ns a visit", "times the sweep")
    every = document["ns_per_visit_of"]
    ratios = {"simpy": "ratio_simpy", "simpy_tuned": "ratio_simpy_tuned", "ciw": "ratio_ciw"}
    for name, cost in every.items():
        times = document[ratios[name]] if name in ratios else cost / every["sweep"]
        table.add_row(_NAMES[name], f"{cost:,.0f}", f"{times:,.1f}")
    return table


def _targets(document: Mapping[str, Any]) -> Table:
    table = _table("What is asked for", "figure", "measured", "asked for", "")
    for name, (sign, asked) in TARGETS.items():
        if name in document:
            met = document[name] >= asked if sign == ">=" else document[name] <= asked
            mark = "[green]met[/]" if met else "[red]missed[/]"
            table.add_row(name.replace("_", " "), f"{document[name]:,}", f"{sign} {asked:,}", mark)
    return table


def _least(document: Mapping[str, Any]) -> Table:
    table = _table("What no engine can do without", "primitive", "ns", "of a year, s")
    for name, row in document["primitives"].items():
        table.add_row(_PRIMITIVES[name], f"{row['ns']:.2f}", f"{row['year_s']:.3f}")
    table.add_row("together", "", f"{sum(row['year_s'] for row in document['primitives'].values()):.3f}")
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number in (1, 2) else "left")
    return table
