"""The officer's desk: what waits by due time, an application with its findings, decisions of people."""

from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from flow_model.catalogue import catalogue
from tests.town_in_memory import Town
from tests.web.pages_in_memory import Page, Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(town: Town) -> Page:
    """The first desk of a run whose officers are people."""
    reader = Reader(town)
    return await reader.send(await reader.open("/can-bo"))


@pytest.fixture
def reader(town: Town) -> Reader:
    return Reader(town)


def run_of(desk: Page) -> str:
    return desk.address.split("/")[2]


async def application(reader: Reader, desk: Page, procedure: str, number: int = 0) -> Page:
    """The page of one application of a procedure that waits at this desk."""
    listed = await reader.open(desk.address)
    found = [each for each in listed.all("//table//th/a/@href") if each.endswith(f".{procedure}")]
    return await reader.open(found[number])


async def test_the_run_is_opened_with_people_and_families_that_declared(town: Town, desk: Page) -> None:
    run = await town.get(f"/runs/{run_of(desk)}")
    assert run["terms"]["officers"] == "human"
    assert run["dossiers"] == 3 * len(catalogue().groups)
    assert desk.all("//table//tbody/tr")


async def test_what_is_due_first_stands_first(reader: Reader, desk: Page) -> None:
    page = await reader.send(await reader.open(desk.address), {"to": "hour"}, form=0)
    due = [each.split(" ")[:2] for each in page.all("//table//tbody/tr/td[4]")]
    dated = [(day[6:], day[3:5], day[:2], hour) for hour, day, *_ in (each for each in due if len(each) > 1)]
    assert dated
    assert dated == sorted(dated)
    assert "giờ làm việc" in page.text_of_main


async def test_an_application_is_shown_as_its_form_with_findings_and_articles(
    reader: Reader, desk: Page
) -> None:
    late = None
    for number in range(3):
        page = await application(reader, desk, "birth_registration", number)
        assert page.text("//article//h2") == "Tờ khai đăng ký khai sinh"
        assert "không có giá trị pháp lý" in page.text("//article")
        if "Khai sinh quá hạn" in page.text_of_main:
            late = page
    assert late is not None, "one family of three declares late"
    assert "Luật Hộ tịch 60/2014/QH13, Điều 15" in late.text("//ul[@class='findings']")


async def test_a_decision_needs_a_choice_and_a_reason(reader: Reader, desk: Page) -> None:
    page = await application(reader, desk, "birth_registration")
    nothing = await reader.send(page, {}, status=422)
    assert nothing.title.startswith("Lỗi:")
    assert nothing.mistakes() == ["Hãy chọn một quyết định."]
    silent = await reader.send(page, {"decision": "reject"}, status=422)
    assert silent.mistakes() == ["Hãy ghi lý do: người dân và cơ quan khác sẽ đọc."]
    assert silent.form()[1]["decision"] == ["reject"], "the choice is still there"


async def test_what_is_not_the_officer_s_turn_offers_no_decision_and_says_why(reader: Reader) -> None:
    desk = await reader.send(await reader.open("/can-bo"))
    listed = await reader.send(desk, {"to": "next"}, form=0)
    states = dict(zip(listed.all("//table//th/a/@href"), listed.all("//table//tbody/tr/td[3]"), strict=True))
    arrived = await reader.open(next(each for each, state in states.items() if "Mới đến" in state))
    assert "chưa tiếp nhận" in arrived.text_of_main
    assert not arrived.tree.xpath("//main//form")


async def test_who_decides_after_somebody_else_is_told_so_in_words(reader: Reader) -> None:
    desk = await reader.send(await reader.open("/can-bo"))
    await reader.send(desk, {"to": "day"}, form=0)
    page = await application(reader, desk, "birth_registration")
    await reader.send(page, {"decision": "grant", "officer": "Nguyễn Thị Mẫu"})
    late = await reader.send(page, {"decision": "reject", "reason": "Nghĩ lại"}, status=409)
    assert late.mistakes() == ["Người khác đã quyết định trước bạn: xem tình trạng."]


async def test_while_an_agency_is_down_what_an_officer_wrote_is_kept(town: Town, reader: Reader) -> None:
    desk = await reader.send(await reader.open("/can-bo"))
    await reader.send(desk, {"to": "day"}, form=0)
    page = await application(reader, desk, "birth_registration")
    run = run_of(desk)
    now = (await town.get(f"/runs/{run}"))["now"]
    until = (datetime.fromisoformat(now) + timedelta(days=1)).isoformat()
    down = {"kind": "outage", "service": "civil_status", "from": now, "until": until}
    (await town.ask("POST", f"/runs/{run}/faults/down", {"faults": [down]})).raise_for_problem()
    kept = await reader.send(page, {"decision": "reject", "reason": "Không đủ căn cứ"}, status=503)
    assert "đang ngừng" in kept.mistakes()[0]
    assert kept.form()[1]["reason"] == ["Không đủ căn cứ"]
    assert kept.form()[1]["decision"] == ["reject"]


