"""What pages may cost: their size, the scripts, and fifty who click at once."""

import asyncio
from collections import Counter

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tests.architecture.house import ROOT
from tests.web.conftest import Site
from tests.web.test_frame import PAGES
from web.memory import Memory
from web.viewer import Viewer

MOST_HTML, MOST_SCRIPT = 60_000, 20_000
session = pytest.mark.asyncio(loop_scope="session")


def test_all_scripts_together_stay_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "web" / "static" / "js").glob("*.js")}
    assert sum(sizes.values()) <= MOST_SCRIPT, sizes


@session
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_stays_small(site: Site, path: str) -> None:
    answer = await site.client.call("web", "GET", path, headers={"Cookie": "lang=en; trainer=1"})
    assert answer.status == 200
    assert len(answer.content) <= MOST_HTML


@session
async def test_fifty_who_click_at_once_are_all_served(site: Site) -> None:
    _, new = site.pair("birth")

    async def click() -> int:
        return (await site.client.call("web", "GET", f"/ho-so/{new}?trang=1")).status

    assert Counter(await asyncio.gather(*(click() for _ in range(50)))) == {200: 50}


def request(path: str = "/x") -> Request:
    return Request({"type": "http", "viewer": Viewer("vi", False, path, "")})


async def test_a_page_is_made_once_for_all_who_wait_for_it() -> None:
    memory, made = Memory(), 0

    async def make() -> Response:
        nonlocal made
        made += 1
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        return HTMLResponse("page")

    answers = await asyncio.gather(*(memory.page(request(), 1, make) for _ in range(20)))
    assert (made, {bytes(answer.body) for answer in answers}) == (1, {b"page"})
    await memory.page(request(), 2, make)
    await memory.page(request("/y"), 2, make)
    assert made == 3, "another state, another address"


async def test_what_went_wrong_is_not_remembered_and_what_is_old_is_forgotten() -> None:
    memory, statuses = Memory(most=2), iter([404, 200, 200, 200, 200])

    async def make() -> Response:
        return HTMLResponse("page", next(statuses))

    assert [(await memory.page(request(), 1, make)).status_code for _ in range(2)] == [404, 200]
    for seen in (2, 3):
        await memory.page(request(), seen, make)
    await memory.page(request(), 1, make)
    assert next(statuses, None) is None, "the first was made again"
