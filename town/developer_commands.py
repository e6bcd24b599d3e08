"""The commands of developers: checks, tests, locks, and what is held against other people's agencies."""

from pathlib import Path
from typing import Annotated

import typer

from town.cli import app, end_with, settings_of
from town.standing import as_named

_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command()
def fuzz(
    services: Annotated[
        list[str] | None, typer.Argument(metavar="[SERVICE]...", help="Which services; all without.")
    ] = None,
    *,
    requests: Annotated[int, typer.Option(min=1, help="So many generated requests in all.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed, the same requests.")] = 1,
) -> None:
    """Schemathesis at every service: no 5xx, no undocumented answer.

    [bold]python3 run.py fuzz gateway --requests 2000[/]
    """
    from town.fuzzing import main as fuzz_all

    def act() -> int:
        settings_of()
        return fuzz_all(requests, seed, tuple(services or ()))

    end_with(act)


@app.command()
def conformance(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the agency answers.")],
    *,
    agency: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which agency it stands for. [dim]as it says itself[/]")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", parser=as_named, help="Write JUnit XML as well.")
    ] = None,
    openapi: Annotated[
        bool, typer.Option("--openapi/--no-openapi", help="Schemathesis against its /openapi.json as well.")
    ] = True,
    phases: Annotated[
        str, typer.Option(help="Of Schemathesis: some of these.")
    ] = "examples,coverage,fuzzing,stateful",
    examples: Annotated[int, typer.Option(min=1, help="Of Schemathesis: cases for each operation.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Of Schemathesis: the same seed, the same cases.")] = 2026,
    registry: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="A shared registry that the agency asks; once for each."),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            envvar="CONFORMANCE_KEY",
            help="Sent with every request as bearer token; 'Name: value' for another header. Never shown.",
        ),
    ] = None,
) -> None:
    """Put the agency contract to an agency at any URL, ours or somebody else's. 0 if nothing is broken.

    In words, with every request and answer: docs/agency-contract.md. Signatures are verified with
    SANDBOX_EVENT_SECRET.

    [bold]python3 run.py conformance http://127.0.0.1:8002 --junit conformance.xml[/]
    """
    from town.conformance.command import Wish
    from town.conformance.command import main as ask

    def act() -> int:
        set_up, registries = settings_of(), tuple(registry or ())
        seconds, secret = set_up.timeout_seconds, set_up.event_secret
        return ask(
            Wish(url, agency, json, junit, openapi, phases, examples, seed, registries, key, seconds, secret)
        )

    end_with(act)


@app.command()
def torture(
    parts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PART]...",
            help="single, pairs, seeds, mistakes, cuts, calls, disk, kills, ends, network, replicas; "
            "all without.",
        ),
    ] = None,
    *,
    seeds: Annotated[int, typer.Option(min=1, help="So many random schedules.")] = 2000,
    first_seed: Annotated[int, typer.Option(min=0, help="The first of them.")] = 1,
    kills: Annotated[int, typer.Option(min=1, help="So many real processes are killed.")] = 50,
    cuts: Annotated[int, typer.Option(min=1, help="So many power cuts.")] = 2000,
    minutes: Annotated[float, typer.Option(min=0.1, help="Begin nothing after so many minutes.")] = 60.0,
    replay: Annotated[
        str | None,
        typer.Option(metavar="'STORY PLAN'", help="One schedule again, as a failure prints it."),
    ] = None,
    relearn: Annotated[
        bool, typer.Option("--relearn", help="Look anew for what shows each planted mistake.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")
    ] = False,
) -> None:
    """Make everything go wrong that can: crashes, lost messages, full disks, power cuts, killed processes.

    [bold]python3 run.py torture seeds --seeds 20000[/]
    """
    from town.torture.command import main as torment
    from town.torture.parts import PARTS, Wish

    wanted = tuple(parts or PARTS)
    wish = Wish(wanted, seeds, first_seed, kills, cuts, minutes, replay, relearn, json)
    end_with(lambda: torment(wish))


@app.command()
def bench(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="flows, overload, pages, simulate, soak")
    ] = "flows",
    *,
    in_flight: Annotated[str, typer.Option(metavar="N,N", help="flows: so many cases at once.")] = "1,32,256",
    rounds: Annotated[
        int | None,
        typer.Option(min=1, help="flows, simulate: so often; medians are shown. [dim]3, and 5[/]"),
    ] = None,
    cases: Annotated[
        int | None, typer.Option(min=2, help="flows: so many a go. [dim]10, 96, 256 by what is in flight[/]")
    ] = None,
    postgres: Annotated[
        bool, typer.Option("--postgres/--no-postgres", help="flows: on PostgreSQL as well, and DBOS.")
    ] = True,
    seconds: Annotated[float, typer.Option(min=1, help="overload: so long is the rush.")] = 60.0,
    minutes: Annotated[float, typer.Option(min=0.1, help="soak: so long.")] = 20.0,
    communes: Annotated[int, typer.Option(min=1, help="simulate: the peers live through so many.")] = 9,
    dossiers: Annotated[int, typer.Option(min=2, help="pages: so many in the run.")] = 1000,
    processes: Annotated[
        bool, typer.Option("--processes/--one-process", help="pages: a process for each service, or one.")
    ] = True,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")
    ] = False,
) -> None:
    """How fast cases go, beside a bare loop and beside DBOS; a rush; many hours; the pages; a national year
    beside SimPy and Ciw. Look at ratios.

    [bold]python3 run.py bench flows --in-flight 32 --rounds 5[/]

    [bold]python3 run.py bench overload[/] · [bold]python3 run.py bench soak --minutes 5[/] ·
    [bold]python3 run.py bench simulate --json[/]
    """
    from town.bench.command import Wish, main, numbers

    def act() -> int:
        at_once = numbers(in_flight)
        return main(
            Wish(
                what, at_once, rounds, cases, postgres, seconds, minutes, communes, dossiers, processes, json
            )
        )

    end_with(act)


@app.command(context_settings=_PASSED_ON)
def test(context: typer.Context) -> None:
    """Run the tests. What follows goes to pytest.

    [bold]python3 run.py test tests/unit -k tet[/]
    """
    from town.checks import run_tests

    end_with(lambda: run_tests(context.args))


@app.command()
def check(
    *, static: Annotated[bool, typer.Option("--static", help="Everything but the tests.")] = False
) -> None:
    """Formatting, ruff, mypy, import rules, tests. One failing does not hide the next.

    [bold]python3 run.py check --static[/]
    """
    from town.checks import run_checks

    end_with(lambda: run_checks(with_tests=not static))


@app.command()
def lock(
    *, upgrade: Annotated[bool, typer.Option("--upgrade", help="Take the newest versions.")] = False
) -> None:
    """Write requirements/*.txt again from requirements/*.in.

    [bold]python3 run.py lock --upgrade[/]
    """
    from town.checks import write_locks

    end_with(lambda: write_locks(upgrade=upgrade))
