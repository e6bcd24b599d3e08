"""The official forms before they are signed: to whom they go, who is what to whom, what comes by itself."""

import pytest

from tests.town_in_memory import Town
from tests.web.declaring import GROUPS, begin, fill_in, sign
from tests.web.pages_in_memory import Page, Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")


def cells_of(page: Page, form: str) -> dict[str, str]:
    """The cells of a form on the review: what stands under each label."""
    rows = page.tree.xpath(f"//article[h2[.='{form}']]//li")
    said = [" ".join(each.text_content().split()) for each in rows]
    return {label.strip(): value.strip() for label, _, value in (each.partition(":") for each in said)}


async def test_a_form_is_sent_to_an_office_and_shows_nothing_of_the_machines(
    town: Town, reader: Reader
) -> None:
    draft = await begin(reader, "birth", "newborn")
    review = await fill_in(reader, draft)
    birth = cells_of(review, "Tờ khai đăng ký khai sinh")
    assert birth["0 Kính gửi"].startswith("Ủy ban nhân dân xã "), "the office of the commune, not a home"
    assert not [label for label in birth if "Khóa nhận biết" in label]
    card = cells_of(review, "TK1-TS")
    assert card["06 Số định danh"] == "Tự điền khi có kết quả: Giấy khai sinh điện tử"
    receipt = await sign(reader, GROUPS["birth"], draft)
    run, code = f"khai-{draft.rpartition('/')[2]}", receipt.text("//p[@class='code']")
    await town.settle(run)
    desk = await reader.open(f"/can-bo/{run}/civil_status/{code}.birth_registration")
    told = cells_of(desk, "Tờ khai đăng ký khai sinh")
    assert told == birth, "the officer reads what the citizen saw"
    assert card["09.2 Nơi đăng ký khai sinh"] == "huyện: (để trống)", "there are no districts any more"


@pytest.mark.parametrize(
    ("situation", "declarant", "deceased"),
    [
        ("nobody_entitled", "chủ hộ", "vợ"),
        ("social_protection", "chủ hộ", "mẹ"),
        ("householder_died", "con", "chủ hộ"),
    ],
)
async def test_each_person_of_the_form_is_something_to_the_householder(
    reader: Reader, situation: str, declarant: str, deceased: str
) -> None:
    draft = await begin(reader, "death", situation)
    form = cells_of(await fill_in(reader, draft), "CT01")
    assert form["8 Mối quan hệ với chủ hộ"] == declarant
    assert form["11.6 Thành viên"] == f"quan hệ với chủ hộ: {deceased}"
