"""What goes wrong is told in the frame, with what to do now; programs get the problem."""

from collections.abc import AsyncIterator

import pytest

from chassis.client import ServiceClient
from chassis.in_process import InProcess
from flow_model.catalogue import catalogue
from tests.town_in_memory import Town
from tests.web.pages_in_memory import Reader
from web.app import build

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
async def alone() -> AsyncIterator[InProcess]:
    """The pages of a town whose gateway is down."""
    async with ServiceClient.over_http({"gateway": NOBODY}) as town:
        app = build(None, town, catalogue())
        yield InProcess(app)
        app.state.store.close()


@pytest.mark.parametrize(
    ("language", "said"), [("vi", "Chờ ít giây rồi tải lại trang này"), ("en", "Wait a few seconds")]
)
async def test_a_gateway_that_is_down_is_told_with_what_to_do(
    alone: InProcess, language: str, said: str
) -> None:
    for path in ("/", "/dua", "/ho-so"):
        headers = {"Accept": "text/html", "Cookie": f"lang={language}"}
        answer = await alone.send("GET", path, None, headers, None)
        page = answer.content.decode()
        assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert answer.headers["retry-after"]
        assert said in page
        assert f'href="{path}"' in page, "the way to load it again"


async def test_a_program_gets_the_problem(town: Town) -> None:
    reader = Reader(town)
    answer = await reader.pages.call("web", "GET", "/ho-so/khong-co/B-2026-000001")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["type"].endswith("not-found")


async def test_what_the_gateway_refuses_is_told_in_its_words(town: Town) -> None:
    await town.open("run")
    dossier = await town.declare("run", "birth", "newborn")
    page = await Reader(town, "en").open(f"/ho-so/run/{dossier}/nhanh/khong-co", 404)
    assert page.text("//h1") == "There is no such thing"
    assert page.all("//a[@href='/']")


async def test_an_address_that_no_page_has_is_a_mistake_in_the_frame(town: Town) -> None:
    page = await Reader(town).open("/dua?phut=hom-qua", 422)
    assert page.text("//h2") == "Việc cần làm"
    assert "phut" in page.text_of_main
