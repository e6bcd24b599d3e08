"""The command line: what can be asked, with an example each. What is done lies in other modules."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from chassis.logs import configure
from chassis.settings import Settings
from flow_model.errors import SandboxError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A sandbox of Vietnam's interlinked public service: declare once, and measure both paths.",
)
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        app(list(arguments), prog_name="python3 run.py")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def _end_with(act: Callable[[], int]) -> NoReturn:
    """A mistake that somebody can put right is one line, and Ctrl-C is an end like others: no traceback."""
    try:
        code = act()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        code = 130
    except SandboxError as error:
        # What another service said is in one language already.
        print(" / ".join(dict.fromkeys((error.detail_vi, error.detail_en))), file=sys.stderr)
        code = 1
    raise typer.Exit(code)


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
    picture: Annotated[Path | None, typer.Option(metavar="FILE", help="Save what is told as an SVG.")] = None,
) -> None:
    """Tell the story: one birth and one death, on both paths, over HTTP, measured.

    [bold]python3 run.py demo --once --law decree-63-2024[/]
    """
    from town.demo import main as tell

    def act() -> int:
        settings = _settings()
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
        )

    _end_with(act)


@app.command()
def play(
    wanted: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE|ID|TAG|F1..F22]...", help="Which stories.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every story of the library.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Those that did not pass the last time.")] = False,
    seed: Annotated[int | None, typer.Option(help="Another seed than the file's.")] = None,
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
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report to open offline.")] = None,
    coverage: Annotated[
        bool | None, typer.Option(help="What was reached, and what none reaches. [dim]with --all[/]")
    ] = None,
    tell: Annotated[bool, typer.Option("--tell", help="Tell the story as it goes on.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the runs, to look at them.")] = False,
    record: Annotated[
        Path | None, typer.Option(metavar="HAR", help="Record what services say to each other.")
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="HAR", help="Play with the agencies switched off, from a recording."),
    ] = None,
) -> None:
    """Play stories and hold them against what they expect; 0 only when all pass.

    [bold]python3 run.py play birth --junit plays.xml --html plays.html[/]
    """
    from town.order import Order
    from town.play import main as play_all

    def act() -> int:
        _settings()
        return play_all(
            Order(
                wanted=tuple(wanted or ()),
                everything=everything,
                failed=failed,
                seed=seed,
                gateway=gateway,
                layout="processes" if processes else "memory" if memory else "one",
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
            )
        )

    _end_with(act)


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
        _settings()
        return fuzz_all(requests, seed, tuple(services or ()))

    _end_with(act)


@app.command()
def serve(
    name: Annotated[str, typer.Argument(help="gateway, civil_status, residence, ...")],
    *,
    port: Annotated[int | None, typer.Option(min=1, max=65_000, help="SANDBOX_BASE_PORT")] = None,
    host: Annotated[str | None, typer.Option(help="SANDBOX_HOST")] = None,
    store: Annotated[
        Path | None, typer.Option(help="The SQLite file; NAME.sqlite in SANDBOX_VAR_DIR")
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
        settings = _settings({} if urls is None else {"SANDBOX_SERVICE_URLS": urls})
        return serve_one(
            name,
            settings.host if host is None else host,
            settings.base_port if port is None else port,
            settings.var_dir / f"{name}.sqlite" if store is None else store,
            dict(settings.service_urls),
        )

    _end_with(act)


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
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML as well.")] = None,
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

    [bold]python3 run.py conformance http://127.0.0.1:8002 --junit conformance.xml[/]
    """
    from town.conformance.command import Wish
    from town.conformance.command import main as ask

    def act() -> int:
        seconds = _settings().timeout_seconds
        registries = tuple(registry or ())
        return ask(Wish(url, agency, json, junit, openapi, phases, examples, seed, registries, key, seconds))

    _end_with(act)


@app.command(context_settings=_PASSED_ON)
def test(context: typer.Context) -> None:
    """Run the tests. What follows goes to pytest.

    [bold]python3 run.py test tests/unit -k tet[/]
    """
    from town.checks import run_tests

    _end_with(lambda: run_tests(context.args))


@app.command()
def check(
    *, static: Annotated[bool, typer.Option("--static", help="Everything but the tests.")] = False
) -> None:
    """Formatting, ruff, mypy, import rules, tests. One failing does not hide the next.

    [bold]python3 run.py check --static[/]
    """
    from town.checks import run_checks

    _end_with(lambda: run_checks(with_tests=not static))


@app.command()
def lock(
    *, upgrade: Annotated[bool, typer.Option("--upgrade", help="Take the newest versions.")] = False
) -> None:
    """Write requirements/*.txt again from requirements/*.in.

    [bold]python3 run.py lock --upgrade[/]
    """
    from town.checks import write_locks

    _end_with(lambda: write_locks(upgrade=upgrade))


def _settings(more: dict[str, str] | None = None) -> Settings:
    settings = Settings.from_environment({**os.environ, **(more or {})})
    for warning in settings.warnings:
        print(warning, file=sys.stderr)
    configure(settings.log_level, settings.log_json)  # to standard error: standard output is for answers
    return settings
