"""The tester's page: stories are found, played, told live; what differs is shown; agencies in trouble."""

from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from tests.town_in_memory import Town
from tests.web.pages_in_memory import Page, Reader
from web.tester.chips import chips, fault_of, states_of, with_trouble
from web.tester.library import plain
from web.tester.play_view import difference
from web.words import WORDS

pytestmark = pytest.mark.asyncio(loop_scope="module")
STORY = "birth-newborn"


async def ended(town: Town, reader: Reader, page: Page) -> Page:
    """The page once everything on it has ended; the gateway's own stream says when."""
    kind, name = page.address.split("/")[2:4]
    source = {"loat": "batches", "luot": "plays"}[kind]
    await town.ask("GET", f"/{source}/{name}/stream")
    return await reader.open(page.address)


async def test_the_library_is_searched_with_or_without_accents(reader: Reader) -> None:
    every = await reader.open("/kich-ban")
    found = await reader.open("/kich-ban?tim=em+be+da+mat")
    assert found.all("//table//tbody//a/@href")[0] == "/kich-ban/chuyen/birth-child-died"
    assert found.all("//table//tbody//a/@href") == (
        await reader.open("/kich-ban?tim=em+bé+đã+mất")
    ).all("//table//tbody//a/@href")  # fmt: skip
    assert len(every.answer.content) <= 60_000


async def test_every_story_is_on_one_of_the_pages(town: Town, reader: Reader) -> None:
    first = await reader.open("/kich-ban")
    pages = [await reader.open(href) for href in first.all("//nav[@class='pages']//a/@href")]
    listed = {href for page in pages for href in page.all("//table//tbody//a/@href")}
    assert listed == {f"/kich-ban/chuyen/{each['id']}" for each in await town.get("/scenarios")}


async def test_a_tag_narrows_the_list_and_is_marked(reader: Reader) -> None:
    page = await reader.open("/kich-ban?the=smoke")
    assert page.all("//nav[@class='tabs']//a[@aria-current]") == ["thử nhanh 2"]
    assert len(page.all("//table//tbody/tr")) == 2


async def test_nothing_chosen_is_said_at_the_list(reader: Reader) -> None:
    page = await reader.send(await reader.open("/kich-ban"), {"viec": "chon"}, status=422)
    assert page.mistakes() == ["Hãy chọn ít nhất một kịch bản."]


async def test_chosen_stories_are_played_and_reported(town: Town, reader: Reader) -> None:
    library = await reader.open("/kich-ban?the=smoke")
    sent = await reader.send(library, {"viec": "tat-ca"})
    assert sent.address.startswith("/kich-ban/loat/b-")
    page = await ended(town, reader, sent)
    assert page.text("//dl[@class='facts']") == "Đạt2"
    report = await reader.pages.call("web", "GET", page.all("//a[contains(@href,'junit')]/@href")[0])
    assert Xml.fromstring(report.content).get("tests") == "2"
    assert report.headers["content-disposition"].startswith("attachment")
    shown = await reader.pages.call("web", "GET", page.all("//a[contains(@href,'report.html')]/@href")[0])
    assert b"<html" in shown.content


async def test_a_button_pressed_twice_plays_once(reader: Reader) -> None:
    library = await reader.open("/kich-ban?the=smoke")
    first, second = [await reader.send(library, {"viec": "tat-ca"}) for _ in range(2)]
    assert first.address == second.address


async def test_a_play_tells_its_steps_and_leads_to_the_case(town: Town, reader: Reader) -> None:
    story = await reader.open(f"/kich-ban/chuyen/{STORY}")
    page = await ended(town, reader, await reader.send(story))
    assert page.text("//p[@role='status']/strong") == "Đạt"
    assert len(page.all("//ol[@class='steps']/li")) > 10
    case = page.all("//a[starts-with(@href,'/ho-so/b-')]/@href")[0]
    assert (await reader.open(case)).status == 200
    english = await Reader(town, language="en").open(page.address)
    assert english.text("//p[@role='status']/strong") == "Passed"


