"""Somebody else's agency in our town: it is asked in place of ours; what cannot be is said in one line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from flow_model.catalogue import HERE
from town.elsewhere import BadAgency, elsewhere
from town.playing import RUNS

# Two workers may each run a part of this file: each has ports of its own.
BASE = 18700 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
THEIRS = f"http://127.0.0.1:{BASE + 12}"
REGISTRIES = f'{{"population": "http://127.0.0.1:{BASE + 5}", "health": "http://127.0.0.1:{BASE + 6}"}}'


def town(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "town", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE), "COLUMNS": "300"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(folder: Path, *agencies: str, more: Sequence[str] = ()) -> tuple[int, str, str]:
    """A demo with these agencies elsewhere: how it ended, and what it said."""
    each = [word for agency in agencies for word in ("--agency", agency)]
    demo = town(folder, "demo", "--once", "--json", "--port", str(BASE), *each, *more)
    out, err = demo.communicate(timeout=120)
    return demo.returncode, out, err


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Path]:
    """A residence office in a process of its own, which nobody here started for the demo; its books."""
    book = tmp_path / "theirs.sqlite"
    serving = town(
        tmp_path, "serve", "residence", "--port", str(BASE + 12), "--store", str(book), "--urls", REGISTRIES
    )
    yield book
    serving.terminate()
    serving.communicate(timeout=30)


def test_a_family_goes_through_somebody_else_s_agency_as_through_ours(theirs: Path, tmp_path: Path) -> None:
    ended, through_theirs, err = _told_once_they_are_there(tmp_path)
    assert ended == 0, err
    before = theirs.stat().st_size + theirs.with_name(theirs.name + "-wal").stat().st_size
    assert before > 100_000  # the family stands in their books
    ended, through_ours, err = told(tmp_path)
    assert ended == 0, err
    assert through_theirs == through_ours


@pytest.mark.usefixtures("theirs")
def test_nothing_of_a_demo_stays_in_somebody_else_s_books(tmp_path: Path) -> None:
    _told_once_they_are_there(tmp_path)
    terms = {"seed": 1, "law": "claim-2023", "starts_at": "2026-10-05T08:00:00+07:00", "families": 3}
    _open_there("demo-lien-thong", terms)  # as a demo that was killed leaves it
    assert _runs_there() == ["demo-lien-thong"]
    for law in ("claim-2023", "decree-63-2024"):
        ended, _, err = told(tmp_path, f"residence={THEIRS}", more=("--law", law))
        assert ended == 0, err
        assert _runs_there() == []


def _told_once_they_are_there(folder: Path) -> tuple[int, str, str]:
    for _ in range(10):
        ended = told(folder, f"residence={THEIRS}")
        if "start your residence first" not in ended[2]:
            break
    return ended


def _open_there(run: str, terms: dict[str, Any]) -> None:
    asked = Request(f"{THEIRS}/runs/{run}", json.dumps(terms).encode(), method="PUT")
    asked.add_header("Content-Type", "application/json")
    with urlopen(asked) as answer:
        assert answer.status == 201


def _runs_there() -> list[str]:
    return [run for run in RUNS.values() if _knows(run)]


def _knows(run: str) -> bool:
    asked = Request(f"{THEIRS}/agenda")
    asked.add_header("Run-Id", run)
    asked.add_header("Simulated-At", "2026-10-05T08:00:00+07:00")
    try:
        with urlopen(asked) as answer:
            return bool(answer.status == 200)
    except HTTPError as problem:
        return problem.code != 404


@pytest.mark.parametrize(
    ("agency", "said"),
    [
        ("gateway=http://127.0.0.1:9", "a name is one of: civil_status, residence,"),
        ("residence", "after = there has to be an address"),
        ("residence=ftp://there", "after = there has to be an address"),
    ],
)
def test_what_names_no_agency_or_no_address_is_refused(agency: str, said: str) -> None:
    with pytest.raises(BadAgency) as refused:
        elsewhere([agency])
    assert said in refused.value.detail_en


def test_an_agency_is_in_one_place() -> None:
    assert elsewhere([f"residence={THEIRS}/", "health=https://there"]) == {
        "residence": THEIRS,
        "health": "https://there",
    }
    with pytest.raises(BadAgency, match="each name once"):
        elsewhere([f"residence={THEIRS}", f"residence={THEIRS}"])


def test_an_agency_that_is_not_there_is_missed_before_the_story_begins(tmp_path: Path) -> None:
    ended, out, err = told(tmp_path, f"residence={THEIRS}")
    assert (ended, out) == (1, "")
    assert err.count("\n") == 1
    assert f"nobody answers at {THEIRS}: start your residence first" in err
