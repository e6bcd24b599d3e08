"""What the browser prints: whole pictures, the end of a race, colours, and no heading left alone."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.web.conftest import NewVisitor, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAPER = {"width": 688, "height": 1000}  # an A4 page between its margins, in CSS pixels
CUT = """where => [...document.querySelectorAll(where)]
    .filter(each => each.getBoundingClientRect().right > innerWidth).map(each => each.id)"""
ENDS = "[...document.querySelectorAll('[data-share]')].map(each => each.textContent)"


async def printed(visitor: Any) -> list[str]:
    """The text of each page as it comes out of the printer."""
    pages = PdfReader(BytesIO(await visitor.page.pdf(format="A4"))).pages
    return [" ".join(str(page.extract_text()).split()) for page in pages]


async def test_a_case_is_printed_with_all_its_columns(site: Site, visit: NewVisitor) -> None:
    visitor = await visit()
    await visitor.open(f"/ho-so/{site.pair('birth')[1]}")
    await visitor.page.emulate_media(media="print")
    await visitor.page.set_viewport_size(PAPER)
    assert await visitor.page.evaluate(CUT, "main svg") == []
    assert not any("Rẽ nhánh" in page for page in await printed(visitor)), "a heading of nothing"


async def test_a_race_is_printed_as_it_ended_and_stands_where_it_stood(site: Site, visit: NewVisitor) -> None:
    visitor = await visit()
    old, new = site.pair("birth")
    await visitor.open(f"/dua?cu={old}&moi={new}")
    assert await visitor.page.evaluate(ENDS) == ["0%", "0%"]
    await visitor.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert await visitor.page.evaluate(ENDS) == ["100%", "100%"]
    await visitor.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert await visitor.page.evaluate(ENDS) == ["0%", "0%"]
    await visitor.page.get_by_role("link", name="+1 ngày").click()
    chosen = await visitor.page.evaluate(ENDS)
    await visitor.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert await visitor.page.evaluate(ENDS) == chosen, "a frame that was chosen"
    await visitor.page.emulate_media(media="print")
    adjusted = "getComputedStyle(document.querySelector('.race-legend svg')).printColorAdjust"
    assert await visitor.page.evaluate(adjusted) == "exact", "a legend without colours says nothing"
    assert not await visitor.page.get_by_text("Cho một sự cố").is_visible()


async def test_the_dashboard_is_four_pages_and_no_heading_ends_one(visit: NewVisitor) -> None:
    visitor = await visit()
    await visitor.open("/bang")
    heads = await visitor.page.locator("main h2").all_inner_texts()
    pages = await printed(visitor)
    assert len(pages) <= 4
    for page in pages:
        end = page.removesuffix("MÔ PHỎNG · không có giá trị pháp lý").strip()
        assert not end.endswith(tuple(heads)), end[-60:]


async def test_the_race_on_a_page_shows_its_bars_on_every_screen_and_on_paper(
    site: Site, visit: NewVisitor
) -> None:
    visitor = await visit()
    old, new = site.pair("birth")
    await visitor.open(f"/in/cuoc-dua/{old}/{new}")
    widths = "[...document.querySelectorAll('svg.bar')].map(each => each.getBoundingClientRect().width)"
    for width, media in ((1366, "screen"), (390, "screen"), (PAPER["width"], "print")):
        await visitor.page.set_viewport_size({"width": width, "height": 900})
        await visitor.page.emulate_media(media=media)
        found = await visitor.page.evaluate(widths)
        assert found, media
        assert min(found) > 200, (media, width)
        assert await visitor.page.evaluate(CUT, "svg.bar") == []
