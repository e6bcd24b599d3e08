"""A demo that is told to end leaves nothing behind, whoever says it; and what the killed left is removed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flow_model.catalogue import HERE
from town.folders import NoFolder, own_folder

# Two workers may each run a part of this file: each has ports of its own.
BASE = 18_640 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
posix = pytest.mark.skipif(os.name != "posix", reason="signals and locks of POSIX")


@contextmanager
def begun(var: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A command with its files in a folder."""
    with subprocess.Popen(
        [sys.executable, "-m", "town", *arguments],
        cwd=var.parent,
        env={**os.environ, "PYTHONPATH": str(HERE), "SANDBOX_VAR_DIR": str(var)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


@contextmanager
def demo(var: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A demo that has told its story and stays up."""
    with begun(var, "demo", "--json", "--port", str(BASE), *arguments) as started:
        assert started.stdout is not None
        for line in started.stdout:
            if line == "}\n":
                break
        yield started


def folders(var: Path) -> list[str]:
    return [each.name for each in var.iterdir() if each.is_dir()]


@posix
@pytest.mark.parametrize(
    ("number", "more"), [(signal.SIGTERM, ()), (signal.SIGHUP, ()), (signal.SIGTERM, ("--processes",))]
)
def test_a_demo_ends_by_a_signal_as_by_ctrl_c(number: int, more: tuple[str, ...], tmp_path: Path) -> None:
    var = tmp_path / "var"
    with demo(var, *more) as started:
        (folder,) = folders(var)
        assert (var / folder / "gateway.sqlite").is_file()
        started.send_signal(number)
        _, err = started.communicate(timeout=30)
    assert started.returncode == 128 + number
    assert "Traceback" not in err
    assert folders(var) == []


@posix
@pytest.mark.parametrize("workers", ["1", "2"])
def test_plays_end_by_a_signal_without_leftovers_and_complaints(workers: str, tmp_path: Path) -> None:
    """Those who share the plays end as well, each with its own town."""
    var = tmp_path / "var"
    with begun(var, "play", "--all", "--workers", workers) as started:
        assert started.stdout is not None
        started.stdout.readline()  # the first that has ended: others go on
        assert folders(var)
        started.send_signal(signal.SIGTERM)
        _, err = started.communicate(timeout=30)
    assert started.returncode == 128 + signal.SIGTERM
    assert err == ""
    assert folders(var) == []


@posix
def test_while_it_starts_nobody_but_the_owner_of_a_town_hears_ctrl_c(tmp_path: Path) -> None:
    """The process that makes the copies reads for a second before it can say that it is not meant."""
    asked = (
        "from multiprocessing import forkserver; from pathlib import Path;"
        "from town.processes import _context; _context(); pid = forkserver._forkserver._forkserver_pid;"
        "print(Path(f'/proc/{pid}/status').read_text())"
    )
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux shows which signals somebody holds back")
    told = subprocess.run([sys.executable, "-c", asked], cwd=HERE, capture_output=True, text=True, check=True)
    fields = dict(line.split(":\t", 1) for line in told.stdout.splitlines() if ":\t" in line)
    deaf = int(fields["SigBlk"], 16) | int(fields["SigIgn"], 16)
    for number in (signal.SIGINT, signal.SIGHUP):
        assert deaf >> (number - 1) & 1


@posix
def test_ctrl_c_before_a_command_has_begun_is_an_end_like_others() -> None:
    asked = (
        "import signal; from town.signals import end_quietly_while_starting as quiet;"
        "quiet(); import town.commands; signal.raise_signal(signal.SIGINT)"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=HERE, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (130, "\n")


@posix
def test_folders_of_the_dead_are_removed_and_those_of_the_living_kept(tmp_path: Path) -> None:
    killed, living = tmp_path / "demo-killed", tmp_path / f"demo-{os.getppid()}"
    earlier, somebody = tmp_path / f"demo-{os.getpid()}", tmp_path / "demo-of-mine"
    for folder in (killed, living, earlier, somebody):
        folder.mkdir()
    (killed / "in-use").touch()
    with own_folder(tmp_path, "demo") as first, own_folder(tmp_path, "demo") as second:
        assert first != second
        assert set(folders(tmp_path)) == {first.name, second.name, living.name, somebody.name}
    assert set(folders(tmp_path)) == {living.name, somebody.name}


def test_a_folder_that_cannot_be_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoFolder, match="correct SANDBOX_VAR_DIR"), own_folder(tmp_path / "file", "demo"):
        pass
