"""Values as people read them, and boxes as values: both ways, for each kind of field."""

from typing import Any

import pytest

from flow_model.catalogue import catalogue
from flow_model.declared_fields import DeclaredField, Kind, declared_fields
from flow_model.form_parts import Source
from flow_model.mapping import CellOrigin
from web.declaring.boxes import as_name, boxes_of, boxes_sent, value_sent
from web.forms import Sent
from web.places import address_line, with_names
from web.showing import alphabetical, nationalities, show, show_cell, show_field
from web.words import WORDS

BIRTH, DEATH = catalogue().group("birth"), catalogue().group("death")
HOME = {"province_code": "91", "commune_code": "30769", "detail": "102 Ngô Quyền, tổ 28"}
FIELDS = {each.path: each for group in (BIRTH, DEATH) for each in declared_fields(group.declaration)}


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (None, "", ""),
        (True, "Có", "Yes"),
        ("2026-10-05", "05/10/2026", "05/10/2026"),
        ("2026-10-05T09:24:00+07:00", "09:24 05/10/2026", "09:24 05/10/2026"),
        ("2026-99-05", "2026-99-05", "2026-99-05"),
        (["a", "b"], "a; b", "a; b"),
        (18000000, "18000000", "18000000"),
        ("127/2017, 01, 2017-07-23, 30769", "127/2017, 01, 23/07/2017, Phường Hà Tiên", None),
        (HOME, "102 Ngô Quyền, tổ 28, Phường Hà Tiên, An Giang", None),
    ],
)
def test_a_value_is_shown(value: Any, vi: str, en: str | None) -> None:
    assert show(value, "vi") == vi
    assert show(value, "en") == (vi if en is None else en)


def test_codes_of_places_are_names_and_what_is_no_code_stays() -> None:
    assert address_line(HOME | {"detail": "Phường Hà Tiên"}) == "Phường Hà Tiên, An Giang", "said once"
    assert with_names("Đăng ký tại tổ 28, 30769, 91") == "Đăng ký tại tổ 28, Phường Hà Tiên, An Giang"
    assert with_names("số 12345, phố 99999, 00") == "số 12345, phố 99999, 00"


@pytest.mark.parametrize(
    ("path", "value", "vi", "en"),
    [
        ("declarant.relation", "mother", "Mẹ", "Mother"),
        ("child.ethnicity", "01", "Kinh", "Kinh"),
        ("child.nationality", "VN", "Việt Nam", "Vietnam"),
        ("child.sex", "female", "Nữ", "Female"),
        ("papers", ["pledge"], "Giấy cam đoan về việc sinh", "Pledge about the birth"),
        ("declarant.residence_type", "permanent", "Thường trú", "Permanent"),
        ("child.full_name", "Trần Thị Thư", "Trần Thị Thư", "Trần Thị Thư"),
        ("child.hometown", None, "", ""),
    ],
)
def test_a_field_is_shown_in_the_words_of_its_flow(path: str, value: Any, vi: str, en: str) -> None:
    assert (show_field(BIRTH, path, value, "vi"), show_field(BIRTH, path, value, "en")) == (vi, en)


def test_a_cell_that_holds_a_part_of_an_address_is_a_name() -> None:
    cell = CellOrigin("p", "f", "c", "1", "", "", False, Source.DERIVED, ("residence.address",), "")
    assert show_cell(BIRTH, cell, "30769", "vi") == "Phường Hà Tiên"
    assert show_cell(BIRTH, cell, "91", "vi") == "An Giang"
    assert show_cell(BIRTH, cell, "102 Ngô Quyền", "vi") == "102 Ngô Quyền"


def sent_from(field: DeclaredField, boxes: dict[str, Any]) -> Sent:
    """The form that a browser sends for these boxes."""
    values: dict[str, list[str]] = {}
    for part, value in boxes.items():
        if part == "chosen":
            values[field.path] = list(value)
        elif part == "rows":
            for number, row in enumerate(value):
                values |= {f"{field.path}-{number}-{name}": [text] for name, text in row.items()}
        else:
            values[field.path if part == "text" else f"{field.path}-{part}"] = [value]
    return Sent(values)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("child.born_on", "2026-10-05"),
        ("death.died_at", "2026-10-05T09:24:00+07:00"),
        ("child.hometown", HOME),
        ("copies.number", 5),
        ("copies.wanted", False),
        ("delivery.pledge", True),
        ("papers", ["reason_for_late_claim"]),
        ("benefit.relatives", [{"personal_id": "912097408850", "full_name": "Vũ Văn", "relation": "con"}]),
        ("declarant.email", "a@example.invalid"),
        *((path, None) for path, each in FIELDS.items() if each.kind is not Kind.AGREED),
    ],
)
def test_what_stands_in_the_boxes_is_the_value_again(path: str, value: Any) -> None:
    field = FIELDS[path]
    sent = sent_from(field, boxes_of(field, value))
    assert value_sent(field, boxes_sent(field, sent), sent, WORDS["vi"]) == value
    assert sent.mistakes == []


