"""Schemathesis against the agency's own document: what nobody thought of, seeded, and in one run of ours."""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from town.conformance.agency import Agency
from town.conformance.bench import Bench
from town.conformance.document import Document
from town.conformance.material import Material
from town.conformance.running import Outcome

NAME = "schemathesis"
DEMAND = "Whatever is sent, there is no 5xx and no answer but those of the agency's own OpenAPI document."
PHASES = "examples,coverage,fuzzing,stateful"
ASKED = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
_KEY = "CONFORMANCE_KEY"
_CURL = re.compile(r"^\s*(curl .+)$", re.MULTILINE)


async def fuzz(
    agency: Agency, material: Material, *, seed: int, examples: int, phases: str = PHASES
) -> Outcome:
    """Open a run with an application in it, and let Schemathesis at the agency."""
    bench, begun = Bench(agency, material, Document(None)), perf_counter()
    async with bench.checking(NAME):
        lap = await bench.human()
        aside = f"{lap.id}-aside"
        bench.opened.append(aside)
        sent = bench.one()
        await lap.send(sent)
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "schemathesis.toml"
            at = sent.at.isoformat()
            config.write_text(
                _config(lap.id, at, sent.id, aside, agency.key),
                encoding="utf-8",
            )
            code, said = await _run(agency, config, phases, seed, examples)
    seconds = perf_counter() - begun
    if code == 0:
        return Outcome(NAME, "document", DEMAND, "kept", seconds)
    expected = "no failure in the phases " + phases.replace(",", ", ")
    commands = tuple(dict.fromkeys(_CURL.findall(said)))
    return Outcome(NAME, "document", DEMAND, "broken", seconds, expected, _gist(said), commands=commands)


def _config(run_id: str, at: str, application_id: str, aside: str, key: Mapping[str, str]) -> str:
    """Most questions go to our run and our application: a random name would only ever meet a 404.

    Runs are opened and removed aside, so that ours stays. A key comes from the environment.
    """
    bound = (
        ("header.Run-Id", "run", run_id, 0.9),
        ("header.Simulated-At", "instant", at, 0.9),
        ("path.application_id", "application", application_id, 0.9),
        ("path.run_id", "aside", aside, 1.0),
    )
    lines = [f'headers = {{ {name} = "${{{_KEY}}}" }}' for name in key]
    for _, name, value, _ in bound:
        lines += [f"[dictionaries.{name}]", f'values = ["{value}"]']
    lines.append("[parameters]")
    for place, name, _, chance in bound:
        lines.append(f'"{place}" = {{ dictionary = "{name}", probability = {chance} }}')
    return "\n".join(lines) + "\n"


async def _run(agency: Agency, config: Path, phases: str, seed: int, examples: int) -> tuple[int, str]:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)]
    command += ["run", f"{agency.url}/openapi.json", "--url", agency.url]
    command += ["--phases", phases, "--checks", ASKED, "--max-examples", str(examples)]
    command += ["--seed", str(seed), "--workers", "1", "--no-color", "--warnings", "off"]
    started = await asyncio.create_subprocess_exec(
        *command,
        cwd=config.parent,
        env={**os.environ, "COLUMNS": "200", _KEY: "".join(agency.key.values())},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await started.communicate()
    finally:
        if started.returncode is None:  # we are stopped: so is it
            started.kill()
            await started.wait()
    return started.returncode or 0, said.decode("utf-8", "replace")


def _gist(said: str) -> str:
    """The part that tells the failures; else the end of what was said."""
    begins = max(said.find("= FAILURES ="), said.find("= ERRORS ="))
    told = said[begins:].partition("\n")[2] if begins >= 0 else said[-1500:]
    return told.partition("= SUMMARY =")[0].strip().strip("=").strip()[:2000]
