"""run.py makes .venv, keeps it, mends it or makes it anew, with a package made here: no network is used."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.town.copied_project import Project, one_line


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose .venv is complete."""
    project = Project(tmp_path_factory.mktemp("made") / "project")
    first = project.run("demo", "--once")
    assert first.stdout == "['demo', '--once']\n", first.stderr
    assert first.returncode == 7
    assert "installing 1 packages" in first.stderr
    return project


@pytest.fixture
def copy(made: Project, tmp_path: Path) -> Project:
    """The same project in another folder, as if it had been moved."""
    shutil.copytree(made.folder, tmp_path / "project", symlinks=True)
    copied = object.__new__(Project)
    copied.folder = tmp_path / "project"
    return copied


def test_the_second_start_says_nothing_of_its_own(made: Project) -> None:
    again = made.run("demo")
    assert (again.stdout, again.stderr, again.returncode) == ("['demo']\n", "", 7)


def test_it_notes_where_it_was_called_and_what_is_meant_there(copy: Project) -> None:
    told = "import os; print(os.getcwd(), os.environ['TOWN_CALLED_FROM'], os.environ.get('SANDBOX_VAR_DIR'))"
    (copy.folder / "town" / "__main__.py").write_text(told)
    here = os.path.realpath(copy.folder.parent)
    assert copy.run("demo").stdout.split() == [os.path.realpath(copy.folder), here, "None"]
    assert copy.run("demo", env={"SANDBOX_VAR_DIR": "mine"}).stdout.split()[2] == os.path.join(here, "mine")


def test_the_development_lock_is_added_to_what_is_there(made: Project) -> None:
    venv = made.folder / ".venv"
    (venv / "mark").touch()
    assert "installing 1 packages" not in made.run("demo").stderr
    lock = made.folder / "requirements" / "dev.txt"
    lock.write_text(lock.read_text() + "# for developers\n")
    assert "installing 1 packages" in made.run("test").stderr
    assert made.run("test").stderr == ""
    assert made.run("demo").stderr == ""
    assert (venv / "mark").exists()


def test_what_postgresql_needs_is_added_only_where_it_is_used(made: Project) -> None:
    made.run("demo")
    lock = made.folder / "requirements" / "cluster.txt"
    lock.write_text(lock.read_text() + "# for PostgreSQL\n")
    assert made.run("serve").stderr == ""
    asked = made.run("serve", env={"SANDBOX_DATABASE_URL": "postgresql://desk@127.0.0.1/town"})
    assert "installing 1 packages" in asked.stderr
    assert made.run("serve").stderr == ""


def test_settings_of_the_shell_do_not_reach_the_town(made: Project, tmp_path: Path) -> None:
    (tmp_path / "bookmark.py").write_text("raise SystemExit('not the locked one')\n")
    env = {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1", "PIP_USER": "1"}
    assert made.run("demo", env=env).stdout == "['demo']\n"


def test_a_moved_folder_is_made_anew(copy: Project) -> None:
    again = copy.run("demo")
    assert "making it anew" in again.stderr
    assert again.stdout == "['demo']\n"


@pytest.mark.parametrize("harm", ["interrupted", "no stamp, file cut short", "no interpreter", "no base"])
def test_a_half_made_environment_is_made_anew(made: Project, harm: str) -> None:
    venv = made.folder / ".venv"
    stamp = venv / "town-stamp.json"
    python = venv / "bin" / "python"
    if harm == "interrupted":
        stamp.write_text(stamp.read_text().replace("finished", "installing"))
        shutil.rmtree(next(venv.glob("lib/*/site-packages/pip")))
    elif harm == "no stamp, file cut short":
        stamp.unlink()
        next(venv.glob("lib/*/site-packages/bookmark.py")).write_text("")
    elif harm == "no interpreter":
        python.unlink()
        python.symlink_to(made.folder / "gone")
    else:
        config = venv / "pyvenv.cfg"
        config.write_text("home = /gone/bin\n")
    again = made.run("demo")
    assert "making it anew" in again.stderr
    assert (again.stdout, again.returncode) == ("['demo']\n", 7)
    assert made.run("demo").stderr == ""


def test_a_whole_environment_without_a_stamp_is_kept(made: Project) -> None:
    (made.folder / ".venv" / "town-stamp.json").unlink()
    (made.folder / ".venv" / "mark-of-a-person").touch()
    again = made.run("demo")
    assert again.stdout == "['demo']\n"
    assert "anew" not in again.stderr
    assert (made.folder / ".venv" / "mark-of-a-person").exists()


def test_a_folder_of_somebody_else_is_never_removed(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    (project.folder / ".venv").mkdir()
    (project.folder / ".venv" / "thesis.txt").write_text("two years of work")
    ended = project.run("demo")
    assert "move it away" in one_line(ended.stderr)
    assert (project.folder / ".venv" / "thesis.txt").exists()


def test_two_starts_at_once_make_one_environment(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    command = [sys.executable, str(project.folder / "run.py"), "demo"]
    started = [
        subprocess.Popen(
            command, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in started]
    assert [out for out, _ in said] == ["['demo']\n"] * 2
    assert sum("installing 1 packages" in errors for _, errors in said) == 1


def test_an_interrupted_installation_ends_quietly_and_is_mended(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    process = subprocess.Popen(
        [sys.executable, str(project.folder / "run.py"), "demo"],
        env=project.environment(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stderr is not None
        assert "making .venv" in process.stderr.readline()
        os.killpg(process.pid, signal.SIGINT)
        assert "Traceback" not in process.stderr.read()
        assert process.wait(timeout=60) == 130
    again = project.run("demo")
    assert again.stdout == "['demo']\n", again.stderr


@pytest.fixture
def relocked(made: Project) -> Iterator[Project]:
    """The project without its package, and what a test writes into its locks is undone."""
    made.run("demo")
    for path in made.folder.glob(".venv/lib/*/site-packages/bookmark*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    locks = {path: path.read_text() for path in (made.folder / "requirements").iterdir()}
    yield made
    for path, text in locks.items():
        path.write_text(text)


def test_a_package_without_a_wheel_is_named(relocked: Project) -> None:
    relocked.lock("0" * 64, name="needs-a-compiler")
    ended = relocked.run("demo")
    assert "there is no ready-made needs-a-compiler==1.0 for Python" in ended.stderr
    assert ended.stdout == ""


def test_a_file_that_was_not_locked_is_refused(relocked: Project) -> None:
    lock = relocked.folder / "requirements" / "run.txt"
    before = lock.read_text()
    relocked.lock("0" * 64)
    ended = relocked.run("demo")
    assert "not the one that was locked" in ended.stderr
    assert ended.returncode == 1
    lock.write_text(before)
    assert relocked.run("demo").stdout == "['demo']\n"


def test_a_python_without_venv_is_told_the_package(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    environment = project.folder / "town" / "environment.py"
    text = environment.read_text()
    # Debian's python3 without python3-venv says this and ends with 1.
    fake = "import sys; print('ensurepip is not available'); sys.exit(1)"
    environment.write_text(text.replace('"-m", "venv", str(self._folder)', f'"-c", "{fake}"'))
    assert environment.read_text() != text
    assert "sudo apt install python3" in one_line(project.run("demo").stderr)
