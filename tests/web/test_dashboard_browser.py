"""The dashboard in a browser: no barrier, on a narrow screen too, and without a script."""

import pytest

from tests.slices import some
from tests.web.conftest import NewVisitor, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAGES = {"year": "/bang", "provinces": "/bang/tinh", "run": "/bang/luot"}


# In haste every page in one language.
SEEN = [
    (name, language)
    for place, name in enumerate(PAGES)
    for language in (("vi", "en") if place % 2 == 0 else ("en", "vi"))
]


@pytest.mark.parametrize(("name", "language"), some(SEEN, 2))
async def test_a_page_of_the_dashboard_has_no_barrier(visit: NewVisitor, name: str, language: str) -> None:
    visitor = await visit(language=language)
    await visitor.open(PAGES[name])
    assert await visitor.barriers() == []
    await visitor.picture(f"dashboard-{name}-{language}")
    await visitor.page.set_viewport_size({"width": 320, "height": 800})
    assert await visitor.too_wide() <= 0
    assert await visitor.barriers() == []


async def test_another_group_is_chosen_by_keyboard_without_script(visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open("/bang")
    first = await visitor.page.inner_text("#made-h")
    await visitor.page.locator("#f-nhom").focus()
    await visitor.page.keyboard.press("ArrowDown")
    await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_url("**/bang?nhom=*")
    assert await visitor.page.inner_text("#made-h") != first


async def test_what_to_type_names_the_gateway_that_runs(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open("/bang/luot")
    said = await visitor.page.locator("main").inner_text()
    assert f"curl {site.client.url_of('gateway')}/runs/" in said
