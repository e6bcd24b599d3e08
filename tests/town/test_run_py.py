"""run.py as a person starts it, where nothing needs to be installed for the answer."""

import ast
import os
import shutil
import sys
from pathlib import Path

import pytest
import typer.main

from tests.town.copied_project import ROOT, Project, one_line
from town.commands import app
from town.installation import explain


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            "NewConnectionError(...): Failed\nERROR: No matching distribution found for x==1",
            "connect to the network",
        ),
        ("SSLError(CERTIFICATE_VERIFY_FAILED)", "PIP_CERT"),
        ("ERROR: [Errno 28] No space left on device", "the disk is full"),
        ("noise\nERROR: something new\nmore noise", "installing failed: ERROR: something new"),
    ],
)
def test_what_pip_says_at_length_becomes_one_line(said: str, line: str) -> None:
    assert line in explain(said)
    assert "\n" not in explain(said)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_needs_no_installation(tmp_path: Path, arguments: list[str]) -> None:
    project = Project(tmp_path / "project")
    ended = project.run(*arguments)
    assert "python3 run.py demo" in ended.stdout
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not (project.folder / ".venv").exists()


def test_an_unknown_command_installs_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    ended = project.run("dmo")
    assert "did you mean 'demo'?" in one_line(ended.stderr)
    assert not (project.folder / ".venv").exists()


def test_run_py_knows_the_commands_of_the_town() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    listed = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMMANDS"
    )
    commands = typer.main.get_command(app)
    assert list(listed) == list(commands.commands)  # type: ignore[attr-defined]


def test_an_old_python_can_read_run_py() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("minor", [6, 8, 10])
def test_an_old_python_is_told_what_it_needs(tmp_path: Path, minor: int) -> None:
    found = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
    python = str(found[0]) if found else shutil.which(f"python3.{minor}")
    if python is None:
        pytest.skip(f"no Python 3.{minor} on this machine")
    ended = Project(tmp_path / "project").run("demo", python=python, env={"PATH": os.devnull})
    assert f"Python 3.11 or later is needed, this is 3.{minor}; to get it: " in one_line(ended.stderr)
    assert ended.returncode == 1


def test_what_runs_before_the_installation_uses_the_standard_library_only() -> None:
    for name in ("run.py", "town/environment.py", "town/installation.py", "town/__init__.py"):
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for imported in names:
                own = imported in ("town.environment", "town.installation")
                assert own or imported.partition(".")[0] in sys.stdlib_module_names, (name, imported)
