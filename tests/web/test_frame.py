"""The frame: what every page has, whoever looks at it and however."""

import pytest
from playwright.async_api import expect

from tests.slices import some
from tests.web.conftest import NewVisitor, Site
from web.app import SECTIONS

pytestmark = pytest.mark.asyncio(loop_scope="session")
# The home page, and every entry of the navigation; sections test their other pages themselves.
PAGES = ("/", *(section.place.href for section in SECTIONS if section.place is not None))


@pytest.mark.parametrize("language", some(["vi", "en"], 2))
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_no_barrier(visit: NewVisitor, path: str, language: str) -> None:
    visitor = await visit(language=language)
    await visitor.open(path)
    assert await visitor.page.get_attribute("html", "lang") == language
    assert await visitor.barriers() == []
    await visitor.picture(f"{path.strip('/').replace('/', '-') or 'home'}-{language}")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_fits_a_narrow_screen(visit: NewVisitor, path: str) -> None:
    visitor = await visit(width=320)
    await visitor.open(path)
    assert await visitor.too_wide() <= 0
    assert await visitor.barriers() == []


async def test_every_section_is_one_click_from_the_home_page_with_data_in_it(visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    for path in PAGES[1:]:
        await visitor.open("/")
        await visitor.page.locator(f"main .cards a[href='{path}']").click()
        assert await visitor.page.locator(f"nav.places a[href='{path}'][aria-current]").count() == 1
        assert len(await visitor.page.inner_text("main")) > 200, f"{path} is empty"


async def test_the_keyboard_skips_to_the_content(visit: NewVisitor) -> None:
    visitor = await visit()
    await visitor.open("/")
    await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.locator("#main")).to_be_focused()


async def test_the_language_is_switched_and_remembered_without_script(visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open("/?x=1")
    await visitor.page.get_by_role("link", name="English").click()
    assert "MÔ PHỎNG" in await visitor.page.inner_text(".sham"), "in both languages"
    await visitor.open("/")
    assert await visitor.page.get_attribute("html", "lang") == "en"
    cookies = {each["name"]: each for each in await visitor.page.context.cookies()}
    assert cookies["lang"]["sameSite"] == "Strict"


async def test_the_trainer_s_mode_is_a_button_without_script(visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open("/")
    toggle = visitor.page.get_by_role("button", name="Chế độ giảng viên")
    assert await toggle.get_attribute("aria-pressed") == "false"
    await toggle.click()
    assert await toggle.get_attribute("aria-pressed") == "true"
    assert await visitor.page.get_attribute("body", "class") == "trainer"


async def test_a_page_that_is_not_there_says_what_to_do(visit: NewVisitor) -> None:
    for language, said in (("vi", "Việc cần làm"), ("en", "What to do")):
        visitor = await visit(language=language)
        await visitor.open("/khong-co", status=404)
        assert await visitor.page.get_by_role("heading", name=said).is_visible()
        assert await visitor.barriers() == []


async def test_every_answer_keeps_strangers_out(site: Site) -> None:
    for path in ("/", "/khong-co", "/health"):
        headers = (await site.client.call("web", "GET", path)).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; ")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
async def test_a_form_of_another_site_is_refused(site: Site, origin: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", **({"Origin": origin} if origin else {})}
    answer = await site.client.call("web", "POST", "/che-do", content=b"trainer=1&back=/", headers=headers)
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize("back", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"])
async def test_nobody_is_sent_elsewhere(site: Site, back: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": site.url}
    content = f"trainer=1&back={back}".encode()
    answer = await site.client.call("web", "POST", "/che-do", content=content, headers=headers)
    assert (answer.status, answer.headers["location"]) == (303, "/")


async def test_styles_and_fonts_stay_a_year_under_a_name_that_changes_with_them(site: Site) -> None:
    page = (await site.client.call("web", "GET", "/")).content.decode()
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = await site.client.call("web", "GET", style)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    other = await site.client.call("web", "GET", style.replace("/static/", "/static/0"))
    assert other.status == 404
