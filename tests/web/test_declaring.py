"""The declaration from the first page to the receipt, as a browser without scripts meets it."""

import re

import pytest

from chassis.clock import WallClock
from flow_model.catalogue import Catalogue
from flow_model.declared_fields import Kind, declared_fields
from tests.town_in_memory import Town, build_town
from tests.toy_library import LIBRARY
from tests.web.declaring import GROUPS, MOST_BYTES, MOST_PAGES, begin, fill_in, sign
from tests.web.pages_in_memory import Page, Reader
from web.keeping import Keeping

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def answers(town: Town, run: str) -> list[str]:
    """What citizens said to the previews of a run."""
    events = await town.get(f"/runs/{run}/events")
    return [each["payload"]["answer"] for each in events if each["kind"] == "preview_answered"]


@pytest.mark.parametrize(
    ("group_id", "situation"),
    [(group.id, situation) for group in GROUPS.values() for situation in group.pages.situations],
)
async def test_every_family_comes_to_a_receipt_or_is_told_why_not(
    town: Town, reader: Reader, group_id: str, situation: str
) -> None:
    draft = await begin(reader, group_id, situation)
    review = await fill_in(reader, draft)
    if review.mistakes():
        assert review.title.startswith("Lỗi:")
        for link in review.all("//section[@id='errors']//a/@href"):
            await reader.open(link)
        return
    receipt = await sign(reader, GROUPS[group_id], draft)
    code = receipt.text("//p[@class='code']")
    run = f"khai-{draft.rpartition('/')[2]}"
    assert (await town.get(f"/runs/{run}/dossiers/{code}"))["path"] == "interlinked"
    assert await answers(town, run) == ["agreed"], "the citizen saw the forms before anything was sent"
    assert f"/ho-so/{run}/{code}" in receipt.all("//main//a/@href")
    again = await reader.open(draft)
    assert again.address.endswith("/bien-nhan"), "what was sent is not filled in again"


@pytest.mark.parametrize("group_id", list(GROUPS))
async def test_what_is_kept_at_once_is_what_the_registries_would_say(
    town: Town, reader: Reader, group_id: str
) -> None:
    address = await begin(reader, group_id, GROUPS[group_id].pages.situations[0])
    await fill_in(reader, address)
    kept = (
        Keeping(town.apps["web"].state.store, WallClock()).read("draft", address.rpartition("/")[2]).content
    )
    body = {"group": group_id, "procedures": kept["procedures"], "declaration": kept["filled"]}
    told = await town.post(f"/runs/{kept['run_id']}/prefill", body)
    assert told["declaration"] == kept["filled"]
    assert told["sources"] == kept["sources"]


@pytest.mark.parametrize("group_id", list(GROUPS))
async def test_nothing_is_asked_twice_and_what_is_known_is_not_asked(reader: Reader, group_id: str) -> None:
    group, asked = GROUPS[group_id], list[str]()
    kinds = {each.path: each.kind for each in declared_fields(group.declaration)}

    def look(page: Page) -> None:
        assert len(page.answer.content) < MOST_BYTES, page.address
        assert page.title.startswith("Lỗi:") is False, "no mistake before anything was sent"
        if "da-tra" not in page.address:
            _, values = page.form()
            names = page.all("//main//*[@name]/@name")
            asked.extend(
                {path for path in kinds if any(n == path or n.startswith(f"{path}-") for n in names)}
            )
            for path, kind in kinds.items():
                if kind is Kind.DAY and f"{path}-day" in values:
                    assert {f"{path}-month", f"{path}-year"} <= set(values), "three boxes"
        assert not page.all("//input[@type='date']")

    draft = await begin(reader, group_id, group.pages.situations[0])
    await fill_in(reader, draft, look)
    assert len(asked) == len(set(asked))
    assert "declarant.full_name" not in asked, "VNeID knows it"
    assert len(asked) < len(kinds)


