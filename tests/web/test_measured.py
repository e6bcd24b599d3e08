"""What stands beside figures: the kinds of days, whether a limit is law, and its grounds, each said once."""

import pytest
import pytest_asyncio

from flow_model.catalogue import catalogue
from flow_model.working_time import CALENDAR
from tests.town_in_memory import Town
from tests.web.pages_in_memory import Reader
from web.measured import days_note, law_name, limit_title
from web.words import WORDS

pytestmark = pytest.mark.asyncio(loop_scope="module")
GROUP = catalogue().group("birth")
PROFILES = list(GROUP.law.profiles)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ways(town: Town) -> dict[str, dict[str, str]]:
    """The names of the two dossiers of one family, under each law profile."""
    found: dict[str, dict[str, str]] = {}
    for law in PROFILES:
        found[law] = {}
        for path in ("separate", "interlinked"):
            run = await town.open(f"{path}-{law}", law=law)
            found[law][path] = f"{run}/{await town.declare(run, 'birth', 'newborn', path=path)}"
            await town.settle(run)
    return found


@pytest.mark.parametrize("law", PROFILES)
async def test_a_published_figure_is_not_called_law(
    town: Town, ways: dict[str, dict[str, str]], law: str
) -> None:
    compared = await town.get("/comparison", **ways[law])
    limits = [path["legal"]["article"] for path in compared["paths"].values()]
    published = all(article.startswith("Công bố") for article in limits)
    assert published == (law == GROUP.law.default.id)
    expected = ("Thời hạn đã công bố", "Published limit") if published else None
    said = tuple(limit_title(WORDS[each], GROUP, list(compared["paths"].values())) for each in ("vi", "en"))
    assert said == (expected or ("Thời hạn theo luật", "Statutory limit"))


async def test_the_race_says_its_grounds_once_and_by_name(
    reader: Reader, ways: dict[str, dict[str, str]]
) -> None:
    law = GROUP.law.default
    pair = ways[law.id]
    for address in (
        f"/dua?cu={pair['separate']}&moi={pair['interlinked']}",
        f"/in/cuoc-dua/{pair['separate']}/{pair['interlinked']}",
    ):
        text = (await reader.open(address)).text_of_main
        assert text.count("Công bố tại hội nghị") == 1, address
        assert "Thời hạn đã công bố" in text, address
        assert "Thời hạn theo luật" not in text, address
        assert text.count("số ngày làm việc có khi lớn hơn số ngày theo lịch") == 1, address
    page = await reader.open(f"/dua?cu={pair['separate']}&moi={pair['interlinked']}")
    assert f"Luật áp dụng: {law.title_vi}" in page.text_of_main


async def test_a_law_is_called_by_its_title(reader: Reader, ways: dict[str, dict[str, str]]) -> None:
    law = GROUP.law.default
    run = ways[law.id]["interlinked"].split("/")[0]
    for address in (
        "/bang",
        f"/bang/luot?luot={run}",
        f"/ho-so?luot={run}",
        f"/ho-so/{ways[law.id]['interlinked']}",
    ):
        assert f"{law.title_vi} ({law.id})" in (await reader.open(address)).text_of_main, address
    assert law_name(WORDS["en"], GROUP, "no-such-law") == "no-such-law"


async def test_the_home_page_says_what_its_days_are(reader: Reader, ways: dict[str, dict[str, str]]) -> None:
    assert ways
    assert (await reader.open("/")).text_of_main.count(days_note(WORDS["vi"])) == 1


async def test_the_note_counts_hours_as_the_calendar_does() -> None:
    hours = sum(closes - opens for opens, closes in CALENDAR.sessions) / 3_600_000_000
    assert f"{hours:g} hours in which the office is open" in days_note(WORDS["en"])
    assert f"{hours:g} giờ cơ quan mở cửa" in days_note(WORDS["vi"])
