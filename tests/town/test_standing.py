"""Files that somebody names are where they stand, not in the project's folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flow_model.catalogue import HERE
from town.standing import as_named, word_or_file


def test_a_story_is_found_and_reports_are_written_where_somebody_stands(tmp_path: Path) -> None:
    shutil.copy(HERE / "scenarios" / "library" / "calendar-cut-off-1500.toml", tmp_path / "my.toml")
    words = ["play", "my.toml", "--memory", "--junit", "j.xml", "--html", "h.html"]
    told = subprocess.run(
        [sys.executable, "-m", "town", *words],
        cwd=HERE,
        env={**os.environ, "TOWN_CALLED_FROM": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert {each.name for each in tmp_path.iterdir()} >= {"j.xml", "h.html"}


def test_names_stay_as_they_were_typed_in_the_project_s_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWN_CALLED_FROM", os.getcwd())
    assert as_named("my.toml") == Path("my.toml")
    assert word_or_file("birth") == "birth"
    monkeypatch.delenv("TOWN_CALLED_FROM")
    assert as_named("my.toml") == Path("my.toml")


def test_elsewhere_a_word_is_a_file_only_if_there_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOWN_CALLED_FROM", str(tmp_path))
    (tmp_path / "mine.toml").touch()
    assert word_or_file("birth") == "birth"
    assert word_or_file("mine.toml") == str(tmp_path / "mine.toml")
    assert as_named("/somewhere/a.svg") == Path("/somewhere/a.svg")


@pytest.mark.parametrize(
    "words", [("demo", "--picture"), ("play", "birth", "--junit"), ("play", "birth", "--html")]
)
def test_a_file_that_cannot_be_written_is_said_before_the_work(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "town", *words, str(tmp_path / "nowhere" / "x.svg")],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.count("\n") == 1
    assert f"there is no folder {tmp_path / 'nowhere'}" in told.stderr
