"""Schemathesis against the agency's own document: what nobody thought of, seeded, and in one run of ours."""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from flow_model.errors import SandboxError
from town.conformance.agency import Agency
from town.conformance.bench import Bench
from town.conformance.document import Document
from town.conformance.material import Material
from town.conformance.running import Outcome
from town.fuzzing import hooks

NAME = "schemathesis"
DEMAND = "Whatever is sent, there is no 5xx and no answer but those of the agency's own OpenAPI document."
PHASES = "examples,coverage,fuzzing,stateful"
ASKED = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
FOUND_SOMETHING = 1  # what it ends with; other numbers say that it did not run
_KEY = "CONFORMANCE_KEY"
_CURL = re.compile(r"^\s*(curl .+)$", re.MULTILINE)


async def fuzz(
    agency: Agency, material: Material, *, seed: int, examples: int, phases: str = PHASES
) -> Outcome:
    """Open a run with an application in it, and let Schemathesis at the agency."""
    if find_spec("schemathesis") is None:
        reason = "Schemathesis is not installed: start with python3 run.py"
        return Outcome(NAME, "document", DEMAND, "not tried", 0.0, reason=reason)
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
    if code != FOUND_SOMETHING:
        raise SandboxError(f"Schemathesis: {said[-500:].strip()}", f"Schemathesis: {said[-500:].strip()}")
    expected = "no failure in the phases " + phases.replace(",", ", ")
    commands = tuple(dict.fromkeys(_CURL.findall(said)))
    return Outcome(NAME, "document", DEMAND, "broken", seconds, expected, _gist(said), commands=commands)


def _config(run_id: str, at: str, application_id: str, aside: str, key: Mapping[str, str]) -> str:
    """Every question goes to our run and our application: other names would only ever meet a 404.

    Runs are opened and removed aside, so that ours stays; no run of anybody else is touched. A key comes
    from the environment, so that no file holds it.
    """
    fixed = (
        ("header.Run-Id", run_id),
        ("header.Simulated-At", at),
        ("path.application_id", application_id),
        ("path.run_id", aside),
    )
    lines = [f'headers = {{ {name} = "${{{_KEY}}}" }}' for name in key]
    lines += ["[parameters]", *(f'"{place}" = "{value}"' for place, value in fixed)]
    return "\n".join(lines) + "\n"


async def _run(agency: Agency, config: Path, phases: str, seed: int, examples: int) -> tuple[int, str]:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)]
    command += ["run", f"{agency.url}/openapi.json", "--url", agency.url]
    command += ["--phases", phases, "--checks", ASKED, "--max-examples", str(examples)]
    command += ["--seed", str(seed), "--workers", "1", "--no-color", "--warnings", "off"]
    started = await asyncio.create_subprocess_exec(
        *command,
        cwd=config.parent,
        env={**os.environ, **hooks(), "COLUMNS": "200", _KEY: "".join(agency.key.values())},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await started.communicate()
    finally:
        if started.returncode is None:  # we are stopped: so is it
            started.kill()
            await started.wait()
    return started.returncode or 0, agency.without_key(said.decode("utf-8", "replace"))


def _gist(said: str) -> str:
    """The part that tells the failures; else the end of what was said."""
    begins = max(said.find("= FAILURES ="), said.find("= ERRORS ="))
    told = said[begins:].partition("\n")[2] if begins >= 0 else said[-1500:]
    return told.partition("= SUMMARY =")[0].strip().strip("=").strip()[:2000]
