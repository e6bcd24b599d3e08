"""Each import contract, broken once in a copy: a rule that cannot fail is no rule."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, packages

CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
}
OFFENCES = {
    "downhill": ("flow_model/errors.py", "import chassis.clock"),
    "no-flow-by-name": ("town/layout.py", "from birth_flow import GROUP"),
    "registries-private": ("gateway/runs.py", "import mock_registries.people"),
    "agencies-apart": ("services/residence/__init__.py", "import services.civil_status"),
    "registries-apart": ("mock_registries/residence.py", "import mock_registries.civil_status"),
    "declarations-pure": ("birth_flow/checks.py", "import fastapi"),
    "front-door": ("scenarios/words.py", "import gateway.journal"),
    "pages-ask": ("web/words.py", "import services"),
    "services-do-not-measure": ("services/desk.py", "import measurement"),
    "one-http-door": ("gateway/runs.py", "import httpx"),
    "one-server": ("services/desk.py", "import uvicorn"),
    "decisions-without-http": ("gateway/orchestrator.py", "import fastapi"),
}
_LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copied")
    for package in packages():
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _LINT],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_project_keeps_every_contract() -> None:
    ended = lint(ROOT)
    assert ended.returncode == 0, ended.stdout


def test_every_contract_has_an_offence() -> None:
    assert set(OFFENCES) == set(CONTRACTS)


@pytest.mark.parametrize("contract", OFFENCES)
def test_a_broken_contract_is_named(contract: str, copied: Path) -> None:
    path, offence = OFFENCES[contract]
    file = copied / path
    kept = file.read_text(encoding="utf-8")
    try:
        file.write_text(f"{kept}\n{offence}\n", encoding="utf-8")
        ended = lint(copied)
    finally:
        file.write_text(kept, encoding="utf-8")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert f"{CONTRACTS[contract]} BROKEN" in ended.stdout
