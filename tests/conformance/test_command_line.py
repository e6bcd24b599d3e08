"""The suite as somebody starts it who has built an agency of their own: over HTTP, from the command line."""

import asyncio
import json
import os
import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml, TestCase

from chassis.client import ServiceClient
from flow_model.catalogue import HERE as ROOT
from tests.conformance.agencies import lean_material_of
from town.conformance.agency import HERE, Agency
from town.conformance.checks import ALL
from town.conformance.fuzzing import fuzz
from town.servers import ServerSpec, in_one_process

# Two workers may each run a part of this file: each has ports of its own.
BASE = 19300 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
NAME = "social_protection"


class Ended(NamedTuple):
    code: int
    out: str
    err: str


async def conformance(*arguments: str, folder: Path, **environment: str) -> Ended:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "town", "conformance", *arguments),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "160", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), err.decode())


@asynccontextmanager
async def serving(build: str, port: int, folder: Path, **more: str) -> AsyncIterator[str]:
    arguments = {"name": NAME, "store": str(folder / f"{build}.sqlite"), **more}
    spec = ServerSpec(NAME, port, f"tests.conformance.served:{build}", arguments)
    async with in_one_process([spec], "127.0.0.1") as running:
        yield running.urls[NAME]


async def test_an_agency_that_keeps_to_the_contract_passes_also_what_schemathesis_thinks_of(
    tmp_path: Path,
) -> None:
    async with serving("ours", BASE, tmp_path) as url:
        ended = await conformance(
            *(url, "--json", "--junit", "reports/conformance.xml"),
            *("--examples", "2", "--phases", "examples,stateful"),
            folder=tmp_path,
        )
    assert ended.code == 0, ended.out[-3000:] + ended.err[-2000:]
    told = json.loads(ended.out)
    assert (told["agency"], told["broken"], told["checks"]) == (NAME, 0, len(ALL) + 1)
    assert told["outcomes"][-1]["name"] == "schemathesis"
    assert told["outcomes"][-1]["state"] == "kept"
    suites = JUnitXml.fromfile(str(tmp_path / "reports" / "conformance.xml"))
    cases = [case for suite in suites for case in suite]
    assert all(isinstance(case, TestCase) for case in cases)
    assert [case.name for case in cases] == [each["name"] for each in told["outcomes"]]
    assert (suites.failures, suites.skipped) == (0, told["not_tried"])


async def test_one_that_breaks_it_is_told_what_was_expected_and_how_to_see_it_again(tmp_path: Path) -> None:
    defect = "papers_get_lost"
    async with serving("spoilt", BASE + 1, tmp_path, defect=defect) as url:
        ended = await conformance(url, "--no-openapi", "--junit", "c.xml", folder=tmp_path)
        assert ended.code == 1
        assert "✗ what_was_sent_is_shown" in ended.out
        assert "expected  the documents" in ended.out
        assert "came      ['something_else']" in ended.out
        commands = [line for line in ended.out.splitlines() if line.startswith("curl ")]
        assert all(url in command for command in commands)
        opens = shlex.split(commands[0])
        assert opens[:4] == ["curl", "-i", "-X", "PUT"]
        assert json.loads(opens[opens.index("--data-binary") + 1])["seed"] == 2026
    root = ElementTree.parse(tmp_path / "c.xml").getroot()
    failed = [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None]
    assert "what_was_sent_is_shown" in failed
    assert int(root.get("failures", "0")) == len(failed)


async def test_schemathesis_finds_what_the_document_does_not_say(tmp_path: Path) -> None:
    material, defect = await lean_material_of(NAME), "an_answer_is_of_another_shape"
    async with (
        serving("spoilt", BASE + 2, tmp_path, defect=defect) as url,
        ServiceClient.over_http({HERE: url}) as client,
    ):
        told = await fuzz(Agency(client, url), material, seed=1, examples=1, phases="examples")
    assert told.state == "broken"
    assert "/books" in told.actual
    assert any(command.startswith("curl ") and "/books" in command for command in told.commands)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("http://127.0.0.1:9",), "does not answer (refused). Start it"),
        (("localhost:8002",), "is no URL; it should look like http://"),
    ],
)
async def test_a_url_where_nobody_is_ends_in_one_line_that_says_what_to_do(
    arguments: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    ended = await conformance(*arguments, folder=tmp_path)
    assert ended.code == 1
    assert told in ended.err
    assert ended.err.count("\n") == 1
    assert ended.out == ""
