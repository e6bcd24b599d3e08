"""Charts are functions: what they draw is looked at without a browser."""

import re
from xml.etree import ElementTree

import pytest

from web.charts.spent import Spent, spent_bars
from web.charts.svg import drawing, element, lines_of
from web.formats import filters_for

NUMBER = filters_for("vi")["number"]


def parsed(svg: object) -> ElementTree.Element:
    return ElementTree.fromstring(str(svg))


def test_what_is_said_is_escaped_and_named() -> None:
    svg = drawing("x", 10, 20.5, "A <b>", "C & D", [element("text", "<script>", class_="a", x=1.5)])
    assert "&lt;script&gt;" in str(svg)
    root = parsed(svg)
    assert (root.attrib["viewBox"], root.attrib["role"]) == ("0 0 10 20.5", "img")
    assert root.attrib["aria-labelledby"] == "x-title x-desc"
    assert "style" not in str(svg), "the policy would refuse it"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Đăng ký khai sinh", ["Đăng ký khai sinh"]),
        ("Cấp thẻ bảo hiểm y tế cho trẻ dưới 6 tuổi", ["Cấp thẻ bảo hiểm y tế", "cho trẻ dưới 6 tuổi"]),
        (
            "một hai ba bốn năm sáu bảy tám chín mười mười một",
            ["một hai ba bốn năm sáu", "bảy tám chín mười mười…"],
        ),
    ],
)
def test_long_words_are_put_into_lines(text: str, lines: list[str]) -> None:
    assert lines_of(text, 23) == lines


def test_the_pieces_of_a_bar_are_as_long_as_the_time_they_stand_for() -> None:
    old = Spent("separate", "Đường cũ", [("work", "làm", 24.0), ("closed", "nghỉ", 72.0)])
    new = Spent("interlinked", "Mới", [("work", "làm", 48.0), ("closed", "nghỉ", 0.0)])
    svg = str(spent_bars([old, new], "Thời gian", NUMBER))
    widths = [float(each) for each in re.findall(r'<rect class="stage \w+"[^>]* width="([\d.]+)"', svg)]
    assert len(widths) == 3, "what took no time is not drawn"
    assert widths[1] == pytest.approx(3 * widths[0], abs=0.1)
    assert widths[2] == pytest.approx(2 * widths[0], abs=0.1)
    assert "Đường cũ: làm 1, nghỉ 3; Mới: làm 2, nghỉ 0" in svg, "the description says the same"
