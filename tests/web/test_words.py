"""Vietnamese first, English complete: no page says anything that one of them lacks."""

import shutil
from pathlib import Path

import pytest

from tests.web.messages import WEB, offences, said
from web.formats import clock, day, filters_for, moment
from web.words import WORDS


def test_everything_that_is_said_is_said_in_english_too() -> None:
    found = offences()
    assert not found, "\n".join(found)


def test_messages_are_found_in_templates_and_in_python() -> None:
    found = said()
    assert "Đến nội dung chính" in found, "a template"
    assert "Mở lại trang trước, kiểm tra rồi gửi lại." in found, "N_ in Python"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(WEB, tmp_path / "web", ignore=shutil.ignore_patterns("static", "__pycache__"))
    return tmp_path / "web"


@pytest.mark.parametrize(
    ("path", "text", "seen"),
    [
        ("new.py", 'from web.words import N_\nx = N_("Chưa dịch")\n', "Chưa dịch"),
        ("templates/new.html", '{{ _("Chưa dịch ở trang") }}', "Chưa dịch ở trang"),
        ("locale/en/new.po", 'msgid "Không ai nói"\nmsgstr "Nobody says this"\n', "nobody says"),
        ("locale/en/new.po", 'msgid "Quay lại"\nmsgstr "Return"\n', "another English"),
        ("locale/en/new.po", 'msgid "Quay lại"\nmsgstr ""\n', "nothing for"),
        ("locale/en/new.po", 'msgid "Có %(n)s tờ"\nmsgstr "There are papers"\n', "other values"),
    ],
)
def test_an_offence_is_seen(copied: Path, path: str, text: str, seen: str) -> None:
    assert offences(copied) == []
    (copied / path).write_text(text, encoding="utf-8")
    assert any(seen in each for each in offences(copied))


def test_words_are_said_in_the_language_of_the_visitor() -> None:
    assert WORDS["vi"].say("Quay lại") == "Quay lại"
    assert WORDS["en"].say("Quay lại") == "Back"
    assert WORDS["en"].of({"title_vi": "Khai sinh", "title_en": "Birth"}, "title") == "Birth"
    assert WORDS["en"].of({"title_vi": "Khai sinh"}, "title") == "Khai sinh", "better than nothing"


def test_dates_are_day_month_year_in_both_languages() -> None:
    assert day("2026-10-05") == day("2026-10-05T09:24:00+07:00") == "05/10/2026"
    assert moment("2026-10-05T02:24:00+00:00") == "09:24 05/10/2026", "Vietnam's own time"
    assert (clock(None), day(None)) == ("–", "–")


def test_numbers_are_written_as_each_language_has_them() -> None:
    vi, en = filters_for("vi"), filters_for("en")
    assert (vi["number"](14900000), en["number"](14900000)) == ("14.900.000", "14,900,000")
    assert (vi["number"](27.986), en["number"](27.986)) == ("27,99", "27.99")
    assert (vi["percent"](0.943, 1), en["percent"](0.943, 1)) == ("94,3%", "94.3%")
    assert (vi["number"](None), vi["money"](18_000_000)) == ("–", "18.000.000 đ")
    assert vi["weekday"]("2026-10-05") == "Thứ Hai"
