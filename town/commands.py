"""The commands: what can be asked, with an example each. What is done lies in other modules."""

from pathlib import Path
from typing import Annotated

import typer

from town.cli import app, end_with, main, settings_of
from town.standing import as_named, require_file, word_or_file

__all__ = ["app", "main"]


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop after the story.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")
    ] = False,
    processes: Annotated[
        bool, typer.Option("--processes", help="One process for each service, instead of one for all.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Which invented families: the same seed, the same bytes.")] = 2026,
    law: Annotated[str, typer.Option(help="The law profile.")] = "claim-2023",
    port: Annotated[
        int | None, typer.Option(min=1, max=65_000, help="The first port; the others follow. [dim]8000[/]")
    ] = None,
    birth: Annotated[str, typer.Option(metavar="SITUATION", help="The family of the birth.")] = "newborn",
    death: Annotated[str, typer.Option(metavar="SITUATION", help="The family of the death.")] = "pensioner",
    start: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="When the run starts: 2026-03-09T08:00:00+07:00.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", parser=as_named, help="Save what is told as an SVG.")
    ] = None,
    agency: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=URL", help="Your own agency in place of ours; once for each."),
    ] = None,
) -> None:
    """Tell the story: one birth and one death, on both paths, over HTTP, measured.

    [bold]python3 run.py demo --once --law decree-63-2024[/]
    """
    from town.demo import main as tell
    from town.elsewhere import elsewhere

    def act() -> int:
        settings = settings_of()
        if picture is not None:
            require_file(picture)
        return tell(
            once=once,
            json=json,
            processes=processes,
            seed=seed,
            law=law,
            port=settings.base_port if port is None else port,
            birth=birth,
            death=death,
            start=start,
            picture=picture,
            host=settings.host,
            elsewhere=elsewhere(agency or ()),
            var_dir=settings.var_dir,
        )

    end_with(act)


@app.command()
def play(
    wanted: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE|ID|TAG|F1..F22]...", help="Which stories.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every story of the library.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Those that did not pass the last time.")] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**31 - 1, help="Another seed than the file's.")
    ] = None,
    gateway: Annotated[
        str | None, typer.Option(metavar="URL", help="Play at a gateway that is running already.")
    ] = None,
    processes: Annotated[
        bool, typer.Option("--processes", help="One process for each service, instead of one for all.")
    ] = False,
    memory: Annotated[bool, typer.Option("--memory", help="No network and no files: the quickest.")] = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="So many plays side by side.")] = 4,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="So many towns share the plays. [dim]as many as cores[/]"),
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", hidden=True)] = False,
    limit: Annotated[
        float, typer.Option(min=0.1, help="Real seconds after which a play is said to hang.")
    ] = 60.0,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", parser=as_named, help="Write JUnit XML.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", parser=as_named, help="Write a report to open offline.")
    ] = None,
    coverage: Annotated[
        bool | None, typer.Option(help="What was reached, and what none reaches. [dim]with --all[/]")
    ] = None,
    tell: Annotated[bool, typer.Option("--tell", help="Tell the story as it goes on.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the runs, to look at them.")] = False,
    record: Annotated[
        Path | None,
        typer.Option(metavar="HAR", parser=as_named, help="Record what services say to each other."),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(
            metavar="HAR", parser=as_named, help="Play with the agencies switched off, from a recording."
        ),
    ] = None,
) -> None:
    """Play stories and hold them against what they expect; 0 only when all pass.

    [bold]python3 run.py play birth --junit plays.xml --html plays.html[/]
    """
    from town.order import Order
    from town.play import main as play_all

    def act() -> int:
        settings_of()
        return play_all(
            Order(
                wanted=tuple(map(word_or_file, wanted or ())),
                everything=everything,
                failed=failed,
                seed=seed,
                gateway=gateway,
                processes=processes,
                memory=memory,
                jobs=1 if tell else jobs,
                limit_seconds=limit,
                workers=workers,
                lines=lines,
                json=json,
                junit=junit,
                html=html,
                coverage=coverage,
                tell=tell,
                keep=keep,
                record=record,
                replay=replay,
                var_dir=settings_of().var_dir,
            )
        )

    end_with(act)


@app.command()
def serve(
    name: Annotated[str, typer.Argument(help="gateway, civil_status, residence, ...")],
    *,
    port: Annotated[int | None, typer.Option(min=1, max=65_000, help="SANDBOX_BASE_PORT")] = None,
    host: Annotated[str | None, typer.Option(help="SANDBOX_HOST")] = None,
    store: Annotated[
        Path | None,
        typer.Option(metavar="FILE", parser=as_named, help="The SQLite file; NAME.sqlite in SANDBOX_VAR_DIR"),
    ] = None,
    urls: Annotated[
        str | None, typer.Option(metavar="JSON", help="Where the other services are; SANDBOX_SERVICE_URLS")
    ] = None,
) -> None:
    """Run one service alone, until it is told to stop.

    [bold]python3 run.py serve civil_status --port 8001[/]
    """
    from town.layout import serve as serve_one

    def act() -> int:
        settings = settings_of({} if urls is None else {"SANDBOX_SERVICE_URLS": urls})
        return serve_one(
            name,
            settings.host if host is None else host,
            settings.base_port if port is None else port,
            settings.var_dir / f"{name}.sqlite" if store is None else store,
            dict(settings.service_urls),
        )

    end_with(act)


@app.command()
def migrate(
    *,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="The PostgreSQL database; SANDBOX_DATABASE_URL")
    ] = None,
) -> None:
    """Make the tables of every service in PostgreSQL, or bring them up to date. As often as you like.

    [bold]python3 run.py migrate --database postgresql://town:secret@127.0.0.1:5432/town[/]
    """
    from town.migrations.command import main as bring_up_to_date

    def act() -> int:
        settings = settings_of({} if database is None else {"SANDBOX_DATABASE_URL": database})
        return bring_up_to_date(settings.database_url)

    end_with(act)


# Last, so that help lists what everybody uses first.
import town.study_commands  # noqa: E402, I001  before them, as people are told of it
import town.developer_commands  # noqa: E402, F401
