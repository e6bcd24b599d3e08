"""The tester's page in a browser: no barrier in any state, live with a script, whole without one."""

import pytest
from playwright.async_api import expect

from tests.slices import some
from tests.web.conftest import NewVisitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
STORY = "/kich-ban/chuyen/birth-newborn"


@pytest.mark.parametrize("language", some(["vi", "en"], 2))
async def test_a_story_is_played_in_front_of_the_tester(visit: NewVisitor, language: str) -> None:
    visitor = await visit(language=language)
    await visitor.open("/kich-ban")
    assert await visitor.barriers() == []
    await visitor.picture(f"tester-library-{language}")
    await visitor.open(STORY)
    assert await visitor.barriers() == []
    await visitor.page.locator('input[name="chip-civil_status"][value="down"]').check()
    await visitor.picture(f"tester-story-{language}")
    await visitor.page.locator('input[name="chip-residence"][value="slow"]').check()
    await visitor.page.locator("#chips button").click()
    await expect(visitor.page.locator("#live-head form")).to_have_count(0)
    await expect(visitor.page.locator(".steps li.trouble").first).to_be_visible()
    await expect(visitor.page.locator(".diff ins").first).to_be_visible()
    assert await visitor.barriers() == []
    await visitor.picture(f"tester-play-{language}")


async def test_it_goes_by_keyboard_and_refresh_on_a_narrow_screen_without_script(visit: NewVisitor) -> None:
    visitor = await visit(script=False, width=320)
    await visitor.open("/kich-ban?the=smoke")
    assert await visitor.too_wide() <= 0
    first = visitor.page.locator('input[name="chon"]').first
    await first.focus()
    await visitor.page.keyboard.press("Space")
    await visitor.page.get_by_role("button", name="Phát đã chọn").focus()
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_url("**/kich-ban/loat/*")
    await expect(visitor.page.get_by_role("progressbar")).to_be_visible()
    again = visitor.page.get_by_role("link", name="Xem lại tình hình")
    while await again.count():
        await again.click()
    await expect(visitor.page.get_by_role("link", name="Tải JUnit XML")).to_be_visible()
    assert await visitor.too_wide() <= 0
    await visitor.picture("tester-batch-narrow")


async def test_agencies_of_a_run_have_no_barrier(visit: NewVisitor) -> None:
    visitor = await visit(width=320)
    await visitor.open("/kich-ban/co-quan")
    assert await visitor.barriers() == []
    assert await visitor.too_wide() <= 0
    await visitor.picture("tester-agencies-narrow")
