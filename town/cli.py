"""The command line itself: one app, how commands end, what the operator has set."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

import typer

from chassis.settings import Settings
from flow_model.errors import BadContract, SandboxError
from town.signals import CTRL_C, listen_to_ctrl_c
from town.standing import NotWritable

# Found before anything was done: as for a word that is no option, the status is 2.

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A sandbox of Vietnam's interlinked public service: declare once, and measure both paths.",
)


class Misasked(SandboxError):
    """Whoever typed the command types another: nothing was done."""

    slug = "misasked"


_NOTHING_WAS_DONE = (BadContract, NotWritable, Misasked)


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        app(list(arguments), prog_name="python3 run.py")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def end_with(act: Callable[[], int]) -> NoReturn:
    """A mistake that somebody can put right is one line, and Ctrl-C is an end like others: no traceback."""
    try:
        listen_to_ctrl_c()
        code = act()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        code = CTRL_C
    except SandboxError as error:
        # What another service said is in one language already.
        print(" / ".join(dict.fromkeys((error.detail_vi, error.detail_en))), file=sys.stderr)
        found = any(isinstance(each, _NOTHING_WAS_DONE) for each in (error, error.__cause__))
        code = 2 if found else 1
    raise typer.Exit(code)


def settings_of(more: dict[str, str] | None = None) -> Settings:
    """What the operator has set; warnings are told, and logs go to standard error."""
    settings = Settings.from_environment({**os.environ, **(more or {})})
    for warning in settings.warnings:
        print(warning, file=sys.stderr)
    # Here, because nobody who only asks for help waits for what writes logs.
    from chassis.logs import configure

    configure(settings.log_level, settings.log_json)  # to standard error: standard output is for answers
    return settings
