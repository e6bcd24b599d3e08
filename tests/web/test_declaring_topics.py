"""The pages of a declaration one by one: mistakes, drafts, two pages at once, what is known and corrected."""

import pytest
from starlette.types import Receive, Scope, Send

from tests.town_in_memory import Town
from tests.web.declaring import GROUPS, begin, fill_in, sign
from tests.web.pages_in_memory import Page, Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


def notes_of(page: Page) -> list[str]:
    """The titles of what the page says of its look-ups."""
    return page.all("//main//p[@class='banner-title']")


async def test_a_number_under_which_nothing_is_found_is_told_and_another_is_looked_up_anew(
    reader: Reader,
) -> None:
    draft = await begin(reader, "birth", "newborn")
    await reader.send(await reader.open(f"{draft}/case?dien=1"))
    page = await reader.open(f"{draft}/father?dien=1")
    right = page.form()[1]["father.personal_id"][0]
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    nobody = await reader.send(page, {"father.personal_id": wrong})
    assert notes_of(nobody) == ["Không tìm thấy dữ liệu"]
    assert f"“Số định danh của cha”: {wrong}" in nobody.text_of_main
    assert notes_of(await reader.open(f"{draft}/father")) == ["Không tìm thấy dữ liệu"], "still said"
    assert "Hãy nhập: Họ, chữ đệm, tên cha" in (await reader.send(nobody, status=422)).mistakes()
    found = await reader.send(nobody, {"father.personal_id": right})
    assert notes_of(found) == ["Đã tra cứu"]
    assert found.all("//div[@id='f-father.full_name']//dd")[0] not in ("", "không có dữ liệu")
    assert "father.full_name" not in found.form()[1]
    again = await reader.send(found, {"father.personal_id": wrong})
    assert notes_of(again) == ["Không tìm thấy dữ liệu"], "what was found under another number is gone"


async def test_without_a_number_no_page_says_that_it_looked_anything_up(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    empty = await reader.send(await reader.open(f"{draft}/notice"))
    assert notes_of(empty) == ["Chưa tra cứu"]
    unknown = await reader.send(empty, {"notice.code": "99999.GCS.99911.26"})
    assert notes_of(unknown) == ["Không tìm thấy dữ liệu"]
    assert "notice.issued_on-day" in unknown.form()[1], "what nobody knows is asked"
    found = await reader.send(await reader.open(f"{draft}/notice?dien=1"))
    assert notes_of(found) == ["Đã tra cứu"]
    father = await reader.send(await reader.open(f"{draft}/father"))
    assert notes_of(father) == ["Chưa tra cứu"]
    number = (await reader.open(f"{draft}/father?dien=1")).form()[1]["father.personal_id"][0]
    late = await reader.send(father, {"father.personal_id": number})
    assert notes_of(late) == ["Đã tra cứu"], "the number came late"


async def test_a_registry_that_is_silent_is_not_said_to_know_nothing(town: Town, reader: Reader) -> None:
    down = {"kind": "line", "to": "health", "effect": "refused", "calls": "prefill", "times": 1000}
    run = await town.open("lop-y-te-im", faults=[down])
    draft = await begin(reader, "birth", "newborn", run=run)
    page = await reader.send(await reader.open(f"{draft}/notice?dien=1"))
    assert notes_of(page) == ["Chưa tra cứu được"]


async def test_only_the_family_whose_child_died_reads_of_it(reader: Reader) -> None:
    for situation, told in (("newborn", False), ("no_birth_notice", False), ("child_died", True)):
        draft = await begin(reader, "birth", situation)
        await reader.send(await reader.open(f"{draft}/notice?dien=1"))
        page = await reader.open(f"{draft}/child")
        assert ("Ngày trẻ mất" in page.text_of_main) is told, situation
        assert "báo tử" not in page.text_of_main


async def test_a_source_is_called_by_what_it_is_in_this_group(reader: Reader) -> None:
    reader.trainer = True
    for group, topic, known, paper in (
        ("birth", "notice", "child", "Giấy chứng sinh"),
        ("death", "death", "death", "Giấy báo tử"),
    ):
        draft = await begin(reader, group, GROUPS[group].pages.situations[0])
        await reader.send(await reader.open(f"{draft}/{topic}?dien=1"))
        page = await reader.open(f"{draft}/{known}")
        assert set(page.all("//span[contains(@class,'source notice')]")) == {paper}
        assert f"Lấy từ: {paper} điện tử do cơ sở y tế ký." in page.text_of_main
        lineage = await reader.open(f"/dong-du-lieu/{group}")
        assert paper in lineage.all("//table//span[contains(@class,'source notice')]")
