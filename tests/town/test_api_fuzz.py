"""Every service's OpenAPI document, fuzzed over real HTTP: no 5xx, no undocumented answer, no wrong shape."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.client import ServiceClient
from flow_model.catalogue import HERE
from scenarios.door import Door
from town.fuzzing import fuzz
from town.layout import NAMES, ports

# Two workers may each run a part of this file: each has ports of its own.
BASE = 18440 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
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
async def test_what_the_document_says_is_what_the_service_does(demo: Path, name: str) -> None:
    fuzzed = await fuzz(name, f"http://127.0.0.1:{ports(BASE)[name]}", requests=1, seed=1, examples=8)
    assert fuzzed.found == ""
    assert fuzzed.requests > 100


BROKEN = """
from fastapi import FastAPI, Response
app = FastAPI()
@app.get("/teapot")
def teapot() -> dict[str, str]:
    return Response(status_code=418)
"""


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[str]:
    """A service that answers what its document does not tell of."""
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    port = str(BASE + 15)
    command = [sys.executable, "-m", "uvicorn", "broken:app", "--port", port, "--log-level", "critical"]
    process = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(HERE)})
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=30)


async def test_a_service_that_breaks_its_document_is_found(broken: str) -> None:
    async with ServiceClient.over_http({"broken": broken}) as client:
        await Door(client, service="broken").ask("GET", "/openapi.json")  # waits until it listens
    fuzzed = await fuzz("broken", broken, requests=1, seed=1, examples=5)
    assert "418" in fuzzed.found
