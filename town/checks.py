"""The developer's commands: the checks that every change passes, and the locks."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from time import perf_counter

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
_CODE = (".",)
_LOCK_OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--only-binary=:all:",
    "--no-emit-index-url",
    "--no-header",
    "--quiet",
)


@dataclass(frozen=True)
class Check:
    """One tool, and the command that starts it."""

    name: str
    command: Sequence[str]


def checks(*, with_tests: bool) -> list[Check]:
    """What every change passes, in the order from quick to slow."""
    listed = [
        Check("format", _tool("ruff", "format", "--check", *_CODE)),
        Check("lint", _tool("ruff", "check", *_CODE)),
        Check("imports", _tool("lint-imports")),
        Check("types", _tool("mypy", "--strict", *_CODE)),
    ]
    if with_tests:
        listed.append(Check("tests", _tool("pytest")))
    return listed


def run_checks(*, with_tests: bool) -> int:
    """Run all of them, whatever happens to the first; 1 if any failed."""
    console = Console()
    table = Table(box=None, pad_edge=False)
    for title in ("check", "result", "seconds"):
        table.add_column(title, justify="right" if title == "seconds" else "left")
    failed = 0
    for check in checks(with_tests=with_tests):
        console.rule(check.name, align="left", style="dim")
        started = perf_counter()
        code = _run(check.command)
        failed += code != 0
        result = "[green]passed[/]" if code == 0 else f"[red]failed ({code})[/]"
        table.add_row(check.name, result, f"{perf_counter() - started:.1f}")
    console.rule(style="dim")
    console.print(table)
    return 1 if failed else 0


def run_tests(arguments: Sequence[str]) -> int:
    """Run the tests, once this machine has what some of them start."""
    from town.programs import provide

    provide()
    return _run(_tool("pytest", *arguments))


def write_locks(*, upgrade: bool) -> int:
    """Each lock holds the versions of the one before it, because its .in file is bound by it."""
    for name in ("run", "cluster", "study", "dev", "postgres"):
        paths = (f"requirements/{name}.in", f"--output-file=requirements/{name}.txt")
        more = ("--upgrade",) if upgrade else ()
        code = _run(_tool("uv", "pip", "compile", *_LOCK_OPTIONS, *more, *paths))
        if code != 0:
            return code
    return 0


def _tool(name: str, *arguments: str) -> list[str]:
    """A tool of this environment, not one of the same name elsewhere on the machine."""
    beside = str(Path(sys.executable).parent)
    return [which(name, path=beside) or name, *arguments]


def _run(command: Sequence[str]) -> int:
    sys.stdout.flush()
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except FileNotFoundError:
        print(f"{command[0]} is not installed: start with python3 run.py", file=sys.stderr)
        return 127
