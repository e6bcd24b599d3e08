"""Drafts: what is put off is kept as it stands, each is listed where it was begun, what was sent is told."""

import pytest

from tests.town_in_memory import Town
from tests.web.declaring import GROUPS, begin, fill_in, sign
from tests.web.pages_in_memory import Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_is_put_off_is_kept_as_it_stands_and_is_not_done(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    await reader.send(await reader.open(f"{draft}/notice?dien=1"))
    page = await reader.open(f"{draft}/child")
    typed = {"child.full_name": "Nguyễn Thị Mai 9", "child.hometown-detail": "tổ 4"}
    tasks = await reader.send(page, {**typed, "after": "later"})
    assert tasks.address == draft
    assert tasks.all("//ul[@class='tasks']/li[contains(.,'Thông tin của trẻ')]/strong") == ["Đang khai"]
    again = await reader.open(f"{draft}/child")
    assert again.mistakes() == []
    assert "phần này chưa xong" in again.text_of_main
    assert again.form()[1]["child.full_name"] == ["Nguyễn Thị Mai 9"], "wrong as it is"
    assert again.form()[1]["child.hometown-detail"] == ["tổ 4"]
    helped = await reader.send(again, {"after": "fill"})
    assert helped.form()[1]["child.full_name"] == ["Nguyễn Thị Mai 9"], "what is typed is not written over"
    assert helped.form()[1]["child.ethnicity"] != [""]
    assert len((await reader.send(helped, status=422)).mistakes()) == 2, "the name and the address"
    home = {"child.hometown-province": "91", "child.hometown-commune": "30769"}
    await reader.send(helped, {**home, "child.full_name": "Nguyễn Thị Mai"})
    assert (await reader.open(f"{draft}/child")).form()[1]["child.full_name"] == ["Nguyễn Thị Mai"]


@pytest.mark.parametrize("after", ["to:", "to:declarant", "to:nothing", "mend:child.sex", "fill"])
async def test_no_way_out_of_a_page_loses_what_was_typed(reader: Reader, after: str) -> None:
    draft = await begin(reader, "birth", "newborn")
    await reader.send(await reader.open(f"{draft}/notice?dien=1"))
    page = await reader.open(f"{draft}/child")
    offered = page.all("//main//button[@name='after']/@value")
    assert after in offered or after == "to:nothing"
    assert not [each for each in page.all("//main//a/@href") if each.startswith("/khai")], "each is a button"
    await reader.send(page, {"child.full_name": "Nguyễn Thị", "after": after})
    assert (await reader.open(f"{draft}/child")).form()[1]["child.full_name"] == ["Nguyễn Thị"]


@pytest.mark.parametrize(
    ("said", "where"), [("/ho-so?x=1", "/ho-so?x=1"), ("//other.example", "/"), ("khai", "/")]
)
async def test_a_link_out_of_a_page_goes_by_way_of_its_form_and_stays_at_ours(
    reader: Reader, said: str, where: str
) -> None:
    draft = await begin(reader, "birth", "newborn")
    page = await reader.open(f"{draft}/declarant")
    gone = await reader.send(page, {"declarant.phone": "0222222222", "after": f"away:{said}"})
    assert gone.address == where
    assert (await reader.open(f"{draft}/declarant")).form()[1]["declarant.phone"] == ["0222222222"]


async def test_who_asked_for_money_that_is_not_owed_chooses_anew_and_keeps_what_was_typed(
    reader: Reader,
) -> None:
    base = "death_registration+residence_deregistration"
    draft = await begin(reader, "death", "nobody_entitled", f"{base}+funeral_allowance")
    review = await fill_in(reader, draft)
    assert f"{draft}/thu-tuc" in review.all("//section[@id='errors']//a/@href")
    typed = (await reader.open(f"{draft}/death")).form()[1]
    choice = await reader.open(f"{draft}/thu-tuc")
    tasks = await reader.send(choice, {"procedures": base})
    assert tasks.address == draft
    assert (await reader.open(f"{draft}/death")).form()[1] == typed
    again = await reader.open(f"{draft}/xem-lai")
    assert again.all("//section[@id='errors']") == []
    assert len(again.all("//article//h2")) == len(base.split("+"))


async def test_who_only_looks_at_a_page_leaves_nothing_behind(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    for topic in ("case", "child", "delivery"):
        other = await reader.send(await reader.open(f"{draft}/{topic}"), {"after": "to:declarant"})
        assert other.address == f"{draft}/declarant"
    assert (await reader.send(await reader.open(f"{draft}/child"), {"after": "later"})).address == draft
    assert "Đang khai" not in (await reader.open(draft)).text_of_main
    assert "Đã xong" not in (await reader.open(draft)).all("//ul[@class='tasks']/li/strong")


async def test_two_pages_that_are_put_off_do_not_overwrite_each_other(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    one, other = await reader.open(f"{draft}/child"), await reader.open(f"{draft}/child")
    await reader.send(one, {"child.full_name": "Nguyễn An", "after": "later"})
    both = await reader.send(other, {"child.full_name": "Nguyễn Bình", "after": "later"}, status=409)
    assert both.all("//table//td") == ["Nguyễn An", "Nguyễn Bình"]
    assert (await reader.open(f"{draft}/child")).form()[1]["child.full_name"] == ["Nguyễn An"]


async def test_rows_that_two_pages_typed_differently_are_shown_as_they_were_typed(reader: Reader) -> None:
    four = "death_registration+residence_deregistration+funeral_allowance+survivor_benefit"
    draft = await begin(reader, "death", "pensioner", four)
    one, other = await reader.open(f"{draft}/survivors"), await reader.open(f"{draft}/survivors")
    row = "benefit.relatives-0"
    await reader.send(one, {f"{row}-personal_id": "99", f"{row}-full_name": "Trần An", "after": "later"})
    typed = {f"{row}-personal_id": "98", f"{row}-full_name": "Trần Bình", "after": "later"}
    both = await reader.send(other, typed, status=409)
    assert both.all("//table//td") == ["99 Trần An", "98 Trần Bình"]


async def test_boxes_that_nobody_has_seen_keep_a_topic_from_being_done(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    await reader.send(await reader.open(f"{draft}/notice"))
    state = "//ul[@class='tasks']/li[contains(.,'Giấy chứng sinh')]/strong"
    assert (await reader.open(draft)).all(state) == ["Đang khai"]
    await reader.send(await reader.open(f"{draft}/notice"))
    assert (await reader.open(draft)).all(state) == ["Đã xong"]


async def test_nothing_is_signed_while_a_change_is_put_off(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    await fill_in(reader, draft)
    page = await reader.open(f"{draft}/declarant")
    await reader.send(page, {"declarant.phone": "12", "after": "to:"})
    assert (await reader.open(f"{draft}/ky-nop")).address == f"{draft}/xem-lai"


async def test_what_was_sent_leads_to_its_receipt_from_anywhere(reader: Reader) -> None:
    draft = await begin(reader, "birth", "newborn")
    await fill_in(reader, draft)
    late = await reader.open(f"{draft}/declarant")
    await sign(reader, GROUPS["birth"], draft)
    for end in ("/tiep-tuc", "/xem-lai", "/ky-nop", "/child", "/dang-nhap", "/xoa-nhap"):
        page = await reader.open(f"{draft}{end}")
        assert page.address == f"{draft}/bien-nhan?da-nop=1", end
        assert "Tờ khai này đã nộp" in page.text_of_main
        assert page.all("//main//a[.='Theo dõi hồ sơ']/@href")
    back = await reader.send(late, {"declarant.phone": "0111111111"})
    assert back.address == f"{draft}/bien-nhan?da-nop=1", "a page that was still open"


async def test_drafts_are_listed_where_they_were_begun_and_nowhere_else(town: Town, reader: Reader) -> None:
    draft, older = await begin(reader, "birth", "newborn"), await begin(reader, "death", "pensioner")
    mine = (await reader.open("/khai")).all("//ul[@class='tasks']//a/@href")
    assert {f"{draft}/tiep-tuc", f"{older}/tiep-tuc"} <= set(mine)
    other = Reader(town)
    assert "Bản nháp đang làm dở" not in (await other.open("/khai")).text_of_main
    assert (await other.open(draft)).text("//h1") == "Các phần của tờ khai", "who has the link opens it"
    assert "Bản nháp đang làm dở" not in (await other.open("/khai")).text_of_main
    await reader.send(await reader.open(f"{draft}/xoa-nhap"))
    assert f"{draft}/tiep-tuc" not in (await reader.open("/khai")).all("//main//a/@href")
