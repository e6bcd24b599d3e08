"""A class with three trainees and a trainer, each in a browser of their own."""

import pytest
from playwright.async_api import expect

from tests.web.conftest import NewVisitor, Site
from tests.web.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def joins(visitor: Visitor, code: str, called: str) -> str:
    """Join by the code, as somebody does who has no QR reader; the address of their first task."""
    await visitor.open("/lop")
    await visitor.page.locator("#f-ma").fill(code)
    await visitor.page.keyboard.press("Enter")
    await visitor.page.locator("#f-called").fill(called)
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_url("**/lop/*/*")
    href = await visitor.page.locator(".tasks a").first.get_attribute("href")
    return str(href)


async def test_a_class_with_three_trainees(site: Site, visit: NewVisitor) -> None:
    trainer = await visit(language="vi")
    await trainer.open("/lop")
    assert await trainer.barriers() == []
    await trainer.picture("classroom-open")
    await trainer.page.locator("#f-title").fill("Lớp tập huấn phường Hà Tiên")
    await trainer.page.get_by_role("button", name="Mở lớp").click()
    await trainer.page.wait_for_url("**/bang/*")
    code = await trainer.page.locator(".code-big").inner_text()
    table = trainer.page.locator("#live-body table")

    narrow = await visit(language="vi", script=False, width=320)
    await joins(narrow, code, "Máy 1")
    assert await narrow.too_wide() <= 0
    await narrow.picture("classroom-trainee-narrow")
    await expect(table.locator("tbody tr")).to_have_count(1)

    english = await visit(language="en")
    await joins(english, code, "Máy 2")
    assert await english.barriers() == []
    await english.page.locator(".tasks a").first.click()
    await english.page.locator("main form button").first.click()
    await english.page.wait_for_url("**/dang-nhap")
    await expect(table.get_by_text("Đang khai")).to_be_visible()

    third = await visit(language="vi")
    await third.open(await joins(third, code, "Máy 3"))
    run = third.page.url.partition("run=")[2]
    example = (
        await site.client.call(
            "gateway", "GET", f"/runs/{run}/examples/birth", params={"situation": "newborn"}
        )
    ).body
    body = {
        "group": "birth",
        "procedures": example["procedures"],
        "declaration": example["declaration"],
        "consent": True,
    }
    headers = {"Idempotency-Key": f"class-{run}"}
    told = await site.client.call("gateway", "POST", f"/runs/{run}/dossiers", json=body, headers=headers)
    told.raise_for_problem()
    await expect(table.locator("tbody tr")).to_have_count(3)
    await expect(table.locator("a[href*='/ho-so/']")).to_be_visible()
    assert await trainer.barriers() == []
    await trainer.picture("classroom-board")
    await english.open(trainer.page.url.removeprefix(trainer.url))
    assert await english.barriers() == []
    await english.picture("classroom-board-en")

    await table.locator("tr", has_text="Máy 3").get_by_role("button").click()
    await expect(table.locator("a[href*='/ho-so/']")).to_have_count(0)
    await trainer.page.set_viewport_size({"width": 320, "height": 800})
    assert await trainer.too_wide() <= 0
    await trainer.page.get_by_role("link", name="Đóng lớp").click()
    await trainer.page.get_by_role("button", name="Đóng lớp").click()
    await trainer.page.wait_for_url("**/lop")
    await narrow.page.reload()
    await expect(narrow.page.get_by_text("Không có lớp")).to_be_visible()