@pytest.mark.parametrize(
    ("path", "values", "anchor"),
    [
        ("child.born_on", {"day": "31", "month": "2", "year": "2026"}, "f-child.born_on-day"),
        ("child.born_on", {"day": "1", "month": "", "year": "2026"}, "f-child.born_on-month"),
        (
            "death.died_at",
            {"day": "1", "month": "2", "year": "2026", "time": "25"},
            "f-death.died_at-time",
        ),
        ("child.hometown", {"province": "", "commune": "", "detail": "x"}, "f-child.hometown"),
        ("child.hometown", {"province": "91", "commune": "00001", "detail": "x"}, "f-child.hometown-commune"),
        ("child.hometown", {"province": "91", "commune": "30769", "detail": ""}, "f-child.hometown-detail"),
        ("copies.number", {"text": "²"}, "f-copies.number"),
    ],
)
def test_boxes_that_make_no_value_say_which_of_them_is_wrong(
    path: str, values: dict[str, str], anchor: str
) -> None:
    field = FIELDS[path]
    sent = sent_from(field, values)
    assert value_sent(field, boxes_sent(field, sent), sent, WORDS["vi"]) is None
    assert [each.anchor for each in sent.mistakes] == [anchor]


def test_nationalities_are_those_that_people_have_and_nothing_else() -> None:
    vi, en = nationalities("vi"), nationalities("en")
    assert len(vi) == 196, "193 members of the United Nations, the Holy See, Palestine, Taiwan"
    assert set(vi) == set(en)
    strange = {"ZZ", "XA", "XB", "EU", "EZ", "UN", "QO", "AQ", "BV", "HM", "TF", "UM", "EA", "IC", "DG", "HK"}
    assert not strange & set(vi)
    assert [*vi.values()][:4] == ["Việt Nam", "Ả Rập Xê-út", "Afghanistan", "Ai Cập"]
    order = list(vi.values())
    assert order.index("Ấn Độ") < order.index("Ba Lan") < order.index("Bỉ") < order.index("Campuchia")
    assert order.index("Cuba") < order.index("Đan Mạch") < order.index("Ecuador")
    assert [*en.values()][:2] == ["Vietnam", "Afghanistan"]


def test_vietnamese_words_are_in_the_order_of_a_dictionary() -> None:
    words = ["an", "án", "ăn", "ân", "ba", "đa", "da", "mà", "mả", "mã", "má", "mạ", "ma", "ô", "ơ", "o"]
    assert sorted(words, key=alphabetical) == [
        "an", "án", "ăn", "ân", "ba", "da", "đa", "ma", "mà", "mả", "mã", "má", "mạ", "o", "ô", "ơ",
    ]  # fmt: skip
    assert sorted(["São", "Sao", "Curaçao"], key=alphabetical) == ["Curaçao", "Sao", "São"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("nguyễn thị đào", "Nguyễn Thị Đào"),
        ("h'hen niê", "H'Hen Niê"),
        ("ánh-tuyết", "Ánh-Tuyết"),
        ("Nguyễn Thị Đào", "Nguyễn Thị Đào"),
        ("Ludwig van Beethoven", "Ludwig van Beethoven"),
        ("LÊ VĂN AN", "LÊ VĂN AN"),
        ("", ""),
    ],
)
def test_a_name_in_small_letters_is_written_as_a_name(typed: str, written: str) -> None:
    assert as_name(typed) == written
    field = FIELDS["child.full_name"]
    sent = Sent({field.path: [typed]})
    assert value_sent(field, boxes_sent(field, sent), sent, WORDS["vi"]) == (written or None)
    people = FIELDS["benefit.relatives"]
    row = Sent({f"{people.path}-0-full_name": [typed], f"{people.path}-0-relation": ["con"]})
    (only,) = value_sent(people, boxes_sent(people, row), row, WORDS["vi"])
    assert (only["full_name"], only["relation"]) == (written, "con")


def test_nobody_is_offered_a_place_where_a_result_is_not_given_out() -> None:
    at_insurance = {path for path, each in FIELDS.items() if "at_insurance" in each.values}
    assert at_insurance == {"delivery.card", "delivery.benefit"}
