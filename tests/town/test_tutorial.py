"""Every command of docs/tutorial.md is run, and goes well."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flow_model.catalogue import HERE

# Two workers may each run a part of this file: each has ports of its own.
BASE = 18300 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
PAGE = (HERE / "docs" / "tutorial.md").read_text(encoding="utf-8")
PLAIN = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S) for line in block.splitlines()
]
GATEWAY = [
    line
    for block in re.findall(r"^```sh gateway\n(.*?)^```$", PAGE, re.M | re.S)
    for line in block.splitlines()
]


def run(command: str, folder: Path, **more: str) -> str:
    """Run one command as the reader would; ``run.py`` would only find this same environment."""
    line = command.replace("python3 run.py", f"{sys.executable} -m town").replace(
        "python3 -c", f"{sys.executable} -c"
    )
    line = line.replace("town demo", f"town demo --port {BASE + 10}")
    line = line.replace("curl -s", "curl -sS --fail-with-body")
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE), **more},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A demo that stays up, on ports of its own."""
    folder = tmp_path_factory.mktemp("tutorial")
    process = subprocess.Popen(
        [sys.executable, "-m", "town", "demo", "--port", str(BASE)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE), "COLUMNS": "160"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C" in line:
            break
    yield f"http://127.0.0.1:{BASE}", folder
    process.terminate()
    process.wait(timeout=30)
    process.stdout.close()


def test_the_story_is_told_for_people(tmp_path: Path) -> None:
    told = run(PLAIN[0], tmp_path)
    assert "21 ngày" in told
    assert "4 ngày làm việc" in told
    seconds, megabytes = re.search(r"trong ([\d,]+) giây; bộ nhớ (\d+) MB", told).groups()  # type: ignore[union-attr]
    assert float(seconds.replace(",", ".")) < 5
    assert int(megabytes) < 300


def test_other_laws_and_families_can_be_asked_for(tmp_path: Path) -> None:
    told = [run(command, tmp_path) for command in PLAIN if "--law" in command]
    assert "6 ngày làm việc" in told[0]
    assert "5 ngày làm việc" in told[1]
    assert "18 ngày làm việc" in told[1]


def test_the_json_is_the_same_bytes_in_one_process_and_in_several(tmp_path: Path) -> None:
    one, several = (run(command, tmp_path) for command in PLAIN if "--json" in command)
    assert one == several
    document = json.loads(one)
    for group in ("birth", "death"):
        paths = document["groups"][group]["paths"]
        assert (paths["separate"]["legal"]["value"], paths["separate"]["legal"]["unit"]) == (21, "days")
        assert (paths["interlinked"]["legal"]["value"], paths["interlinked"]["legal"]["unit"]) == (
            4,
            "working_days",
        )
        assert paths["separate"]["elapsed_calendar_days"] > paths["interlinked"]["elapsed_calendar_days"] > 0


def test_every_command_over_http_goes_well(town: tuple[str, Path]) -> None:
    gateway, folder = town
    answers = [run(command, folder, GATEWAY=gateway) for command in GATEWAY]
    assert any('"kind":"personal_id_filled_in"' in answer.replace(" ", "") for answer in answers)
