"""The declaration and the desk in a browser: by keyboard alone without scripts, and without barriers."""

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import pytest
from playwright.async_api import expect
from pypdf import PdfReader

from flow_model.catalogue import catalogue
from flow_model.documents import value_at
from tests.slices import some
from tests.web.by_keyboard import Keyboard
from tests.web.conftest import NewVisitor, Site
from tests.web.visitor import Visitor
from web.declaring.boxes import boxes_of
from web.showing import fields_of

pytestmark = pytest.mark.asyncio(loop_scope="session")
MOST_PAGES = 30
PATIENCE_MS = 30_000


async def boxes_by_name(site: Site, group_id: str, run: str, situation: str) -> dict[str, Any]:
    """What the papers of a family say, by the names of the boxes."""
    params = {"situation": situation}
    answer = await site.client.call("gateway", "GET", f"/runs/{run}/examples/{group_id}", params=params)
    example = answer.raise_for_problem().body
    found: dict[str, Any] = {}
    for path, field in fields_of(catalogue().group(group_id)).items():
        value = value_at(example["declaration"], path)
        if value is None or example["sources"].get(path) != "typed":
            continue
        for part, text in boxes_of(field, value).items():
            found[path if part in ("text", "chosen") else f"{path}-{part}"] = text
    return found


# Which declaration is looked at for barriers, in which language and how wide.
SEEN = [("death", "en", 320), ("birth", "vi", 1280), ("birth", "en", 320), ("death", "vi", 1280)]


@pytest.mark.parametrize(("group_id", "language"), [("birth", "vi"), ("death", "en")])
async def test_a_whole_declaration_by_keyboard_without_scripts(
    site: Site, visit: NewVisitor, group_id: str, language: str
) -> None:
    visitor: Visitor = await visit(language=language, script=False)
    go_on, log_in, sign = {
        "vi": ("Tiếp tục", "Đăng nhập", "Ký và nộp"),
        "en": ("Continue", "Log in", "Sign and send"),
    }[language]
    keyboard, page = Keyboard(visitor.page), visitor.page
    await visitor.open(f"/khai/{group_id}")
    await keyboard.fill_in({}, "Bắt đầu khai" if language == "vi" else "Begin")
    situation = catalogue().group(group_id).pages.situations[0]
    await keyboard.fill_in({"family": situation}, log_in)
    draft = page.url.removeprefix(visitor.url)
    in_hand = await boxes_by_name(site, group_id, f"khai-{draft.rpartition('/')[2]}", situation)
    await visitor.open(f"{draft}/tiep-tuc")
    for _ in range(MOST_PAGES):
        if page.url.endswith("/xem-lai"):
            break
        await keyboard.fill_in(in_hand, go_on)
        assert await page.locator("#errors").count() == 0, await page.inner_text("main")
    await visitor.picture(f"declare-{group_id}-review-{language}")
    await visitor.open(f"{draft}/ky-nop")
    await keyboard.fill_in({"consent": ["yes"], "delivery.pledge": ["yes"]}, sign)
    assert page.url.endswith("/bien-nhan")
    code = await page.inner_text(".receipt .code")
    assert code.startswith(catalogue().group(group_id).letter)
    await visitor.picture(f"declare-{group_id}-receipt-{language}")


async def begun(visitor: Visitor, group_id: str) -> str:
    """A draft, logged in; its address."""
    await visitor.open(f"/khai/{group_id}")
    await visitor.page.locator("main form button").first.click()
    await visitor.page.locator("main form button").click()
    return visitor.page.url.removeprefix(visitor.url)


async def on(visitor: Visitor) -> None:
    """Press the button that goes on."""
    await visitor.page.locator('button.button[name="after"][value="next"]').click()


async def seen(visitor: Visitor, name: str) -> None:
    """No barrier and nothing beside the window; a picture is kept."""
    assert await visitor.barriers() == [], name
    assert await visitor.too_wide() <= 0, name
    await visitor.picture(name)


