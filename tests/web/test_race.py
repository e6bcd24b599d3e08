"""The race: both lanes replay their logs, by script and without one, and every frame has an address."""

import re

import pytest
from playwright.async_api import expect

from tests.web.conftest import NewVisitor, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


def address(site: Site, group: str = "birth", **more: object) -> str:
    old, new = site.pair(group)
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/dua?cu={old}&moi={new}{asked}"


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_race_in_the_middle_has_no_barrier(site: Site, visit: NewVisitor, language: str) -> None:
    visitor = await visit(language=language)
    await visitor.open(address(site, phut=14400))
    assert await visitor.barriers() == []
    await visitor.picture(f"race-middle-{language}")


async def test_the_race_fits_a_narrow_screen(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(width=320)
    await visitor.open(address(site, phut=14400))
    assert await visitor.too_wide() <= 0
    assert await visitor.barriers() == []
    await visitor.picture("race-narrow")


BOTTOM = "document.querySelector('[data-lane=interlinked]').getBoundingClientRect().bottom"


@pytest.mark.parametrize("group", ["birth", "death"])
async def test_both_lanes_and_the_clock_are_on_one_screen(site: Site, visit: NewVisitor, group: str) -> None:
    visitor = await visit()
    await visitor.page.set_viewport_size({"width": 1366, "height": 768})
    await visitor.open(address(site, group))
    await visitor.page.get_by_role("link", name="Đến cuối").click()
    assert await visitor.page.evaluate(BOTTOM) <= 768
    assert await visitor.page.evaluate("scrollY") == 0
    await visitor.picture(f"race-one-screen-{group}")


async def test_a_phone_shows_both_lanes_to_their_end(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(width=390)
    await visitor.page.set_viewport_size({"width": 390, "height": 844})
    await visitor.open(address(site))
    await visitor.page.get_by_role("button", name="Chạy").click()
    assert await visitor.page.evaluate(BOTTOM) <= 844, "the page moves up to the clock"
    await expect(visitor.page.get_by_role("button", name="Chạy")).to_be_in_viewport()
    wide = await visitor.page.evaluate("document.documentElement.clientWidth")
    for mark in await visitor.page.locator(".track .outcome").all():
        box = await mark.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= wide, "the last mark is to be seen without scrolling"
    await visitor.picture("race-phone-end")


async def test_the_legend_is_in_the_colours_of_the_bars(site: Site, visit: NewVisitor) -> None:
    visitor = await visit()
    await visitor.open(address(site))
    fills = """where => [...new Set([...document.querySelectorAll(where)].map(
        each => getComputedStyle(each).fill))].sort()"""
    bars = await visitor.page.evaluate(fills, ".track .seg.desk")
    assert len(bars) == 2
    assert await visitor.page.evaluate(fills, ".race-legend .seg.desk") == bars


async def test_day_by_day_without_script(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open(address(site))
    assert await visitor.page.inner_text("[data-lane=separate] [data-fields]") == "0"
    await visitor.page.get_by_role("link", name="+1 ngày").click()
    measured = site.told.groups["birth"]["comparison"]["paths"]["interlinked"]
    fields = await visitor.page.inner_text("[data-lane=interlinked] [data-fields]")
    assert fields == str(measured["fields_typed"])
    await visitor.page.get_by_role("link", name="Đến cuối").click()
    for path in ("separate", "interlinked"):
        measured = site.told.groups["birth"]["comparison"]["paths"][path]
        lane = visitor.page.locator(f"[data-lane={path}]")
        assert await lane.locator("[data-visits]").inner_text() == str(measured["visits"])
        assert await lane.locator("[data-documents]").inner_text() == str(measured["documents"])
        assert await lane.locator("[data-share]").inner_text() == "100%"
        assert await lane.locator("[data-finish]").is_visible()
    await visitor.picture("race-end-vi")


async def test_it_runs_to_its_end_by_script_and_says_so(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(still=False)
    await visitor.open(address(site))
    await visitor.page.get_by_label("Tốc độ").select_option("10")
    await visitor.page.get_by_role("button", name="Chạy").click()
    finish = visitor.page.locator("[data-finish]")
    await expect(finish.nth(1)).to_be_visible(timeout=10_000)
    await expect(finish.nth(0)).to_be_visible(timeout=10_000)
    await expect(visitor.page.locator("[data-told]")).to_contain_text("đã xong sau")
    await expect(visitor.page.get_by_role("button", name="Chạy")).to_be_visible()
    assert "phut=" in visitor.page.url, "the address is that of the frame"


async def test_pause_stops_it_and_the_link_restores_the_frame(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(still=False)
    await visitor.open(address(site))
    await visitor.page.get_by_role("button", name="Chạy").click()
    await expect(visitor.page.locator("[data-lane=separate] [data-visits]")).to_have_text("1")
    await visitor.page.get_by_role("button", name="Dừng").click()
    seen = [await visitor.page.inner_text(each) for each in ("[data-moment]", "[data-day]")]
    x = await visitor.page.get_attribute("[data-lane=separate] .now", "x1")
    link = await visitor.page.get_attribute("[data-link]", "href")
    other = await visit(script=False)
    await other.open(str(link))
    assert [await other.page.inner_text(each) for each in ("[data-moment]", "[data-day]")] == seen
    there = await other.page.get_attribute("[data-lane=separate] .now", "x1")
    assert abs(float(str(there).rstrip("%")) - float(str(x).rstrip("%"))) < 0.01


async def test_nothing_moves_when_no_motion_is_asked_for(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(still=True)
    await visitor.open(address(site))
    await visitor.page.get_by_role("button", name="Chạy").click()
    assert await visitor.page.inner_text("[data-lane=separate] [data-share]") == "100%", "at once"


async def test_the_keyboard_drives_it(site: Site, visit: NewVisitor) -> None:
    visitor = await visit()
    await visitor.open(address(site))
    await visitor.page.get_by_role("link", name="+1 ngày").focus()
    await visitor.page.keyboard.press("Enter")
    await visitor.page.keyboard.press("Enter")
    assert "07/10/2026" in await visitor.page.inner_text("[data-moment]")


async def test_a_guess_opens_the_lane(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open(address(site))
    await visitor.page.get_by_role("link", name="Đoán trước").click()
    assert await visitor.page.locator("[data-lane=interlinked] svg").count() == 0
    await visitor.page.get_by_label("Bạn đoán").fill("5,5")
    await visitor.page.get_by_role("button", name="Mở làn").click()
    assert "Bạn đoán 5,5." in await visitor.page.inner_text("[data-lane=interlinked] [data-finish]")


async def test_a_fault_in_office_words_and_the_race_again(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open(address(site))
    await visitor.page.get_by_label("Chuyện gì xảy ra").select_option("officer_on_leave")
    await visitor.page.get_by_label("Ở đâu", exact=True).select_option("residence")
    await visitor.page.get_by_label("Kéo dài").fill("nhiều")
    await visitor.page.get_by_role("button", name="Đua lại").click()
    assert "Số ngày kéo dài" in await visitor.page.inner_text("#errors")
    await visitor.picture("race-fault-error")
    await visitor.page.get_by_label("Kéo dài").fill("5")
    await visitor.page.get_by_role("button", name="Đua lại").click()
    assert re.search(r"cu=dua-birth-\w+/B-2026-000001", visitor.page.url)
    note = await visitor.page.inner_text(".fault-note")
    assert "Cán bộ nghỉ phép, không ai thay: Công an xã, từ ngày 05/10/2026, trong 5 ngày làm việc." in note
    paths = site.told.groups["birth"]["comparison"]["paths"]
    for name, path in (("Đường cũ", "separate"), ("Liên thông", "interlinked")):
        usual = f"{paths[path]['elapsed_working_days']:g}".replace(".", ",")
        assert f"{name}: {usual} → " in note, "what it was without the fault"
    calm = await visitor.page.get_attribute(".fault-note a", "href")
    assert str(calm).startswith(address(site)), "and where that is to be seen"
    await visitor.page.set_viewport_size({"width": 1366, "height": 768})
    await visitor.page.get_by_role("link", name="Đến cuối").click()
    waited = await visitor.page.inner_text("[data-lane=interlinked] [data-waited]")
    usual = site.told.groups["birth"]["comparison"]["paths"]["interlinked"]["elapsed_working_days"]
    assert float(waited.replace(",", ".")) > usual + 2
    await visitor.picture("race-fault")
    bottom = await visitor.page.locator("[data-lane=interlinked]").bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] <= 768, "with what went wrong it is one screen as well"


async def test_no_state_of_the_race_has_a_barrier(site: Site, visit: NewVisitor) -> None:
    visitor = await visit()
    await visitor.open(address(site, doan=1))
    assert await visitor.barriers() == []
    await visitor.picture("race-guess")
    await visitor.page.get_by_label("Kéo dài").fill("0")
    await visitor.page.get_by_role("button", name="Đua lại").click()
    await expect(visitor.page.locator("#errors")).to_be_focused()
    assert (await visitor.page.title()).startswith("Lỗi:")
    assert await visitor.barriers() == []
    await visitor.page.get_by_role("link", name="Số ngày kéo dài").click()
    assert await visitor.page.evaluate("document.activeElement.id") == "f-days"
