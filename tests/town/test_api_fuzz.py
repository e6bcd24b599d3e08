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
from services.assembly import AGENCIES
from tests.slices import IN_HASTE
from town.fuzzing import fuzz
from town.layout import NAMES, PAGES, ports

# Two workers may each run a part of this file: each has ports of its own.
BASE = 18440 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
# Where stories are ordered. What is drawn orders them by the thousand, and then the gateway is busy playing:
# so these are fuzzed last, and nothing else waits for the plays.
ORDERS = "^/(plays|batches/[^/]+/reruns|scenarios/[^/]+/plays)$"
# The gateway comes before the services, which are told to remove its runs behind its back.
# The four agencies are made of the same parts: one of them stands for all.
FUZZED: dict[str, tuple[str, tuple[str, ...]]] = {
    "gateway": ("gateway", ("--exclude-path-regex", ORDERS)),
    "civil_status": ("civil_status", ()),
    "population": ("population", ()),
    "health": ("health", ()),
    "orders of stories": ("gateway", ("--include-path-regex", ORDERS)),
}


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


@pytest.mark.parametrize("part", FUZZED)
async def test_what_the_document_says_is_what_the_service_does(demo: Path, part: str) -> None:
    name, only = FUZZED[part]
    url = f"http://127.0.0.1:{ports(BASE)[name]}"
    fuzzed = await fuzz(name, url, requests=1, seed=1, examples=4 if IN_HASTE else 8, only=only)
    assert not fuzzed.found, fuzzed.found
    assert fuzzed.requests > 100


def test_every_kind_of_service_is_fuzzed() -> None:
    alike = set(NAMES) & set(AGENCIES)
    assert {name for name, _ in FUZZED.values()} == (set(NAMES) - alike - {PAGES}) | {"civil_status"}


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
