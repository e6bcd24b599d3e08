"""The commands of studies: a national year in seconds. What they need is installed when first asked for."""

from pathlib import Path
from typing import Annotated

import typer

from town.cli import app, end_with
from town.standing import as_named


@app.command()
def simulate(
    group: Annotated[
        str, typer.Argument(metavar="birth|death|both", help="Which group, or all of them.")
    ] = "both",
    *,
    year: Annotated[
        int, typer.Option(min=2016, max=2040, help="The calendar year that is simulated.")
    ] = 2025,
    dossiers: Annotated[
        int | None, typer.Option(min=1, help="So many dossiers in the year. [dim]as many as there are[/]")
    ] = None,
    law: Annotated[
        str | None, typer.Option(help="The law profile. [dim]the default of the groups[/]")
    ] = None,
    compare: Annotated[
        str | None, typer.Option(metavar="LAW", help="A second law profile beside it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed, the same families and the same luck.")] = 2026,
    replications: Annotated[int, typer.Option(min=1, max=10_000, help="The year so many times.")] = 1,
    cores: Annotated[int | None, typer.Option(min=1, help="Threads. [dim]one for each core[/]")] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler: tcp://10.0.0.5:8786")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", parser=as_named, help="Write Parquet, JSON and a picture."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")
    ] = False,
    brief: Annotated[bool, typer.Option("--brief", help="Without causes, bottlenecks and staff.")] = False,
    before_2025: Annotated[
        bool, typer.Option("--before-2025", help="63 provinces and 10,035 communes, as before July 2025.")
    ] = False,
) -> None:
    """A national year on both paths: legal, elapsed, on time; where the days went, what a bottleneck costs.

    [bold]python3 run.py simulate birth --law decree-63-2024 --compare two-tier-2025[/]

    [bold]python3 run.py simulate both --out var/year[/]   then: duckdb -init var/year/events.sql

    It holds the law of every row, so [bold]--compare[/] writes both laws side by side.
    """
    import os

    from town.simulate.command import main as study
    from town.simulate.wish import Wish

    threads = cores or os.cpu_count() or 1
    wish = Wish(
        group,
        year,
        law,
        compare,
        seed,
        dossiers,
        replications,
        threads,
        cluster,
        out,
        json,
        brief,
        before_2025,
    )
    end_with(lambda: study(wish))
