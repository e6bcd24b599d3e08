"""The declaration, page by page, as a browser without scripts meets it."""

import re
from collections.abc import Callable

import pytest
from starlette.types import Receive, Scope, Send

from chassis.clock import WallClock
from flow_model.catalogue import Catalogue, catalogue
from flow_model.declared_fields import Kind, declared_fields
from flow_model.group import Group
from tests.town_in_memory import Town, build_town
from tests.toy_library import LIBRARY
from tests.web.pages_in_memory import Page, Reader
from web.keeping import Keeping

pytestmark = pytest.mark.asyncio(loop_scope="module")
GROUPS = catalogue().groups
MOST_BYTES = 60_000
MOST_PAGES = 40


async def begin(reader: Reader, group: str, situation: str, procedures: str = "", run: str = "") -> str:
    """The address of a new draft, logged in."""
    start = await reader.open(f"/khai/{group}" + (f"?run={run}" if run else ""))
    login = await reader.send(start, {"procedures": procedures} if procedures else {}, form=0)
    tasks = await reader.send(login, {"family": situation})
    assert tasks.text("//h1") == "Các phần của tờ khai"
    return tasks.address


async def fill_in(reader: Reader, draft: str, seen: Callable[[Page], None] = lambda page: None) -> Page:
    """Go through all topics with what is in hand, until the forms are there."""
    page = await reader.open(f"{draft}/tiep-tuc")
    for _ in range(MOST_PAGES):
        if page.address.endswith("/xem-lai"):
            return page
        seen(page)
        page = await reader.send(await reader.open(page.address.split("?")[0] + "?dien=1"))
    raise AssertionError(f"no end at {page.address}")


async def sign(reader: Reader, group: Group, draft: str) -> Page:
    ticks = {path: "yes" for path in ("consent", *group.pages.sign)}
    return await reader.send(await reader.open(f"{draft}/ky-nop"), {**ticks, "answer": "agree"})


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


