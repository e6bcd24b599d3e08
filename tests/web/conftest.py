"""One real town over HTTP with the story of the demo in it, and one browser, for all tests of pages."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from chassis.client import ServiceClient
from tests.town_in_memory import Town, build_town
from tests.web.pages_in_memory import Reader
from tests.web.visitor import FLAGS, Visitor
from town.playing import Told, Wish, play
from town.programs import NoProgram, chromium
from town.stage import on_free_ports

SKIPPED: list[str] = []
RUNS = count(1)
NewVisitor = Callable[..., Any]


@dataclass(frozen=True)
class Site:
    """The town: where its pages are, a client to all of it, and the story that was told in it."""

    url: str
    client: ServiceClient
    told: Told

    def pair(self, group: str) -> tuple[str, str]:
        """The names of both dossiers of a group: the old path, the interlinked one."""
        named = self.told.groups[group]["dossiers"]
        return named["separate"], named["interlinked"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site() -> AsyncIterator[Site]:
    folder = Path("var") / f"pages-{os.getpid()}"
    try:
        async with (
            on_free_ports(folder, processes=False) as running,
            ServiceClient.over_http(running.urls) as client,
        ):
            wish = Wish(2026, "claim-2023", {"birth": "newborn", "death": "pensioner"}, None)
            yield Site(running.urls["web"], client, await play(client, wish))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    try:
        program = chromium()
    except NoProgram as missing:
        SKIPPED.append(missing.detail_en)
        pytest.skip(missing.detail_en)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(site: Site, browser: Browser) -> AsyncIterator[NewVisitor]:
    """Makes visitors: ``await visit(language="en", script=False, width=320)``. None may meet an error."""
    visitors: list[Visitor] = []
    async with AsyncExitStack() as stack:

        async def new(
            *, language: str = "vi", script: bool = True, width: int = 1280, still: bool = True, **more: Any
        ) -> Visitor:
            context = await browser.new_context(
                java_script_enabled=script,
                viewport={"width": width, "height": 900},
                reduced_motion="reduce" if still else "no-preference",
                **more,
            )
            stack.push_async_callback(context.close)
            wanted = {"name": "lang", "value": language, "url": site.url}
            await context.add_cookies([wanted])  # type: ignore[list-item]
            visitors.append(Visitor(site.url, await context.new_page()))
            return visitors[-1]

        yield new
    assert [each for visitor in visitors for each in visitor.complaints] == []


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly that pages were not tested."""
    for reason in dict.fromkeys(SKIPPED):
        terminalreporter.write_sep("!", reason, red=True, bold=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town() -> AsyncIterator[Town]:
    """A town in memory for the tests of a module: pages without a network and without a browser."""
    town = build_town()
    yield town
    await town.client.aclose()
    town.close()


@pytest.fixture
def run() -> str:
    """The name of a run that no other test has in the town."""
    return f"run-{next(RUNS)}"


@pytest.fixture
def reader(town: Town) -> Reader:
    """Somebody who reads its pages."""
    return Reader(town)