async def test_agencies_in_trouble_make_it_another_story_and_the_difference_is_shown(
    town: Town, reader: Reader
) -> None:
    story = await reader.open(f"/kich-ban/chuyen/{STORY}")
    values: dict[str, str | list[str]] = {"chip-civil_status": "slow", "chip-residence": "down"}
    page = await ended(town, reader, await reader.send(story, values))
    assert page.text("//p[@role='status']/strong") == "Trượt"
    assert page.all("//ol[@class='steps']/li[@class='trouble']")
    assert "synchronised_in_time" in page.text("//div[contains(@class,'diff')]//del")
    assert "sent at" in page.text("//div[contains(@class,'diff')]//ins")
    again = await reader.open(page.all("//a[contains(@href,'/kich-ban/chuyen/')]/@href")[0])
    assert again.title == story.title


async def test_a_running_run_s_agency_is_down_until_it_passes(town: Town, reader: Reader) -> None:
    run = await town.open("in-trouble")
    dossier = await town.declare(run, "birth", "newborn")
    page = await reader.open(f"/kich-ban/co-quan?luot={run}")
    assert page.all("//input[@checked]/@value").count("up") == len(page.all("//fieldset"))
    page = await reader.send(page, {"chip-residence": "down"})
    assert "ngừng" in page.text("//fieldset[contains(@class,'down')]")
    await town.settle(run)
    assert "attempt_failed" in await town.kinds(run, dossier)
    assert not (await reader.open(page.address)).all("//fieldset[contains(@class,'down')]"), "it has passed"


async def test_who_is_in_trouble_is_not_offered_to_be_well_however_long_the_log(
    town: Town, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.door.LOG_PAGE", 2)  # the trouble stands behind the first page of the log
    run = await town.open("slow-for-good")
    await town.declare(run, "birth", "newborn")
    await town.settle(run, "next")
    page = await reader.open(f"/kich-ban/co-quan?luot={run}")
    for _ in range(2):
        page = await reader.send(page, {"chip-residence": "slow"})
        assert page.all("//input[@name='chip-residence']/@value") == ["slow", "down", "duplicate"]
        assert page.all("//input[@name='chip-residence'][@checked]/@value") == ["slow"]
        assert page.all("//input[@name='chip-civil_status']/@value")[0] == "up"
    added = [each for each in await town.get(f"/runs/{run}/events", limit=1000) if _adds_faults(each)]
    assert len(added) == 1, "pressed again, it is not added again"


def _adds_faults(event: dict[str, Any]) -> bool:
    return bool(event["payload"].get("act") == "add_faults")


async def test_the_stream_says_that_it_has_ended(town: Town, reader: Reader) -> None:
    page = await ended(
        town, reader, await reader.send(await reader.open("/kich-ban?the=smoke"), {"viec": "tat-ca"})
    )
    answer = await reader.pages.call("web", "GET", f"{page.address}/song")
    assert b"event: changed" in answer.content
    assert b"event: ended" in answer.content


async def test_what_is_not_there_is_said(reader: Reader) -> None:
    await reader.open("/kich-ban/luot/b-000000000000-00001", status=404)
    await reader.open("/kich-ban/loat/b-000000000000/other.txt", status=404)
    await reader.open("/kich-ban/chuyen/no-such-story", status=404)


async def test_the_difference_marks_the_words_that_differ() -> None:
    told = difference({"where": "expect.outcomes", "expected": "it is granted", "actual": "it is stuck"})
    assert told.expected == [("it is", False), ("granted", True)]
    assert told.actual == [("it is", False), ("stuck", True)]


async def test_every_chip_comes_to_a_fault_that_stands_in_a_file() -> None:
    words, text = WORDS["vi"], 'title_vi = "x"\n'
    for chip in chips(["residence"], words):
        for state, _ in chip.states[1:]:
            assert f'"{chip.id}"' in with_trouble(text, {chip.id: state})
            now = "2026-10-05T08:00:00+07:00"
            event = {"payload": {"act": "add_faults", "faults": [fault_of(chip.id, state, now)]}}
            assert states_of([event], now)[chip.id][0] == state
    assert plain("Đã mất") == "da mat"