@pytest.mark.parametrize(("group_id", "language", "width"), some(SEEN, 4))
async def test_no_state_of_the_declaration_has_a_barrier(
    visit: NewVisitor, group_id: str, language: str, width: int
) -> None:
    visitor: Visitor = await visit(language=language, width=width)
    await visitor.open("/khai")
    await seen(visitor, f"declare-groups-{language}")
    await visitor.page.locator(".toggle").click()
    await visitor.open(f"/khai/{group_id}")
    await seen(visitor, f"declare-{group_id}-start-{language}")
    await visitor.page.locator("main form button").first.click()
    await seen(visitor, f"declare-{group_id}-log-in-{language}")
    draft = await begun(visitor, group_id)
    await seen(visitor, f"declare-{group_id}-tasks-{language}")
    await visitor.open(f"{draft}/declarant")
    await on(visitor)
    assert (await visitor.page.title()).startswith("Lỗi: " if language == "vi" else "Error: ")
    assert await visitor.page.evaluate("document.activeElement.id") == "errors", "the summary has the focus"
    await seen(visitor, f"declare-{group_id}-mistakes-{language}")
    await visitor.page.locator("#errors a").first.click()
    assert await visitor.page.evaluate("location.hash") != ""
    await visitor.open(f"{draft}/tiep-tuc")
    looked_at = set[str]()
    for _ in range(MOST_PAGES):
        address = visitor.page.url.partition("?")[0].removeprefix(visitor.url)
        if address.endswith("/xem-lai"):
            break
        await visitor.open(f"{address}?dien=1")
        if address not in looked_at:
            await seen(visitor, f"declare-{group_id}-{address.rpartition('/')[2]}-{language}")
            looked_at.add(address)
        await on(visitor)
    await seen(visitor, f"declare-{group_id}-forms-{language}")
    await visitor.open(f"{draft}/ky-nop")
    await seen(visitor, f"declare-{group_id}-sign-{language}")
    await visitor.open(f"{draft}/xoa-nhap")
    await seen(visitor, f"declare-{group_id}-discard-{language}")
    await visitor.open(f"{draft}/ky-nop")
    for box in await visitor.page.locator("main input[type=checkbox]").all():
        await box.check()
    await visitor.page.locator('button[name="answer"][value="agree"]').click()
    await visitor.page.wait_for_url("**/bien-nhan")
    await seen(visitor, f"declare-{group_id}-receipt-{language}")


async def test_two_tabs_meet_a_page_that_shows_both(visit: NewVisitor) -> None:
    one: Visitor = await visit()
    draft = await begun(one, "birth")
    await one.open(f"{draft}/declarant?dien=1")
    other: Visitor = await visit()
    await other.open(f"{draft}/declarant?dien=1")
    await on(one)
    await other.page.locator('input[name="declarant.phone"]').fill("0222222222")
    await on(other)
    await seen(other, "declare-two-tabs")
    assert "0222222222" in await other.page.inner_text("main table")
    await other.page.get_by_role("button", name="Giữ những gì tôi vừa nhập").click()
    await other.open(f"{draft}/declarant")
    assert await other.page.locator('input[name="declarant.phone"]').input_value() == "0222222222"


async def test_what_was_typed_outlives_every_way_out_of_its_page(visit: NewVisitor) -> None:
    visitor: Visitor = await visit()
    page, phone = visitor.page, 'input[name="declarant.phone"]'
    draft = await begun(visitor, "birth")
    topic = f"{draft}/declarant"
    ways: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
        ("a link", page.locator("header nav a").last.click),
        ("the other language", page.locator("header a.language").click),
        ("the trainer's mode", page.locator('form[action="/che-do"] button').click),
        ("another address", lambda: page.goto(f"{visitor.url}/")),
        ("the button back", page.go_back),
    ]
    for number, (name, leave) in enumerate(ways):
        await visitor.open("/")
        await visitor.open(topic)
        typed = f"022222222{number}"
        await page.locator(phone).fill(typed)
        async with page.expect_navigation() as navigation:
            await leave()
        answer = await navigation.value
        assert answer is None or answer.ok, name
        await visitor.open(topic)  # and what is told on leaving may arrive after that
        await expect(page.locator(phone), name).to_have_value(typed, timeout=PATIENCE_MS)
    assert visitor.complaints == []


