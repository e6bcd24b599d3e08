"""Hand-outs: the right letters, marked as a simulation on every page, and readable by a screen reader."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
import pytest_asyncio
from pypdf import PdfReader

from flow_model.catalogue import catalogue
from flow_model.errors import UnknownThing
from tests.town_in_memory import Town
from tests.toy_library import LIBRARY
from tests.web.pages_in_memory import Reader
from web.charts.lineage import draw, layout
from web.handouts.cards import scenario_cards
from web.handouts.case_forms import case_forms
from web.handouts.common import sheet
from web.handouts.poster import lineage_poster
from web.handouts.race import race_sheet
from web.handouts.results import qr_svg, result_sheet
from web.handouts.typesetting import NAMES, TEMPLATES, typeset
from web.lineage import lineage_of
from web.tester.names import TAGS
from web.words import WORDS

pytestmark = pytest.mark.asyncio(loop_scope="module")
GROUPS = catalogue().groups
SITUATIONS = {"birth": "newborn", "death": "pensioner"}


@dataclass(frozen=True)
class Told:
    """What the gateway tells of one family that went both ways."""

    dossier: dict[str, Any]
    declared: dict[str, Any]
    results: dict[str, Any]
    compared: dict[str, Any]

    @property
    def values(self) -> Mapping[str, Mapping[str, Any]]:
        return {name: each["values"] for name, each in self.results.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(town: Town) -> dict[str, Told]:
    found = {}
    for group, situation in SITUATIONS.items():
        old, new = await town.open(f"old-{group}"), await town.open(f"new-{group}")
        separate = await town.declare(old, group, situation, path="separate")
        code = await town.declare(new, group, situation)
        await town.settle(old)
        await town.settle(new)
        ways = {"separate": f"{old}/{separate}", "interlinked": f"{new}/{code}"}
        found[group] = Told(
            await town.get(f"/runs/{new}/dossiers/{code}"),
            (await town.history(new, code))[0]["payload"],
            await town.get(f"/runs/{new}/dossiers/{code}/results"),
            await town.get("/comparison", **ways),
        )
    return found


def papers(told: dict[str, Told], group_id: str, language: str) -> dict[str, dict[str, Any]]:
    """The data of every kind of hand-out about one family."""
    group, one, words = GROUPS[group_id], told[group_id], WORDS["en" if language == "en" else "vi"]
    procedures = one.declared["procedures"]
    return {
        "forms": case_forms(words, group, one.dossier, one.declared, one.values),
        "lineage": lineage_poster(words, group, procedures),
        "race": race_sheet(words, group, one.dossier["subject"], one.compared),
        "results": result_sheet(words, group, one.dossier, one.results, "http://127.0.0.1:1/ho-so/x"),
    }


def text_of(page: Any) -> str:
    return " ".join(str(page.extract_text()).split())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("group_id", list(SITUATIONS))
async def test_every_page_says_that_it_is_a_simulation(
    told: dict[str, Told], group_id: str, language: str
) -> None:
    for template, data in papers(told, group_id, language).items():
        pdf = PdfReader(BytesIO(await typeset(template, data)))
        for page in pdf.pages:
            text = text_of(page)
            assert text.count("MÔ PHỎNG") >= 2, f"{template}: watermark and footer"
            assert "không có giá trị pháp lý" in text, template
            assert text == unicodedata.normalize("NFC", text), template


@pytest.mark.parametrize("group_id", list(SITUATIONS))
async def test_a_screen_reader_can_read_them(told: dict[str, Told], group_id: str) -> None:
    for language in ("vi", "en"):
        for template, data in papers(told, group_id, language).items():
            pdf = PdfReader(BytesIO(await typeset(template, data)))
            catalog: Any = pdf.trailer["/Root"]
            assert catalog["/MarkInfo"]["/Marked"], template
            assert catalog["/StructTreeRoot"]["/K"], template
            assert catalog["/Lang"] == language, template
            assert catalog["/ViewerPreferences"]["/DisplayDocTitle"], template
            assert pdf.metadata is not None
            assert pdf.metadata.title == data["title"], template
            assert b"pdfuaid" in catalog["/Metadata"].get_data(), f"{template} does not claim PDF/UA"


async def test_the_forms_carry_what_was_declared_with_its_source(told: dict[str, Told]) -> None:
    data = papers(told, "birth", "vi")["forms"]
    text = " ".join(text_of(page) for page in PdfReader(BytesIO(await typeset("forms", data))).pages)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Độc lập - Tự do - Hạnh phúc" in text
    one = told["birth"]
    child = one.declared["declaration"]["child"]
    assert child["full_name"] in text
    year, month, day = child["born_on"].split("-")
    assert f"{day}/{month}/{year}" in text
    assert child["born_on"] not in text, "dates are day, month, year"
    assert one.values["birth_registration"]["personal_id"] in text, "a result that was passed on"
    cells = {each["cell"]: each for form in data["forms"] for each in form["cells"]}
    assert cells["child_born_on"]["source"] == "notice"
    assert cells["personal_id"]["source"] == "result"
    assert cells["child_born_in_words"]["source"] == "derived"
    assert cells["relation"]["source"] == "typed"
    assert cells["relation"]["value"] in ("Mẹ", "Cha")
    assert not cells["declarant_residence"]["value"].endswith(
        one.declared["declaration"]["declarant"]["residence"]["province_code"]
    )
    counted = sum(each["cells"] for each in data["legend"])
    assert counted == sum(
        bool(each["value"]) for form in data["forms"] for each in (*form["cells"], *form["printed"])
    )


async def test_a_field_that_a_registry_did_not_know_is_marked_as_typed(told: dict[str, Told]) -> None:
    one = told["birth"]
    typed = one.declared | {"sources": one.declared["sources"] | {"child.sex": "typed"}}
    data = case_forms(WORDS["vi"], GROUPS["birth"], one.dossier, typed, one.values)
    cells = {each["cell"]: each["source"] for each in data["forms"][0]["cells"]}
    assert cells["child_sex"] == "typed"


async def test_on_the_old_path_everything_was_written_by_hand(told: dict[str, Told]) -> None:
    one = told["birth"]
    by_hand = one.declared | {"path": "separate", "sources": {}}
    data = case_forms(WORDS["vi"], GROUPS["birth"], one.dossier, by_hand, one.values)
    assert {each["source"] for form in data["forms"] for each in form["cells"]} == {"typed"}


async def test_what_somebody_typed_is_never_read_as_source(told: dict[str, Told]) -> None:
    said = '#read("/etc/passwd") $ *_ ` \\ {{'
    one = papers(told, "birth", "vi")["results"]
    one["pages"][0]["subject"] = said
    assert said in text_of(PdfReader(BytesIO(await typeset("results", one))).pages[0])


async def test_the_same_data_give_the_same_bytes_in_our_fonts_only(told: dict[str, Told]) -> None:
    data = papers(told, "birth", "vi")["forms"]
    first = await typeset("forms", data)
    assert first == await typeset("forms", dict(data))
    page: Any = PdfReader(BytesIO(first)).pages[0]
    fonts = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert fonts
    assert all("BeVietnamPro" in font or "IBMPlexSerif" in font for font in fonts), fonts


async def test_the_race_shows_what_was_compared(told: dict[str, Told]) -> None:
    data = papers(told, "birth", "vi")["race"]
    for lane in data["lanes"]:
        assert len(lane["bars"]) == len(told["birth"].declared["procedures"])
        assert all(0 <= bar["from"] < bar["to"] <= len(lane["days"]) for bar in lane["bars"])
        assert any(not each["worked"] for each in data["lanes"][0]["days"])
    compared = told["birth"].compared["paths"]
    visits = next(row for row in data["rows"] if row[0] == "Lượt đi lại")
    assert visits[1:] == [str(compared[path]["visits"]) for path in ("separate", "interlinked")]
    assert len(PdfReader(BytesIO(await typeset("race", data))).pages) == 1


async def test_every_story_makes_a_card_with_a_back(town: Town) -> None:
    stories = [await town.get(f"/scenarios/{each['id']}") for each in await town.get("/scenarios")]
    for language in ("vi", "en"):
        cards = scenario_cards(WORDS[language], catalogue(), stories)["cards"]
        assert len(cards) == len(stories)
        assert all(each["steps"] and each["situation"] and each["cites"] for each in cards)
    pdf = PdfReader(BytesIO(await typeset("cards", scenario_cards(WORDS["vi"], catalogue(), stories[:4]))))
    backs = [number for number, page in enumerate(pdf.pages) if "Lời giải" in text_of(page)]
    assert len(backs) == 4
    assert all(number % 2 == 1 for number in backs), "a back is the other side of its sheet"
    with pytest.raises(UnknownThing):
        scenario_cards(WORDS["vi"], catalogue(), [])


async def test_cards_speak_of_no_inner_names(town: Town) -> None:
    stories = [await town.get(f"/scenarios/{each['id']}") for each in await town.get("/scenarios")]
    cards = {each["id"]: each for each in scenario_cards(WORDS["vi"], catalogue(), stories)["cards"]}
    said = [each["procedure"] for each in cards["birth-twins"]["outcomes"]]
    assert said[0] == "Đăng ký khai sinh (hồ sơ thứ 1)"
    assert "hồ sơ thứ 2." in " ".join(cards["birth-twins"]["steps"]), "which is which"
    expected = [line for card in cards.values() for line in card["expected"]]
    assert "lượt đi lại: không có" in expected
    assert not [line for line in expected if any(sign in line for sign in "=≥≤")]


async def test_every_tag_of_the_library_has_a_name(town: Town, reader: Reader) -> None:
    tags = {tag for each in await town.get("/scenarios") for tag in each["tags"]}
    assert tags - set(TAGS) == set()
    page = await reader.open("/in")
    options = dict(
        zip(
            page.all("//select[@name='the']/option/@value"),
            page.all("//select[@name='the']/option"),
            strict=True,
        )
    )
    assert set(options) == tags
    assert options["twins"] == "sinh đôi"


async def test_money_has_its_separators_and_a_code_of_this_machine_alone_says_so(
    told: dict[str, Told], town: Town, reader: Reader
) -> None:
    for language, amount in (("vi", "18.000.000"), ("en", "18,000,000")):
        pages = papers(told, "death", language)["results"]["pages"]
        assert amount in [value for page in pages for _, value in page["values"]]
    one = told["birth"]
    warned = result_sheet(
        WORDS["vi"], GROUPS["birth"], one.dossier, one.results, "http://127.0.0.1:1/ho-so/x", only_here=True
    )
    pdf = PdfReader(BytesIO(await typeset("results", warned)))
    assert "máy khác quét mã sẽ không mở được" in text_of(pdf.pages[0])
    assert "máy khác quét mã" not in text_of(
        PdfReader(BytesIO(await typeset("results", papers(told, "birth", "vi")["results"]))).pages[0]
    )
    code = one.dossier["dossier"]
    here = await reader.open(f"/in/ket-qua/new-birth/{code}")
    assert "máy khác quét mã" not in here.text_of_main, "it was opened by a name of the network"
    local = await reader.pages.call(
        "web", "GET", f"/in/ket-qua/new-birth/{code}", headers={"Host": "127.0.0.1:8007"}
    )
    assert "máy khác quét mã" in local.content.decode()


async def test_the_race_on_paper_names_its_paths(told: dict[str, Told]) -> None:
    for language, names in (("vi", ("Đường cũ", "Liên thông")), ("en", ("Old path", "Interlinked"))):
        reference = papers(told, "birth", language)["race"]["reference"]
        assert [f"({name})" in reference for name in names] == [True, True]


async def test_the_code_leads_to_the_case(told: dict[str, Told]) -> None:
    one = papers(told, "birth", "vi")["results"]
    assert one["qr"] == qr_svg("http://127.0.0.1:1/ho-so/x") != qr_svg("http://127.0.0.1:1/ho-so/y")
    pdf = PdfReader(BytesIO(await typeset("results", one)))
    assert len(pdf.pages) == len(told["birth"].results)
    assert "MẪU · SAMPLE" in text_of(pdf.pages[0])
    with pytest.raises(UnknownThing):
        result_sheet(WORDS["vi"], GROUPS["birth"], told["birth"].dossier, {}, "http://127.0.0.1:1/")


async def test_a_sheet_in_english_keeps_the_two_vietnamese_words() -> None:
    said = sheet(WORDS["en"], "x")["words"]
    assert said["simulation"] == "MÔ PHỎNG"
    assert said["no_legal_value"] == "không có giá trị pháp lý · no legal value"


async def test_each_template_has_a_name() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.typ")} == {"common", *NAMES}


@pytest.mark.parametrize("group", [*GROUPS.values(), LIBRARY], ids=lambda group: group.id)
async def test_the_picture_of_the_lineage_holds_every_flow_once(group: Any) -> None:
    procedures = tuple(each.id for each in group.procedures)
    found = lineage_of(group, procedures, WORDS["vi"])
    placed = layout(found, WORDS["vi"])
    assert len(placed.curves) == len(found.fields) + len(found.flows)
    carried = {(flow.procedure, cell.cell) for flow in found.flows for cell in flow.cells}
    assert carried == {(cell.procedure, cell.cell) for cell in group.lineage(procedures) if cell.roots}
    columns: dict[str, list[tuple[float, float]]] = {}
    for box in placed.boxes:
        assert box.y >= 0
        columns.setdefault(box.column, []).append((box.y, box.y + box.height))
    for spans in columns.values():
        spans.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(spans)), "boxes overlap"
    drawn = ElementTree.fromstring(str(draw(found, WORDS["vi"], "Tên", "Mô tả")))
    assert [str(each.text) for each in drawn[:2]] == ["Tên", "Mô tả"]
    assert len(lineage_poster(WORDS["vi"], group, procedures)["rows"]) == len(found.fields)
