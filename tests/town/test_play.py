"""`play` as a tester types it: the whole library, every layout, reports, recordings, what failed before."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml
from lxml import etree

from flow_model.catalogue import HERE
from tests.scenarios.playing import ALL_GRANTED, BIRTH, HEAD
from tests.slices import some

STORY = HEAD + "[run]\nfamilies = 1\n" + BIRTH + ALL_GRANTED
WRONG = STORY.replace('permanent_residence = "granted"', 'permanent_residence = "rejected"')


def run(*arguments: str, cwd: Path, seconds: int = 300, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "town", "play", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(HERE), "COLUMNS": "100", **more},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def written(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return [f"{name}.toml" for name in texts]


def plays(ended: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {each["scenario"]: each for each in json.loads(ended.stdout)["plays"]}


def test_the_whole_library_passes_and_a_fourth_of_it_has_the_same_logs_in_processes_on_postgresql(
    tmp_path: Path, database: str
) -> None:
    """By hand all of it: SANDBOX_DATABASE_URL=… python3 run.py play --all --processes --json."""
    ended = run("--all", "--json", "--memory", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr[-3000:]
    together = plays(ended)
    assert len(together) >= 80
    fourth = some(sorted(together)[::4], 3)
    ended = run(*fourth, "--json", "--processes", cwd=tmp_path, SANDBOX_DATABASE_URL=database)
    assert ended.returncode == 0, ended.stderr[-3000:]
    apart = plays(ended)
    assert {name: apart[name]["logs"] for name in fourth} == {name: together[name]["logs"] for name in fourth}


def test_what_is_told_by_machines_and_to_people(tmp_path: Path) -> None:
    files = written(tmp_path, right=STORY, wrong=WRONG)
    reports = ("--junit", "plays.xml", "--html", "plays.html", "--coverage")
    ended = run(*files, "--memory", *reports, cwd=tmp_path)
    assert ended.returncode == 1, ended.stderr
    assert "1 đạt (passed) · 1 trượt (failed)" in ended.stdout
    assert "python3 run.py play wrong.toml" in ended.stdout
    assert "not reached by any" in ended.stdout
    schema = etree.XMLSchema(etree.parse(HERE / "tests" / "scenarios" / "junit.xsd"))
    schema.assertValid(etree.parse(tmp_path / "plays.xml"))
    read = JUnitXml.fromfile(str(tmp_path / "plays.xml"))
    assert (read.tests, read.failures) == (2, 1)
    assert "MÔ PHỎNG" in (tmp_path / "plays.html").read_text(encoding="utf-8")
    failed = run("--failed", "--memory", "--json", cwd=tmp_path)
    assert list(plays(failed)) == ["wrong"]


def test_the_same_seed_gives_the_same_logs_over_http_and_in_memory(tmp_path: Path) -> None:
    files = written(tmp_path, right=STORY)
    logs = [
        plays(run(*files, "--seed", "9", "--json", *layout, cwd=tmp_path))["right"]["logs"]
        for layout in ((), ("--memory",))
    ]
    assert logs[0] == logs[1]


def test_a_recording_is_played_with_the_agencies_switched_off_in_strict_order(tmp_path: Path) -> None:
    files = written(tmp_path, right=STORY)
    recorded = run(*files, "--record", "x.har", "--json", "--memory", cwd=tmp_path)
    har = json.loads((tmp_path / "x.har").read_text(encoding="utf-8"))
    assert har["log"]["version"] == "1.2"
    replayed = run(*files, "--replay", "x.har", "--json", cwd=tmp_path)
    assert replayed.returncode == 0, replayed.stderr
    assert plays(replayed)["right"]["logs"] == plays(recorded)["right"]["logs"]
    entries = har["log"]["entries"]
    entries[20], entries[21] = entries[21], entries[20]
    (tmp_path / "swapped.har").write_text(json.dumps(har), encoding="utf-8")
    swapped = run(*files, "--replay", "swapped.har", cwd=tmp_path)
    assert swapped.returncode == 1
    assert "exchange 21" in swapped.stdout.replace("\n", " ") or "21" in swapped.stdout
    har["log"]["entries"] = [*har["log"]["entries"], har["log"]["entries"][-1]]
    har["log"]["entries"][20:22] = [entries[21], entries[20]]
    (tmp_path / "longer.har").write_text(json.dumps(har), encoding="utf-8")
    longer = run(*files, "--replay", "longer.har", cwd=tmp_path)
    assert longer.returncode == 1
    assert "1 were not" in longer.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "play what?"),
        (("no-such-story",), "no scenario, tag or reported fault"),
        (("--failed",), "nothing was played here before"),
        (("birth-newborn", "--replay", "gone.har"), "gone.har"),
        (("birth-newborn", "--gateway", "http://127.0.0.1:9"), "nobody answers at http://127.0.0.1:9"),
    ],
)
def test_what_cannot_be_played_is_told_without_a_traceback(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ended = run(*arguments, cwd=tmp_path, seconds=60)
    assert ended.returncode == 1
    assert said in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--junit", "gone/x.xml"), "--junit: gone/x.xml cannot be written"),
        (("--html", "."), "--html: . cannot be written"),
        (("--record", "gone/x.har"), "--record: gone/x.har cannot be written"),
        (
            ("--replay", "x.har", "--gateway", "http://127.0.0.1:9"),
            "--replay and --gateway do not go together",
        ),
        (("--memory", "--processes"), "--memory and --processes do not go together"),
        (("--failed",), "--failed and FILE|ID|TAG do not go together"),
        (("--keep",), "--keep needs --gateway"),
        (("--gateway", "foo"), "--gateway foo: an address such as http://127.0.0.1:8000 is needed"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_line_before_anything_is_played(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ended = run("birth-newborn", *arguments, cwd=tmp_path, seconds=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_what_was_played_last_is_kept_where_the_operator_says(tmp_path: Path) -> None:
    ended = run("f4", cwd=tmp_path, SANDBOX_VAR_DIR="elsewhere/var")
    assert ended.returncode == 0, ended.stderr
    kept = [path.name for path in (tmp_path / "elsewhere" / "var").iterdir() if not path.name.startswith(".")]
    assert kept == ["last-plays.json"]
    assert not (tmp_path / "var").exists()
    again = run("--failed", cwd=tmp_path, SANDBOX_VAR_DIR="elsewhere/var")
    assert (again.returncode, again.stdout) == (0, "")
    assert "nothing failed the last time" in again.stderr


def test_a_story_is_told_as_it_goes_on(tmp_path: Path) -> None:
    ended = run("birth-newborn", "--tell", "--memory", cwd=tmp_path)
    assert ended.returncode == 0
    assert "Khai một lần" in ended.stdout
    assert "» Đã khai xong, chỉ một lần." in ended.stdout


def test_the_old_path_of_the_published_claim_is_played_within_a_second(tmp_path: Path) -> None:
    old = STORY.replace('situation = "newborn"', 'situation = "newborn"\npath = "separate"')
    (file,) = written(tmp_path, old=old)
    again = (plays(run(file, "--memory", "--json", cwd=tmp_path))["old"]["seconds"] for _ in range(3))
    assert any(seconds < 1.0 for seconds in again), "three times, since the machine may be busy"


def test_two_files_that_tell_of_one_story_are_both_played(tmp_path: Path) -> None:
    text = (HERE / "birth_flow" / "scenarios" / "birth-newborn.toml").read_text(encoding="utf-8")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, **{"birth-newborn": text})
    files = [f"{folder}/birth-newborn.toml" for folder in ("two", "one")]
    ended = run(*files, "--memory", "--json", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)["plays"]
    assert [(each["file"], each["verdict"]) for each in told] == [(file, "passed") for file in files]
