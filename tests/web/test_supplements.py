"""An agency asks for a supplement: the citizen answers on a page, and the officer sees what came."""

import pytest

from tests.town_in_memory import Town
from tests.web.declaring import GROUPS
from tests.web.pages_in_memory import Page, Reader
from web.case.answering import Standing, touched
from web.forms import Sent
from web.showing import fields_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
FIRST = {"birth": ("newborn", "birth_registration"), "death": ("pensioner", "death_registration")}
Answer = dict[str, str | list[str]]
NOTHING = "Chọn giấy tờ hoặc sửa ít nhất một ô."
WHY = "Thiếu văn bản của người làm chứng"


async def asked(town: Town, reader: Reader, run: str, group: str = "birth") -> tuple[str, str]:
    """A human officer asks for a supplement; the addresses of the case and of the application."""
    situation, procedure = FIRST[group]
    await town.open(run, officers="human", citizens="human")
    dossier = await town.declare(run, group, situation)
    await reader.send(await reader.open(f"/can-bo/{run}/civil_status"), {"to": "day"}, form=0)
    desk = f"/can-bo/{run}/civil_status/{dossier}.{procedure}"
    decision = {"decision": "request_supplement", "reason": WHY}
    await reader.send(await reader.open(desk), decision)
    return f"/ho-so/{run}/{dossier}", desk


async def answering(reader: Reader, case: str) -> Page:
    """The page of the answer, by the link on the page of the case."""
    page = await reader.open(case)
    (link,) = page.all("//section[@aria-labelledby='asked-h']//a/@href")
    return await reader.open(link)


async def test_what_an_officer_asks_for_is_answered_by_a_page_and_seen_at_the_desk(
    town: Town, reader: Reader, run: str
) -> None:
    case, desk = await asked(town, reader, run)
    dossier = case.rpartition("/")[2]
    request = await town.event(run, dossier, "supplement_requested")
    day = request["payload"]["answer_by"][:10]
    said = (await reader.open(case)).text("//section[@aria-labelledby='asked-h']")
    assert "Đăng ký khai sinh" in said
    assert WHY in said
    assert f"{day[8:]}/{day[5:7]}/{day[:4]}" in said, "the day by which to answer"
    page = await answering(reader, case)
    assert WHY in page.text_of_main
    (declared,) = page.form()[1]["declarant.full_name"]
    answer: Answer = {"documents": ["witness_statement"], "declarant.full_name": "Phạm Thị Mới"}
    back = await reader.send(page, answer)
    assert back.address == case
    assert "Cơ quan yêu cầu bổ sung" not in back.text_of_main
    sent = await town.event(run, dossier, "supplement_sent")
    assert sent["payload"] == {
        "documents": ["witness_statement"],
        "changes": {"declarant.full_name": "Phạm Thị Mới"},
    }, "only what was changed"
    assert (await reader.send(page, answer)).address == case, "a second click is no second answer"
    other = await reader.send(page, answer | {"declarant.full_name": "Phạm Thị Khác"}, status=409)
    assert other.mistakes() == ["Cơ quan chưa yêu cầu bổ sung"]
    shown = await reader.open(desk)
    (came,) = shown.all("//h3[starts-with(., 'Người dân bổ sung lúc')]")
    assert came.endswith(f"{sent['at'][8:10]}/{sent['at'][5:7]}/{sent['at'][:4]}")
    assert shown.all("//ul[@class='sent']/li") == [
        "Giấy tờ: Văn bản của người làm chứng về việc sinh",
        f"Sửa Họ, chữ đệm, tên người yêu cầu: trước là {declared}, nay là Phạm Thị Mới",
    ]
    await reader.send(shown, {"decision": "grant"})
    assert (await town.outcomes(run, dossier))["birth_registration"] == "granted"
    assert (await reader.open(page.address)).address == case, "nothing is asked for any more"


@pytest.mark.parametrize("group", list(FIRST))
async def test_who_sends_nothing_is_told_so(town: Town, reader: Reader, run: str, group: str) -> None:
    case, _ = await asked(town, reader, run, group)
    page = await answering(reader, case)
    again = await reader.send(page, status=422)
    assert again.title.startswith("Lỗi:")
    assert again.mistakes() == [NOTHING]
    assert again.form()[1] == page.form()[1]
    assert "supplement_sent" not in await town.kinds(run, case.rpartition("/")[2])