async def test_a_mistake_is_told_at_the_top_and_at_the_box_in_the_same_words(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    page = await reader.open(f"{draft}/declarant")
    assert page.mistakes() == []
    wrong = await reader.send(page, {"declarant.phone": "12", "declarant.relation": []}, status=422)
    assert wrong.title.startswith("Lỗi: ")
    assert wrong.mistakes() == [
        "Hãy chọn: Quan hệ với người được khai sinh",
        "Số điện thoại gồm 10 chữ số, bắt đầu bằng 0.",
    ]
    said = [each.removeprefix("Lỗi: ") for each in wrong.all("//p[@class='error']")]
    assert said == wrong.mistakes()
    assert wrong.form()[1]["declarant.phone"] == ["12"], "what was typed is still there"
    reader.language = "en"
    english = await reader.send(page, {"declarant.phone": "12", "declarant.relation": []}, status=422)
    assert english.mistakes() == ["Choose: Relation to the child", "Phone: 10 digits, beginning with 0."]


async def test_a_day_that_is_none_leads_to_its_first_wrong_box(reader: Reader) -> None:
    draft = await begin(reader, "birth", "no_birth_notice")
    await reader.send(await reader.open(f"{draft}/notice"))
    page = await reader.open(f"{draft}/child?dien=1")
    day = {"child.born_on-day": "31", "child.born_on-month": "hai", "child.born_on-year": "2026"}
    wrong = await reader.send(page, day, status=422)
    assert wrong.all("//section[@id='errors']//a/@href") == ["#f-child.born_on-month"]
    assert wrong.form()[1]["child.born_on-month"] == ["hai"]
    address = {"child.birthplace-commune": "", "child.hometown-province": "", "child.hometown-detail": "x"}
    wrong = await reader.send(page, address, status=422)
    assert len(wrong.mistakes()) == 2


async def test_communes_are_listed_without_a_script(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    page = await reader.open(f"{draft}/child")
    assert page.all("//select[@name='child.hometown-commune']/option/@value") == [""]
    listed = await reader.send(page, {"child.hometown-province": "01", "list": "child.hometown"})
    assert len(listed.all("//select[@name='child.hometown-commune']/option")) > 100
    assert listed.form()[1]["child.hometown-province"] == ["01"]
    assert (await reader.open(draft)).text_of_main.count("Chưa khai") > 5, "nothing was kept"


async def test_what_a_registry_says_can_be_corrected_and_then_says_that_it_was_typed(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    await reader.send(await reader.open(f"{draft}/notice?dien=1"))
    page = await reader.open(f"{draft}/child")
    assert page.tree.xpath("//div[@id='f-child.sex'][contains(@class,'shown')]")
    mend = await reader.open(f"{draft}/child?sua=child.sex&dien=1")
    before = mend.form()[1]["child.sex"][0]
    other = "female" if before == "male" else "male"
    await reader.send(mend, {"child.sex": other})
    again = await reader.open(f"{draft}/child")
    assert again.form()[1]["child.sex"] == [other]
    reader.trainer = True
    marked = await reader.open(f"{draft}/child")
    marks = marked.all(
        "//input[@name='child.sex']/ancestor::div[@class='asked']//span[contains(@class,'source')]"
    )
    assert marks == ["Người dân nhập"]


async def test_two_pages_cannot_overwrite_each_other_silently(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    one = await reader.open(f"{draft}/declarant?dien=1")
    other = await reader.open(f"{draft}/declarant?dien=1")
    await reader.send(one, {"declarant.phone": "0111111111"})
    both = await reader.send(other, {"declarant.phone": "0222222222"}, status=409)
    assert both.title.startswith("Lỗi:")
    assert both.all("//table//td") == ["0111111111", "0222222222"]
    kept = await reader.open(f"{draft}/declarant")
    assert kept.form()[1]["declarant.phone"] == ["0111111111"], "nothing was overwritten"
    await reader.send(both)
    mine = await reader.open(f"{draft}/declarant")
    assert mine.form()[1]["declarant.phone"] == ["0222222222"]


async def test_pages_about_different_topics_do_not_disturb_each_other(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    one, other = await reader.open(f"{draft}/declarant?dien=1"), await reader.open(f"{draft}/case?dien=1")
    await reader.send(one)
    await reader.send(other)
    assert (await reader.open(draft)).text_of_main.count("Đã xong") == 3, "two topics and the label"


async def test_a_draft_is_resumed_at_the_first_unfinished_task_and_can_be_discarded(reader: Reader) -> None:
    draft = await begin(reader, "death", "pensioner")
    later = await reader.send(await reader.open(f"{draft}/case"), {"after": "later"})
    assert later.address == draft
    assert (await reader.open(f"{draft}/tiep-tuc")).address == f"{draft}/declarant"
    assert f"{draft}/tiep-tuc" in (await reader.open("/khai")).all("//main//a/@href")
    gone = await reader.send(await reader.open(f"{draft}/xoa-nhap"))
    assert gone.address == "/khai?da-xoa=1"
    await reader.open(draft, 404)


async def test_a_topic_that_depends_on_an_answer_waits_for_it(reader: Reader) -> None:
    draft = await begin(reader, "birth", "mother_unknown")
    tasks = await reader.open(draft)
    assert f"{draft}/mother" not in tasks.all("//main//a/@href")
    await reader.send(await reader.open(f"{draft}/case?dien=1"))
    tasks = await reader.open(draft)
    assert "Người mẹ" not in tasks.text_of_main
    assert f"{draft}/father" in tasks.all("//main//a/@href")
    await reader.open(f"{draft}/mother", 404)


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
    await reader.open(f"{draft}/declarant", 409)


async def test_a_registry_that_is_down_is_typed_for(town: Town, reader: Reader) -> None:
    down = {"kind": "line", "to": "population", "effect": "refused", "calls": "prefill", "times": 1000}
    run = await town.open("lop-csdl-hong", faults=[down])
    start = await reader.open(f"/khai/birth?run={run}")
    assert "Luật áp dụng" not in start.text_of_main, "the class has its terms"
    draft = await begin(reader, "birth", "newborn", run=run)
    page = await reader.open(f"{draft}/declarant")
    assert "declarant.full_name" in page.form()[1]
    assert "VNeID" not in page.all("//div[@id='f-declarant.full_name']")


async def test_trainers_see_where_each_field_flows(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    plain = await reader.open(f"{draft}/child")
    assert not plain.tree.xpath("//p[@class='flows']")
    reader.trainer = True
    page = await reader.open(f"{draft}/child")
    first = page.all("(//p[@class='flows'])[1]")[0]
    assert "Người dân nhập" in first
    assert all(form in first for form in ("Tờ khai đăng ký khai sinh", "CT01", "TK1-TS"))
    assert page.all("//table//tbody/tr/th")[0] == "Họ, chữ đệm, tên trẻ"


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


async def test_what_was_typed_is_kept_while_nobody_answers_for_the_registries(
    town: Town, reader: Reader
) -> None:
    async def broken(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    draft = await begin(reader, "birth", "newborn")
    page = await reader.open(f"{draft}/declarant?dien=1")
    gateway, town.apps["gateway"] = town.apps["gateway"], broken
    try:
        await reader.send(page, {"declarant.phone": "0111111111"})
        kept = await reader.open(f"{draft}/declarant")
        assert kept.form()[1]["declarant.phone"] == ["0111111111"]
    finally:
        town.apps["gateway"] = gateway
    await fill_in(reader, draft)
    assert (await sign(reader, GROUPS["birth"], draft)).address.endswith("/bien-nhan")


async def test_nobody_logs_in_over_what_is_filled_in(town: Town, reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    login = await reader.open(f"{draft}/dang-nhap")
    await reader.send(await reader.open(f"{draft}/declarant?dien=1"))
    assert (await reader.send(login, {"family": "twins"})).address == draft
    assert (await reader.open(f"{draft}/dang-nhap")).address == draft
    run = f"khai-{draft.rpartition('/')[2]}"
    await town.get(f"/runs/{run}")
    await reader.send(await reader.open(f"{draft}/xoa-nhap"))
    assert (await town.ask("GET", f"/runs/{run}")).status == 404, "its run was its own"


async def test_what_was_sent_is_a_receipt_and_no_draft(reader: Reader) -> None:
    draft = await begin(reader, "death", "pensioner")
    await fill_in(reader, draft)
    assert f"{draft}/tiep-tuc" in (await reader.open("/khai")).all("//main//a/@href")
    await sign(reader, GROUPS["death"], draft)
    assert f"{draft}/tiep-tuc" not in (await reader.open("/khai")).all("//main//a/@href")
    assert (await reader.open(f"{draft}/bien-nhan")).text("//h1") == "Đã nộp"
    await reader.open(f"{draft}/xoa-nhap", 409)


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
