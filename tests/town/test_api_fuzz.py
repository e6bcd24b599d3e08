"""Every service's OpenAPI document, fuzzed over real HTTP: no 5xx, no undocumented answer, no wrong shape."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flow_model.catalogue import HERE
from town.layout import NAMES, ports

# Two workers may each run a part of this file: each has ports of its own.
BASE = 18440 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# The four agencies are made of the same parts: one of them stands for all.
FUZZED = [name for name in NAMES if name not in ("residence", "social_insurance", "social_protection")]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A demo that stays up, on ports of its own."""
    folder = tmp_path_factory.mktemp("fuzz")
    process = subprocess.Popen(
        [sys.executable, "-m", "town", "demo", "--port", str(BASE)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE), "COLUMNS": "160"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C" in line:
            break
    yield folder
    process.terminate()
    process.wait(timeout=30)
    process.stdout.close()


@pytest.mark.parametrize("name", FUZZED)
def test_what_the_document_says_is_what_the_service_does(demo: Path, name: str) -> None:
    fuzzed = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run"),
            f"http://127.0.0.1:{ports(BASE)[name]}/openapi.json",
            *("--checks", CHECKS, "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", "8", "--seed", "1", "--workers", "1", "--no-color"),
        ],
        cwd=demo,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert fuzzed.returncode == 0, fuzzed.stdout[-4000:] + fuzzed.stderr[-2000:]
    assert "generated" in fuzzed.stdout
