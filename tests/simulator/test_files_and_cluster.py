"""A year on disk, readable by others; a study on other machines, of which one dies; the command itself."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import polars
import pytest

from flow_model.catalogue import HERE, catalogue
from flow_model.errors import Refused
from simulator.cluster import Cluster
from simulator.study import Cell, Order, study
from tests.simulator.years import SINCE

GROUPS = tuple(catalogue().groups)
LAW = catalogue().group(GROUPS[0]).law.default.id
LAWS = tuple(catalogue().group(GROUPS[0]).law.profiles)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as people start it."""
    command = [sys.executable, "-m", "town", "simulate", *arguments]
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=170)


def test_a_year_is_written_and_others_can_read_it(tmp_path: Path) -> None:
    ran = run("both", "--dossiers", "2500", "--brief", "--json", "--out", str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    written = {path.name for path in tmp_path.iterdir()}
    assert {"study.json", "events.sql"} <= written
    cases = polars.read_parquet(tmp_path / f"cases-{GROUPS[0]}-separate.parquet")
    figures = told["studies"][0]["paths"]["separate"]
    assert len(cases) == figures["dossiers"]
    assert cases["finished"].null_count() == figures["dossiers"] - figures["finished"]
    assert str(cases["declared"].dtype).startswith("Datetime")
    with duckdb.connect() as database:  # from wherever one stands
        database.execute((tmp_path / "events.sql").read_text())
        (sent,) = database.execute("SELECT count(*) FROM events WHERE kind = 'sent'").fetchone() or (0,)
        rows = "SELECT count(*) FROM applications WHERE sent IS NOT NULL"
        assert sent == (database.execute(rows).fetchone() or (0,))[0] > 2500
        late = "SELECT count(*) FROM applications WHERE decided < received"
        assert (database.execute(late).fetchone() or (1,))[0] == 0


def test_two_laws_are_written_side_by_side_and_each_row_says_which(tmp_path: Path) -> None:
    folder, second = tmp_path / "a year's", LAWS[1]
    folder.mkdir()
    (folder / "cases-of-another-study.parquet").touch()
    words = (GROUPS[0], "--law", LAWS[0], "--compare", second, "--dossiers", "300", "--brief", "--json")
    ran = run(*words, "--out", str(folder))
    assert ran.returncode == 0, ran.stderr
    figures = {each["law"]: each["paths"]["separate"] for each in json.loads(ran.stdout)["studies"]}
    with duckdb.connect() as database:
        database.execute((folder / "events.sql").read_text())
        counted = (
            "SELECT law, count(*) FROM events WHERE kind = 'declared' AND path = 'separate' GROUP BY law"
        )
        assert dict(database.execute(counted).fetchall()) == {
            law: figures[law]["dossiers"] for law in (LAWS[0], second)
        }


def test_a_folder_that_cannot_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = run("birth", "--out", str(tmp_path / "file" / "year"))
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "cannot be written" in refused.stderr


@pytest.mark.parametrize("dossiers", ["1", "3"])
def test_a_few_dossiers_are_not_enough_data_for_causes_and_bottlenecks(dossiers: str) -> None:
    told = run("birth", "--dossiers", dossiers)
    assert (told.returncode, told.stderr.strip()) == (0, "")
    for words in ("(where the days went): chưa đủ dữ liệu", "(bottlenecks): chưa đủ dữ liệu"):
        assert words in told.stdout


def test_people_are_told_in_tables_and_mistakes_in_one_line() -> None:
    told = run("birth", "--dossiers", "3000", "--law", LAW)
    assert told.returncode == 0, told.stderr
    for words in ("Đường cũ", "where the days went", "bottlenecks", "smallest staff", "MÔ PHỎNG"):
        assert words in told.stdout
    assert re.search(r"\d\.\d{3} xã", told.stdout)
    assert not re.search(r"\d\.\d\d?\b(?!\.)", told.stdout), "a Vietnamese number has a comma"
    for wrong in (
        ("wedding",),
        ("birth", "--law", "no-such-law"),
        ("birth", "--compare", LAW),
        ("death", "--cluster", "foo"),
    ):
        refused = run(*wrong)
        assert refused.returncode == 1
        assert len(refused.stderr.strip().splitlines()) == 1
        assert "Traceback" not in refused.stderr


@contextmanager
def started(*command: str) -> Iterator["subprocess.Popen[str]"]:
    """A process of a cluster, that is gone when the block ends."""
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    with subprocess.Popen(
        [sys.executable, "-m", *command], cwd=HERE, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: "subprocess.Popen[str]", word: str) -> str:
    """The first line that holds a word."""
    assert process.stderr is not None
    return next(line for line in process.stderr if word in line)


def test_a_worker_that_dies_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    order = Order(GROUPS[:1], (LAW,), 5, SINCE, dossiers=4000, replications=12)
    here = study(order)
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            started("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        )
        address = said(scheduler, "Scheduler at").split("Scheduler at:")[1].strip()
        worker = (
            "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--local-directory", str(tmp_path),
        )  # fmt: skip
        workers = [stack.enter_context(started(*worker)) for _ in range(2)]
        for each in workers:
            said(each, "Registered to")
        through: list[Cell] = []

        def one_is_through(cell: Cell) -> None:
            through.append(cell)
            if len(through) == 2:
                workers[0].send_signal(signal.SIGKILL)

        there = study(order, Cluster(address), one_is_through)
    assert workers[0].returncode == -signal.SIGKILL
    assert len(through) == 12
    assert there == here


def test_a_scheduler_that_is_not_there_is_said() -> None:
    order = Order(GROUPS[:1], (LAW,), 5, SINCE, dossiers=100)
    with pytest.raises(Refused, match="dask scheduler"):
        study(replace(order), Cluster("tcp://127.0.0.1:9"))
