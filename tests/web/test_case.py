"""The case: found in two clicks, seen through three lenses, filtered, exported, forked, and live."""

import csv
import io
import json

import pytest
from playwright.async_api import expect

from tests.slices import some
from tests.web.conftest import NewVisitor, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


def case(site: Site, group: str = "birth", path: str = "interlinked") -> str:
    old, new = site.pair(group)
    return f"/ho-so/{new if path == 'interlinked' else old}"


@pytest.mark.parametrize("language", some(["vi", "en"], 2))
@pytest.mark.parametrize("path", ["interlinked", "separate"])
async def test_a_case_has_no_barrier(site: Site, visit: NewVisitor, path: str, language: str) -> None:
    visitor = await visit(language=language)
    await visitor.open(case(site, "death" if language == "en" else "birth", path))
    assert await visitor.barriers() == []
    await visitor.picture(f"case-{path}-{language}")


async def test_a_case_fits_a_narrow_screen(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(width=320)
    await visitor.open(case(site))
    assert await visitor.too_wide() <= 0
    assert await visitor.barriers() == []
    await visitor.picture("case-narrow")


async def test_a_case_is_two_clicks_from_the_home_page(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open("/")
    await visitor.page.get_by_role("navigation").get_by_role("link", name="Hồ sơ").click()
    await visitor.page.get_by_role("link", name="B-2026-000001").first.click()
    assert "Nguyễn Hoàng Tâm" in await visitor.page.inner_text("h1")


async def test_an_arrow_opens_request_answer_and_chain_by_keyboard(site: Site, visit: NewVisitor) -> None:
    visitor = await visit()
    await visitor.open(case(site))
    arrow = visitor.page.get_by_role("link", name="Cổng liên thông → Công an xã: Gửi CT01")
    await arrow.focus()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.get_by_role("heading", name="Gửi CT01")).to_be_visible()
    assert "PUT http://residence/applications/B-2026-000001.permanent_residence" in (
        await visitor.page.inner_text("main")
    )
    assert await visitor.barriers() == []
    await visitor.page.get_by_text("Yêu cầu", exact=True).click()
    await visitor.page.get_by_text("Trả lời", exact=True).click()
    assert await visitor.barriers() == []
    await visitor.picture("event")


async def test_three_lenses_and_a_filter(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open(case(site))
    table = visitor.page.locator("table:has(#history-t)")
    assert "đã tiếp nhận, hẹn trả kết quả" not in await table.inner_text()
    await visitor.page.get_by_role("link", name="Người dân", exact=True).click()
    assert "đã tiếp nhận, hẹn trả kết quả" in await table.inner_text()
    await visitor.page.get_by_role("link", name="Trao đổi HTTP").click()
    assert "POST http://civil_status/work → 200" in await table.inner_text()
    await visitor.page.get_by_label("Loại việc").select_option("nguoi-dan")
    await visitor.page.get_by_role("button", name="Lọc").click()
    assert await table.locator("tbody tr").count() == 1
    assert await visitor.page.locator("#sequence a.message").count() == 7, "declared, and three look-ups"


async def test_the_exports_say_what_the_log_says(site: Site) -> None:
    events = site.told.groups["birth"]["histories"]["interlinked"]
    answer = await site.client.call("web", "GET", f"{case(site)}/su-kien.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["hash"] for row in rows] == [event["hash"] for event in events]
    answer = await site.client.call("web", "GET", f"{case(site)}/su-kien.json")
    assert json.loads(answer.content)["events"] == events
    answer = await site.client.call("web", "GET", f"{case(site)}/thong-diep.mmd")
    lines = answer.content.decode().splitlines()
    assert lines[0] == "sequenceDiagram"
    assert "MÔ PHỎNG" in lines[1]
    assert any("gateway->>residence: 05/10 14.55 Gửi CT01" in line for line in lines)
    assert answer.headers["content-disposition"] == 'attachment; filename="B-2026-000001-thong-diep.mmd"'


async def test_a_case_is_saved_as_a_story(site: Site) -> None:
    answer = await site.client.call("web", "GET", f"{case(site)}/kich-ban.toml")
    assert "[run]" in answer.content.decode()


async def test_what_is_printed_of_a_case_and_a_race_is_there(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open(case(site))
    for link in ("các tờ khai chính thức", "kết quả (MẪU)"):
        href = await visitor.page.get_by_role("link", name=link).get_attribute("href")
        assert (await site.client.call("web", "GET", str(href))).status == 200
    old, new = site.pair("birth")
    await visitor.open(f"/dua?cu={old}&moi={new}")
    href = await visitor.page.get_by_role("link", name="In cuộc đua").get_attribute("href")
    assert (await site.client.call("web", "GET", str(href))).status == 200


async def test_another_decision_in_the_past(site: Site, visit: NewVisitor) -> None:
    visitor = await visit(script=False)
    await visitor.open(case(site))
    await visitor.page.get_by_label("Từ thời điểm").select_option(index=5)
    await visitor.page.get_by_label("Từ chối giải quyết").check()
    await visitor.page.get_by_role("button", name="Xem nếu khác đi").click()
    assert "Hãy nêu lý do" in await visitor.page.inner_text("#errors")
    await visitor.picture("case-fork-error")
    await visitor.page.get_by_label("Lý do", exact=True).fill("Thiếu chỗ ở hợp pháp")
    await visitor.page.get_by_role("button", name="Xem nếu khác đi").click()
    told = await visitor.page.inner_text("main")
    assert "Đã xảy ra" in told
    assert "Từ chối" in told
    await visitor.picture("fork")


async def test_a_case_that_goes_on_shows_what_happens_live(site: Site, visit: NewVisitor) -> None:
    run, post = "trang-song", site.client.call
    made = {"run_id": run, "record": True, "terms": {"seed": 2026}}
    await post("gateway", "POST", "/runs", json=made, headers={"Idempotency-Key": "song"})
    example = (
        await post("gateway", "GET", f"/runs/{run}/examples/birth", params={"situation": "newborn"})
    ).body
    body = {name: example[name] for name in ("group", "procedures", "declaration")} | {"consent": True}
    answer = await post(
        "gateway", "POST", f"/runs/{run}/dossiers", json=body, headers={"Idempotency-Key": "song-1"}
    )
    dossier = answer.raise_for_problem().body["dossier"]
    visitor = await visit()
    await visitor.open(f"/ho-so/{run}/{dossier}")
    await expect(visitor.page.locator("#live-next li").first).to_contain_text("Đăng ký khai sinh")
    assert await visitor.barriers() == []
    await visitor.picture("case-going-on")
    other = await visit(script=False)
    await other.open(f"/ho-so/{run}/{dossier}")
    await other.page.get_by_role("button", name="Cho xảy ra việc kế tiếp").click()
    await expect(visitor.page.locator("#history-t")).to_contain_text("2 việc", timeout=10_000)
    await other.page.get_by_role("button", name="Cho chạy đến khi").click()
    await expect(visitor.page.locator("#live-head")).to_contain_text("Đã xong", timeout=10_000)
    await expect(visitor.page.locator("#live-next")).to_have_count(0)


async def test_a_case_that_is_not_there_says_so(visit: NewVisitor) -> None:
    visitor = await visit()
    await visitor.open("/ho-so/khong-co/B-2026-000001", status=404)
    await visitor.open("/ho-so/demo-lien-thong/B-2026-000099", status=404)
    assert await visitor.barriers() == []


async def test_an_unknown_event_or_file_is_not_found(site: Site) -> None:
    for path in ("su-kien/99", "su-kien/0", "su-kien.xml"):
        assert (await site.client.call("web", "GET", f"{case(site)}/{path}")).status == 404


@pytest.mark.parametrize("language", some(["vi", "en"], 2))
async def test_no_state_of_a_fork_has_a_barrier(site: Site, visit: NewVisitor, language: str) -> None:
    visitor = await visit(language=language)
    await visitor.open(case(site))
    await visitor.page.locator("input[name=decision][value=grant]").check()
    await visitor.page.locator("input[name=decision][value=reject]").check()
    await visitor.page.locator("form[action$=re-nhanh] button").click()
    await expect(visitor.page.locator("#errors")).to_be_focused()
    assert await visitor.barriers() == []
    await visitor.page.locator("#f-reason").fill("Thiếu chỗ ở hợp pháp")
    await visitor.page.locator("form[action$=re-nhanh] button").click()
    await expect(visitor.page.locator(".fork")).to_be_visible()
    assert await visitor.barriers() == []