async def test_a_page_that_is_asked_for_again_goes_on_from_what_was_typed(visit: NewVisitor) -> None:
    visitor: Visitor = await visit()
    page, phone = visitor.page, 'input[name="declarant.phone"]'
    draft = await begun(visitor, "birth")
    await visitor.open(f"{draft}/declarant?dien=1")
    await page.locator(phone).fill("0222222221")
    await page.reload()
    await expect(page.locator(phone)).to_have_value("0222222221", timeout=PATIENCE_MS)
    await page.wait_for_load_state()
    await page.locator(phone).fill("0222222222")
    await on(visitor)
    await page.wait_for_url(lambda url: not url.split("?")[0].endswith("/declarant"))
    await visitor.open(f"{draft}/declarant")
    assert await page.locator(phone).input_value() == "0222222222"


@pytest.mark.parametrize("language", some(["vi", "en"], 2))
async def test_the_lineage_and_the_hand_outs_have_no_barrier(
    site: Site, visit: NewVisitor, language: str
) -> None:
    old, new = site.pair("birth")
    visitor: Visitor = await visit(language=language, width=1280 if language == "vi" else 320)
    for name, path in (
        ("lineage", "/dong-du-lieu/birth"),
        ("handouts", "/in"),
        ("handout-forms", f"/in/to-khai/{new}"),
        ("handout-results", f"/in/ket-qua/{new}"),
        ("handout-race", f"/in/cuoc-dua/{old}/{new}"),
        ("handout-cards", "/in/the-kich-ban?id=birth-newborn&id=fault-population-down"),
    ):
        await visitor.open(path)
        await seen(visitor, f"{name}-{language}")
        pdf = await visitor.page.locator('a[href*=".pdf"]').first.get_attribute("href")
        answer = await site.client.call("web", "GET", str(pdf))
        assert answer.content.startswith(b"%PDF-"), pdf


async def test_every_printed_page_says_that_it_is_a_simulation(site: Site, visit: NewVisitor) -> None:
    _, new = site.pair("birth")
    visitor: Visitor = await visit()
    for path in (f"/in/to-khai/{new}", "/in/the-kich-ban?id=birth-newborn", "/dong-du-lieu/birth", "/khai"):
        await visitor.open(path)
        printed = PdfReader(BytesIO(await visitor.page.pdf(format="A4")))
        if "the-kich-ban" in path:
            assert "play birth-newborn" in printed.pages[-1].extract_text(), "the answer is not left folded"
        for number, page in enumerate(printed.pages, start=1):
            text = " ".join(page.extract_text().split())
            assert "MÔ PHỎNG" in text, f"{path}, page {number}"
            assert "không có giá trị pháp lý" in text, f"{path}, page {number}"


@pytest.mark.parametrize("language", some(["vi", "en"], 2))
async def test_an_officer_decides_in_a_browser(visit: NewVisitor, language: str) -> None:
    visitor: Visitor = await visit(width=320, language=language)
    write, grant = ("Ghi quyết định", "Đồng ý") if language == "vi" else ("Record the decision", "Grant")
    await visitor.open("/can-bo")
    await seen(visitor, f"desks-{language}")
    await visitor.page.locator("main form button").click()
    await seen(visitor, f"desk-worklist-{language}")
    await visitor.page.locator("main table th a").first.click()
    await seen(visitor, f"desk-application-{language}")
    await visitor.page.get_by_role("button", name=write).click()
    await seen(visitor, f"desk-mistakes-{language}")
    await visitor.page.get_by_label(grant, exact=True).check()
    await visitor.page.get_by_role("button", name=write).click()
    await seen(visitor, f"desk-decided-{language}")
