"""On a phone tables fit, or each row is a card; what still goes on beyond the edge throws a shadow there."""

import pytest

from tests.web.conftest import NewVisitor, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
WIDER = """[...document.querySelectorAll(".scroll")]
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => [each.querySelector("table") ? "table" : "picture",
        getComputedStyle(each).backgroundAttachment])"""
OUTSIDE = """where => [...document.querySelectorAll(where)]
    .filter(each => each.getBoundingClientRect().right > innerWidth).map(each => each.textContent)"""


def addresses(site: Site) -> dict[str, str]:
    old, new = site.pair("birth")
    return {
        "home": "/",
        "race": f"/dua?cu={old}&moi={new}",
        "race-printed": f"/in/cuoc-dua/{old}/{new}",
        "case": f"/ho-so/{old}",
        "cases": "/ho-so",
        "year": "/bang",
        "run": "/bang/luot",
        "lineage": "/dong-du-lieu/birth",
    }


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", ["home", "race", "race-printed", "case", "cases", "year", "run", "lineage"])
async def test_no_table_hides_a_column_on_a_phone(
    site: Site, visit: NewVisitor, name: str, language: str
) -> None:
    visitor = await visit(language=language, width=390)
    await visitor.open(addresses(site)[name])
    await visitor.page.evaluate("document.fonts.ready.then(() => null)")
    assert await visitor.too_wide() <= 0
    wider = await visitor.page.evaluate(WIDER)
    assert [kind for kind, _ in wider if kind == "table"] == []
    assert all("local" in shadow for _, shadow in wider), "nothing tells that the picture goes on"
    assert await visitor.page.evaluate(OUTSIDE, ".rows td") == []
    assert await visitor.barriers() == []
    await visitor.picture(f"phone-{name}-{language}")


@pytest.mark.parametrize("name", ["home", "race", "race-printed"])
async def test_a_comparison_fits_a_phone_also_before_our_letters_have_come(
    site: Site, visit: NewVisitor, name: str
) -> None:
    visitor = await visit(language="en", width=390)
    await visitor.page.route("**/*.woff2", lambda route: route.abort())
    await visitor.open(addresses(site)[name])
    assert [kind for kind, _ in await visitor.page.evaluate(WIDER) if kind == "table"] == []


async def test_a_table_that_must_scroll_keeps_its_names_and_shows_that_it_goes_on(visit: NewVisitor) -> None:
    visitor = await visit(width=390)
    await visitor.open("/bang/tinh")
    ((kind, shadow),) = await visitor.page.evaluate(WIDER)
    assert (kind, "local" in shadow) == ("table", True)
    await visitor.page.evaluate("document.querySelector('.figures .scroll').scrollTo(500, 0)")
    name = await visitor.page.locator("#figures-provinces tbody th").first.bounding_box()
    assert name is not None
    assert name["x"] >= 0, "the province is still named"


async def test_the_cells_of_a_card_say_their_heads(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(width=390)
    await visitor.open(addresses(site)["case"])
    said = await visitor.page.evaluate(
        "getComputedStyle(document.querySelector('.rows td:last-child'), '::before').content"
    )
    assert said == '"Nội dung"'
