"""A PostgreSQL of one's own: what it keeps over its ends, and that it never outlives its owner."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.architecture.house import ROOT
from town import programs
from town.installation import Stop
from town.programs import NoProgram, postgres_folder
from town.torture.postgres_server import Mode, NotRunning, PostgresServer
from town.torture.watcher import wait_for_end


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("end", ["kill", "smart", "fast", "immediate"])
def test_what_was_committed_is_there_after_every_end(private_postgres: PostgresServer, end: str) -> None:
    server = private_postgres
    ask(server.url, "CREATE TABLE kept AS SELECT 1 AS number")
    url, before = server.url, server.pids()
    assert len(before) > 3
    if end == "kill":
        server.kill()
    else:
        modes: dict[str, Mode] = {"smart": "smart", "fast": "fast", "immediate": "immediate"}
        server.stop(modes[end])
    assert server.pids() == []
    assert all(wait_for_end(pid, 10) for pid in before)
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")
    server.start()
    assert server.url == url
    assert ask(url, "SELECT number FROM kept") == [(1,)]
    assert not set(server.pids()) & set(before)


def test_it_is_what_the_town_demands_of_a_server(private_postgres: PostgresServer) -> None:
    server = private_postgres
    assert ask(server.url, "SHOW lc_collate") == [("C",)]
    assert ask(server.url, "SHOW fsync") == [("on",)]
    assert ask(server.url, "SHOW data_checksums") == [("on",)]
    stranger = server.url.replace("postgres:", "postgres:wrong-", 2).replace("wrong-//", "//")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(stranger, "SELECT 1")
    assert server.folder.stat().st_mode & 0o777 == 0o700


def test_a_server_that_cannot_start_says_why() -> None:
    server = PostgresServer({"shared_buffers": "much"})
    with pytest.raises(NotRunning, match='invalid value for parameter "shared_buffers": "much"'):
        server.start()
    server.close()
    assert not server.folder.exists()


def test_it_does_not_outlive_an_owner_that_was_killed() -> None:
    command = [sys.executable, "-m", "tests.torture.server_owner"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        told = json.loads(owner.stdout.readline())
        assert Path(f"/proc/{told['pids'][0]}").exists()
        owner.kill()
    assert all(wait_for_end(pid, 20) for pid in told["pids"])


TRIED = """
import os, pathlib
from tests.databases import server_url

def test_one(database):
    pathlib.Path({mark!r}).write_text(server_url())
    if {stays}:
        import signal
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
        print("here", flush=True)
        signal.pause()
"""


def started(folder: Path, stays: bool, **environment: str) -> "subprocess.Popen[str]":
    """Another run of the tests, with one test."""
    (folder / "test_one.py").write_text(TRIED.format(mark=str(folder / "url"), stays=stays))
    options = [
        "-n0",
        "-s",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.postgres",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, str(folder / "test_one.py")],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL])
def test_the_server_of_the_tests_ends_with_them(tmp_path: Path, way: signal.Signals) -> None:
    with started(tmp_path, True, TEST_DATABASE_URL="") as tests:
        assert tests.stdout is not None
        assert any("here" in line for line in tests.stdout)
        ((data,), *_) = ask((tmp_path / "url").read_text(), "SHOW data_directory")
        pid = int((Path(str(data)) / "postmaster.pid").read_text().splitlines()[0])
        os.killpg(tests.pid, way)
        tests.communicate()
    assert wait_for_end(pid, 20)


def test_somebody_s_own_server_is_used_and_left_as_it_was(
    tmp_path: Path, private_postgres: PostgresServer
) -> None:
    url = private_postgres.url
    before = ask(url, "SELECT datname FROM pg_database ORDER BY 1")
    with started(tmp_path, False, TEST_DATABASE_URL=url) as tests:
        said, _ = tests.communicate()
    assert tests.returncode == 0, said
    assert (tmp_path / "url").read_text() == url
    assert ask(url, "SELECT datname FROM pg_database ORDER BY 1") == before


def test_where_there_is_none_and_none_can_be_installed_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object) -> None:
        raise Stop("no network")

    assert (postgres_folder() / "initdb").exists()
    monkeypatch.setattr(programs, "_find_postgres", lambda: None)
    monkeypatch.setattr(programs, "_apt_get", lambda package: False)
    monkeypatch.setattr(programs, "install", offline)
    with pytest.raises(NoProgram, match="TEST_DATABASE_URL"):
        postgres_folder()
