"""Somebody else's agency in our town: it is asked in place of ours; what cannot be is said in one line."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flow_model.catalogue import HERE
from town.elsewhere import BadAgency, elsewhere

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


def told(folder: Path, *agencies: str) -> tuple[int, str, str]:
    """A demo with these agencies elsewhere: how it ended, and what it said."""
    each = [word for agency in agencies for word in ("--agency", agency)]
    demo = town(folder, "demo", "--once", "--json", "--port", str(BASE), *each)
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
    ended, through_theirs, err = told(tmp_path, f"residence={THEIRS}")
    for _ in range(10):
        if "start your residence first" not in err:
            break
        ended, through_theirs, err = told(tmp_path, f"residence={THEIRS}")  # it is still starting
    assert ended == 0, err
    before = theirs.stat().st_size + theirs.with_name(theirs.name + "-wal").stat().st_size
    assert before > 100_000  # the family stands in their books
    ended, through_ours, err = told(tmp_path)
    assert ended == 0, err
    assert through_theirs == through_ours


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