@pytest.mark.parametrize(
    ("group", "situation", "forms"),
    [
        ("birth", "foreign_father", ["birth_registration", "permanent_residence", "health_insurance_card"]),
        ("death", "pensioner", ["death_registration", "residence_deregistration", "survivor_benefit"]),
    ],
)
async def test_no_form_that_comes_back_untouched_changes_anything(
    town: Town, reader: Reader, run: str, group: str, situation: str, forms: list[str]
) -> None:
    await town.open(run, officers="human", citizens="human")
    dossier = await town.declare(run, group, situation, procedures=forms)
    known, seen = GROUPS[group], list[str]()
    parties = {each.party for procedure in known.procedures for each in procedure.consents}
    for _ in range(40):
        for party in parties:
            await town.ask("PUT", f"/runs/{run}/dossiers/{dossier}/consents/{party}", {"given": True})
        for procedure, state in (await town.outcomes(run, dossier)).items():
            decision = "grant" if procedure in seen else "request_supplement"
            application = f"{known.procedure(procedure).agency}/{dossier}.{procedure}"
            if state == "received":
                await decided(town, run, application, decision)
        for procedure, state in (await town.outcomes(run, dossier)).items():
            if state == "supplement_requested":
                page = await reader.open(f"/ho-so/{run}/{dossier}/bo-sung/{procedure}")
                assert (await reader.send(page, status=422)).mistakes() == [NOTHING]
                paper = page.all("//input[@name='documents']/@value")[0]
                await reader.send(page, {"documents": [paper]})
                seen.append(procedure)
        if seen == forms:
            return
        await town.settle(run, "next")
    raise AssertionError(f"only {seen} asked for anything")


async def decided(town: Town, run: str, application: str, decision: str) -> None:
    """An officer decides."""
    body = {"decision": decision, "reason": WHY, "officer": "Cán bộ 1"}
    (await town.ask("PUT", f"/runs/{run}/worklists/{application}/decision", body)).raise_for_problem()


async def test_a_choice_of_which_nothing_is_chosen_says_nothing() -> None:
    group = GROUPS["death"]
    known = fields_of(group)["benefit.insurance_standing"]
    stated = Standing(group, {"benefit": {"insurance_standing": "what no list offers"}}, {})
    assert not touched(stated, known, Sent({})), "a browser sends nothing of it"
    assert touched(stated, known, Sent({known.path: ["none"]}))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"declarant.personal_id": "12"}, "Số định danh người yêu cầu gồm 12 chữ số."),
        ({"child.born_on-day": "31", "child.born_on-month": "2"}, "Ngày sinh của trẻ: cần một ngày có thật"),
        ({"child.full_name": ""}, "Hãy nhập: "),
    ],
)
async def test_a_mistake_stands_at_its_field_and_keeps_what_was_typed(
    town: Town, reader: Reader, run: str, typed: Answer, said: str
) -> None:
    case, _ = await asked(town, reader, run)
    page = await answering(reader, case)
    assert not page.tree.xpath("//main//details[@open]")
    wrong = await reader.send(page, {**typed, "documents": ["witness_statement"]}, status=422)
    (mistake,) = wrong.mistakes()
    assert mistake.startswith(said)
    values = wrong.form()[1]
    assert values["documents"] == ["witness_statement"]
    assert {name: values[name] for name in typed} == {name: [text] for name, text in typed.items()}
    assert mistake in wrong.text("//main//details[@open]//p[@class='error']")
    assert "supplement_sent" not in await town.kinds(run, case.rpartition("/")[2])


async def test_the_papers_that_put_it_right_stand_first(town: Town, reader: Reader, run: str) -> None:
    fault = {
        "kind": "second_supplement",
        "procedure": "permanent_residence",
        "papers": ["pledge", "witness_statement"],
    }
    await town.open(run, citizens="human", faults=[fault])
    dossier = await town.declare(run, "birth", "newborn")
    stop = [{"kind": "supplement_requested"}]
    for party in ("householder", "owner"):
        await town.ask("PUT", f"/runs/{run}/dossiers/{dossier}/consents/{party}", {"given": True})
    await town.post(f"/runs/{run}/clock", {"to": "settled", "stop_at": stop})
    page = await answering(reader, f"/ho-so/{run}/{dossier}")
    assert page.all("//input[@name='documents']/@value")[0] == "pledge"
    assert "Khắc phục bằng: Giấy cam đoan về việc sinh" in page.text_of_main


async def test_the_communes_of_a_province_come_without_script(town: Town, reader: Reader, run: str) -> None:
    case, desk = await asked(town, reader, run)
    page = await answering(reader, case)
    typed: Answer = {"child.hometown-province": "91", "list": "child.hometown", "documents": ["pledge"]}
    listed = await reader.send(page, typed)
    assert listed.form()[1]["documents"] == ["pledge"]
    assert listed.all("//details[@open]//select[@name='child.hometown-commune']/option[@value='30769']")
    home = {"child.hometown-commune": "30769", "child.hometown-detail": "tổ 4"}
    assert (await reader.send(listed, home)).address == case
    assert "tổ 4" in (await reader.open(desk)).text("//ul[@class='sent']")


async def test_nobody_answers_what_nobody_asked(town: Town, reader: Reader, run: str) -> None:
    await town.open(run)
    dossier = await town.declare(run, "birth", "newborn")
    for procedure in ("birth_registration", "no_such_thing"):
        await reader.open(f"/ho-so/{run}/{dossier}/bo-sung/{procedure}", 404)