async def test_without_consent_or_pledge_nothing_is_sent_and_a_no_is_written_down(
    town: Town, reader: Reader
) -> None:
    draft = await begin(reader, "birth", "newborn")
    run = f"khai-{draft.rpartition('/')[2]}"
    await reader.open(f"{draft}/ky-nop")
    assert (await reader.open(f"{draft}/ky-nop")).address.endswith("/xem-lai"), "not before all is filled in"
    await fill_in(reader, draft)
    page = await reader.open(f"{draft}/ky-nop")
    wrong = await reader.send(page, {"delivery.pledge": "yes"}, status=422)
    assert len(wrong.mistakes()) == 1
    no = await reader.send(page, {"answer": "refuse"})
    assert "chưa gửi gì cả" in no.text_of_main
    assert await town.get(f"/runs/{run}/dossiers") == []
    answers = [
        each["payload"]["answer"]
        for each in await town.get(f"/runs/{run}/events")
        if each["kind"] == "preview_answered"
    ]
    assert answers == ["refused"]
    assert (await sign(reader, GROUPS["birth"], draft)).address.endswith("/bien-nhan"), "a change of mind"


async def test_who_clicks_twice_sends_once(town: Town, reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    await fill_in(reader, draft)
    page = await reader.open(f"{draft}/ky-nop")
    ticks = {"consent": "yes", "delivery.pledge": "yes", "answer": "agree"}
    first = await reader.send(page, ticks)
    second = await reader.send(page, ticks)
    assert first.address == second.address
    assert len(await town.get(f"/runs/khai-{draft.rpartition('/')[2]}/dossiers")) == 1
    assert (await reader.open(f"{draft}/declarant")).address.partition("?")[0] == first.address


async def test_a_registry_that_is_down_is_typed_for(town: Town, reader: Reader) -> None:
    down = {"kind": "line", "to": "population", "effect": "refused", "calls": "prefill", "times": 1000}
    run = await town.open("lop-csdl-hong", faults=[down])
    start = await reader.open(f"/khai/birth?run={run}")
    assert "Luật áp dụng" not in start.text_of_main, "the class has its terms"
    draft = await begin(reader, "birth", "newborn", run=run)
    page = await reader.open(f"{draft}/declarant")
    assert "declarant.full_name" in page.form()[1]
    assert "VNeID" not in page.all("//div[@id='f-declarant.full_name']")


async def test_the_review_shows_each_form_with_ways_back_to_the_questions(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    review = await fill_in(reader, draft)
    papers = review.all("//article//h2")
    assert papers == ["Tờ khai đăng ký khai sinh", "CT01", "TK1-TS"]
    assert review.text_of_main.count("không có giá trị pháp lý") == len(papers)
    links = review.all("//article//a/@href")
    assert f"{draft}/child#f-child.full_name" in links
    for link in dict.fromkeys(each.split("#")[0] for each in links):
        await reader.open(link)


async def test_each_bundle_of_the_law_can_be_chosen_and_no_other(reader: Reader) -> None:
    for group in GROUPS.values():
        start = await reader.open(f"/khai/{group.id}")
        offered = ["+".join(each.procedures) for each in group.choices(group.law.default.id, "interlinked")]
        assert start.all("//input[@name='procedures']/@value") == offered
        await reader.send(start, {"procedures": []}, status=422, form=0)
        await reader.send(start, {"procedures": group.procedures[0].id}, status=422, form=0)
        for law in group.law.profiles:
            under = await reader.open(f"/khai/{group.id}?luat={law}")
            offered = ["+".join(each.procedures) for each in group.choices(law, "interlinked")]
            assert under.all("//input[@name='procedures']/@value") == offered
            assert under.form(0)[1]["law"] == [law]
            start = await reader.open(f"/khai/{group.id}")
            told = {"law": law, "officers": "human", "procedures": offered[-1], "show": "law"}
            shown = await reader.send(start, told, form=0)
            assert shown.all("//input[@name='procedures']/@value") == offered
            kept = {name: shown.form(0)[1][name] for name in told if name != "show"}
            assert kept == {name: [said] for name, said in told.items() if name != "show"}
    draft = await begin(reader, "birth", "newborn", "birth_registration+health_insurance_card")
    review = await fill_in(reader, draft)
    assert review.all("//article//h2") == ["Tờ khai đăng ký khai sinh", "TK1-TS"]


@pytest.mark.parametrize(
    "asked", ["", "?thu-tuc=birth_registration+health_insurance_card", "?thu-tuc=nothing"]
)
async def test_the_lineage_is_a_picture_and_a_table_that_say_the_same(reader: Reader, asked: str) -> None:
    for group in GROUPS.values():
        page = await reader.open(f"/dong-du-lieu/{group.id}{asked}")
        boxes = page.all("//*[local-name()='g'][contains(@class,'box field')]")
        assert len(boxes) == len(page.all("//table//tbody/tr"))
        assert len(page.answer.content) < MOST_BYTES * 1.2
        assert re.search(r"Điều \d", page.text_of_main), "articles"


async def test_a_group_that_nobody_heard_of_is_declared_by_the_same_pages() -> None:
    town = build_town(Catalogue([LIBRARY]))
    try:
        reader = Reader(town)
        tasks = await reader.send(await reader.open("/khai/library"), form=0)
        page = await reader.open(f"{tasks.address}/reader_id")
        values = {
            "reader_id": "979199321120",
            "reader": "Trần Thị Thư",
            "wish": "đọc",
            "papers": "receipt",
        }
        for _ in range(MOST_PAGES):
            if page.address.endswith("/xem-lai"):
                break
            _, asked = page.form()
            page = await reader.send(page, {name: value for name, value in values.items() if name in asked})
        assert page.mistakes() == []
        assert page.all("//article//h2")[0] == "Phiếu bạn đọc"
        assert "TRẦN THỊ THƯ" in page.text_of_main
        assert (await sign(reader, LIBRARY, tasks.address)).text("//p[@class='code']").startswith("L-")
    finally:
        await town.client.aclose()
        town.close()


async def test_what_was_sent_is_a_receipt_and_no_draft(reader: Reader) -> None:
    draft = await begin(reader, "death", "pensioner")
    await fill_in(reader, draft)
    assert f"{draft}/tiep-tuc" in (await reader.open("/khai")).all("//main//a/@href")
    await sign(reader, GROUPS["death"], draft)
    assert f"{draft}/tiep-tuc" not in (await reader.open("/khai")).all("//main//a/@href")
    assert (await reader.open(f"{draft}/bien-nhan")).text("//h1") == "Đã nộp"


async def test_survivors_are_rows_of_people_and_a_row_that_is_wrong_is_pointed_at(
    town: Town, reader: Reader
) -> None:
    bundle = "death_registration+residence_deregistration+funeral_allowance+survivor_benefit"
    draft = await begin(reader, "death", "pensioner", bundle)
    review = await fill_in(reader, draft)
    assert review.mistakes() == []
    assert review.all("//article//h2")[-1] == "09-HSB"
    page = await reader.open(f"{draft}/survivors")
    row = "benefit.relatives-0-"
    wrong = await reader.send(page, {f"{row}personal_id": "12", f"{row}relation": ""}, status=422)
    assert wrong.mistakes()
    assert wrong.all("//section[@id='errors']//a/@href") == ["#f-benefit.relatives-0-personal_id"]
    more = {f"benefit.relatives-7-{part}": text for part, text in (("personal_id", "912097408850"),)}
    more |= {"benefit.relatives-7-full_name": "Vũ Văn Thịnh", "benefit.relatives-7-relation": "con"}
    await reader.send(page, more)
    again = await reader.open(f"{draft}/survivors")
    assert "Vũ Văn Thịnh" in again.all("//input[contains(@name,'full_name')]/@value")
    receipt = await sign(reader, GROUPS["death"], draft)
    run, code = f"khai-{draft.rpartition('/')[2]}", receipt.text("//p[@class='code']")
    assert len((await town.get(f"/runs/{run}/dossiers/{code}"))["steps"]) == 4


async def test_under_another_law_a_fourth_procedure_is_declared_with_the_same_answers(
    town: Town, reader: Reader
) -> None:
    group = GROUPS["birth"]
    law = next(each for each in group.law.profiles if len(group.choices(each, "interlinked")) > 3)
    four = max(group.choices(law, "interlinked"), key=lambda each: len(each.procedures)).procedures
    start = await reader.open(f"/khai/birth?luat={law}")
    login = await reader.send(start, {"procedures": "+".join(four)}, form=0)
    draft = (await reader.send(login)).address
    review = await fill_in(reader, draft)
    assert len(review.all("//article//h2")) == len(four)
    receipt = await sign(reader, group, draft)
    run = f"khai-{draft.rpartition('/')[2]}"
    assert (await town.get(f"/runs/{run}"))["terms"]["law"] == law
    code = receipt.text("//p[@class='code']")
    told = await town.get(f"/runs/{run}/dossiers/{code}")
    assert [each["procedure"] for each in told["steps"]] == list(four)