async def test_a_grant_moves_the_case_on_and_a_supplement_and_a_no_carry_their_reasons(
    town: Town, reader: Reader, desk: Page
) -> None:
    run = run_of(desk)
    await reader.send(await reader.open(desk.address), {"to": "day"}, form=0)
    granted, asked, refused = [
        await application(reader, desk, "birth_registration", number) for number in range(3)
    ]
    codes = [each.address.rpartition("/")[2].partition(".")[0] for each in (granted, asked, refused)]
    done = await reader.send(granted, {"decision": "grant", "officer": "Nguyễn Thị Mẫu"})
    assert "Đã ghi quyết định" in done.text_of_main
    await reader.send(asked, {"decision": "request_supplement", "reason": "Thiếu giấy làm chứng"})
    await reader.send(refused, {"decision": "reject", "reason": "Không đủ căn cứ"})
    states = [(await town.outcomes(run, code))["birth_registration"] for code in codes]
    assert states == ["granted", "supplement_requested", "rejected"]
    event = await town.event(run, codes[2], "rejected", "birth_registration")
    assert "Không đủ căn cứ" in str(event["payload"])
    again = await reader.open(granted.address)
    assert "Đã giải quyết" in again.text_of_main
    assert not again.tree.xpath("//main//form")
    waiting = await reader.open(desk.address)
    assert granted.address not in waiting.all("//table//a/@href")
    assert granted.address in (await reader.open(f"{desk.address}?tat-ca=1")).all("//table//a/@href")
    late = await reader.send(granted, {"decision": "reject", "reason": "Nghĩ lại"}, status=409)
    assert late.mistakes(), "what is decided stays decided"
    following = await reader.send(waiting, {"to": "hour"}, form=0)
    residence = await reader.open(following.address.replace("civil_status", "residence"))
    assert codes[0] in residence.text_of_main, "the next agency has it now"
    over = await reader.open(f"/ho-so/{run}/{codes[2]}")
    assert "Kết thúc, không có kết quả" in over.all("//main//*[contains(@class, 'tag bad')]//text()")
    assert "Trả đủ kết quả" not in over.text_of_main


async def test_while_the_citizen_is_waited_for_nothing_runs_out(
    town: Town, reader: Reader, desk: Page
) -> None:
    run = run_of(await reader.send(await reader.open("/can-bo")))
    address = f"/can-bo/{run}/civil_status"
    opened = await reader.send(await reader.open(address), {"to": "hour"}, form=0)
    asked = await reader.open(opened.all("//table//th/a/@href")[0])
    await reader.send(asked, {"decision": "request_supplement", "reason": "Thiếu giấy làm chứng"})
    for _ in range(2):
        opened = await reader.send(await reader.open(address), {"to": "day"}, form=0)
    lines = {
        line.xpath("string(th/a/@href)"): line.text_content() for line in opened.tree.xpath("//tbody/tr")
    }
    assert "đồng hồ tạm dừng" in lines[asked.address]
    assert any("quá hạn" in each for each in lines.values()), "those that wait for the officer are late"
    case = await reader.open(f"/ho-so/{run}/{asked.address.rpartition('/')[2].partition('.')[0]}")
    assert "sẽ lùi đúng bấy lâu" in case.text_of_main
    assert "đã quá hẹn" not in case.text_of_main


async def test_nothing_is_returned_to_an_issuer_where_there_is_none(
    town: Town, reader: Reader, desk: Page
) -> None:
    at_first = await application(reader, desk, "birth_registration")
    assert "return_to_issuer" not in at_first.all("//input[@name='decision']/@value")


async def test_where_officers_are_simulated_one_may_only_look(town: Town, reader: Reader) -> None:
    run = await town.open("ban-may")
    await town.declare(run, "birth", "newborn")
    await town.settle(run)
    page = await reader.open(f"/can-bo/{run}/civil_status?tat-ca=1")
    assert "máy đóng vai cán bộ" in page.text_of_main
    shown = await reader.open(page.all("//table//th/a/@href")[0])
    assert not shown.tree.xpath("//main//form")


@pytest.mark.parametrize(
    ("clock", "turns", "said"),
    [
        ("jump", ["next", "hour", "day", "next", "settled"], ""),
        ("manual", ["next", "next"], ""),
        ("paced", [], "tự đi, chỉ trong giờ làm việc"),
        ("wall", [], "đi theo giờ thật"),
    ],
)
async def test_only_what_turns_a_clock_is_offered(
    town: Town, reader: Reader, clock: str, turns: list[str], said: str
) -> None:
    run = await town.open(f"gio-{clock}", clock=clock)
    dossier = await town.declare(run, "birth", "newborn")
    pages = [await reader.open(f"/can-bo/{run}/civil_status"), await reader.open(f"/ho-so/{run}/{dossier}")]
    assert [each for page in pages for each in page.all("//main//button[@name='to']/@value")] == turns
    assert all(said in page.text_of_main for page in pages)


async def test_desks_that_are_not_there(reader: Reader, desk: Page) -> None:
    await reader.open("/can-bo/khong-co/civil_status", 404)
    await reader.open(f"/can-bo/{run_of(desk)}/post_office", 404)
    await reader.open(f"{desk.address}/B-2026-999999.birth_registration", 404)
    reader.language = "en"
    assert "Officer's desk" in (await reader.open("/can-bo")).title
