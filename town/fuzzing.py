"""`fuzz`: Schemathesis against every service of a town of our own, until so many requests were generated."""

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from town import stage
from town.ending import until_told
from town.layout import NAMES

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
PHASES = "examples,coverage,fuzzing,stateful"
_GENERATED = re.compile(r"([\d,]+) generated")
# Examples an operation in one round. Rounds have seeds of their own, so another round sends other requests.
_EXAMPLES = 60


@dataclass
class Fuzzed:
    """What one service was sent, and what was found."""

    service: str
    requests: int = 0
    seconds: float = 0.0
    found: str = ""


def main(requests: int, seed: int, services: tuple[str, ...]) -> int:
    """0 when no answer was a 5xx or undocumented."""
    return asyncio.run(until_told(_main(requests, seed, services or NAMES[:-1])))


async def _main(requests: int, seed: int, services: tuple[str, ...]) -> int:
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for title in ("service", "requests", "seconds", "found"):
        table.add_column(title, justify="right" if title in ("requests", "seconds") else "left")
    results: list[Fuzzed] = []
    async with stage.urls_of_our_own() as urls:
        for number, service in enumerate(services):
            left = requests - sum(each.requests for each in results)
            share = max(1, -(-left // (len(services) - number)))  # a round at the least
            console.print(f"[dim]{service}: {share} …[/]")
            results.append(await fuzz(service, urls[service], share, seed))
    for each in results:
        found = "[green]nothing[/]" if not each.found else "[red]see below[/]"
        table.add_row(each.service, str(each.requests), f"{each.seconds:.0f}", found)
    total = sum(each.requests for each in results)
    table.add_row("[bold]all[/]", f"[bold]{total}[/]", f"{sum(each.seconds for each in results):.0f}", "")
    console.print(table)
    for each in results:
        if each.found:
            console.print(f"\n[bold red]{each.service}[/]\n{each.found}", markup=False)
    return 1 if any(each.found for each in results) else 0


async def fuzz(
    service: str, url: str, requests: int, seed: int, examples: int = _EXAMPLES, only: Sequence[str] = ()
) -> Fuzzed:
    """Rounds with seeds of their own until so many requests were generated, or something was found.

    ``only`` says in Schemathesis' words which operations are meant, when it is not all.
    """
    fuzzed, began = Fuzzed(service), perf_counter()
    while fuzzed.requests < requests and not fuzzed.found:
        said, code = await _round(url, seed, examples, only)
        generated = _GENERATED.search(said)
        fuzzed.requests += int(generated[1].replace(",", "")) if generated else 0
        if code != 0 or generated is None:
            fuzzed.found = said[-6000:]
        seed += 1
    fuzzed.seconds = perf_counter() - began
    return fuzzed


def hooks() -> dict[str, str]:
    """The environment in which Schemathesis finds what we tell it."""
    return {"SCHEMATHESIS_HOOKS": "town.fuzzing_hooks", "PYTHONPATH": str(Path(__file__).parents[1])}


async def _round(url: str, seed: int, examples: int, only: Sequence[str]) -> tuple[str, int]:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json"]
    command += ["--checks", CHECKS, "--phases", PHASES, "--max-examples", str(examples)]
    command += ["--seed", str(seed), "--workers", "1", "--no-color", "--warnings", "off"]
    command += only
    folder = Path("var") / f"fuzz-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    started = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, **hooks()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await started.communicate()
    finally:
        if started.returncode is None:  # we are stopped: so is it
            started.kill()
            await started.wait()
    return said.decode("utf-8", "replace"), started.returncode or 0
