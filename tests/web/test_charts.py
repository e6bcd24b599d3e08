"""Charts are functions: what they draw is looked at without a browser."""

import json
import re
from dataclasses import replace
from time import perf_counter
from xml.etree import ElementTree

import pytest

from flow_model.case import Case
from flow_model.catalogue import catalogue
from flow_model.working_time import CALENDAR
from tests.architecture.house import ROOT
from web.case.lines import MOST_LINES, Wanted, event_lines, wanted_numbers
from web.case.messages import messages
from web.case.pictures import case_sequence
from web.charts.histogram import Lengths, histogram
from web.charts.race import LEAST, LaneText, legend_swatch, race_lane
from web.charts.spent import Spent, spent_bars
from web.charts.svg import drawing, element, lines_of
from web.formats import filters_for
from web.histories import Told, event_of
from web.race.lanes import Axis, Lane, axis_of, lane_of
from web.words import WORDS

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


@pytest.mark.parametrize(("old", "new"), [(19.97, 2.52), (20.0, 2.0), (5.99, 5.01)])
def test_a_median_lies_within_the_column_of_its_day(old: float, new: float) -> None:
    """One dossier on each path: the line stands where the only column is."""
    several = [
        Lengths(kind, kind, [0] * int(days) + [1], days)
        for kind, days in (("separate", old), ("interlinked", new))
    ]
    svg = str(histogram("x", several, "", "", NUMBER, filters_for("vi")["percent"]))
    for kind in ("separate", "interlinked"):
        column = re.search(rf'<rect class="path {kind}" x="([\d.]+)"[^>]* width="([\d.]+)"', svg)
        line = re.search(rf'<line class="median {kind}" x1="([\d.]+)"', svg)
        assert column
        assert line
        assert float(column[1]) - 1 <= float(line[1]) <= float(column[1]) + float(column[2]) + 1


@pytest.fixture(scope="module")
def lanes() -> tuple[Axis, list[Lane], list[Told]]:
    """The newborn of the demo on both paths: its two event logs, kept in histories.json."""
    told = [_told(path) for path in ("separate", "interlinked")]
    axis = axis_of(*told)
    return axis, [lane_of(each, axis) for each in told], told


def _told(path: str) -> Told:
    group = catalogue().group("birth")
    history = json.loads((ROOT / "tests" / "web" / "histories.json").read_text(encoding="utf-8"))[path]
    events = tuple(event_of(each) for each in history)
    run = {"run_id": "run", "now": history[-1]["at"], "terms": {"seed": 2026, "law": "claim-2023"}}
    declared = events[0].payload
    case = Case(
        dossier=events[0].dossier,
        group=group,
        path=path,
        law="claim-2023",
        seed=2026,
        procedures=tuple(declared["procedures"]),
        declaration=group.declaration.model_validate(declared["declaration"]),
    )
    return Told(run, history, True, case, events)


TEXT = LaneText(
    "Lane",
    "What it shows",
    dict.fromkeys(("desk", "way", "citizen", "trouble"), ""),
    lambda row: row.title_vi,
    str,
)


def test_a_lane_hatches_days_off_and_hides_what_has_not_happened(
    lanes: tuple[Axis, list[Lane], list[Told]],
) -> None:
    axis, (old, _), _ = lanes
    off = sum(not CALENDAR.is_working_day(axis.instant(day * 1440).date()) for day in range(axis.days))
    svg = str(race_lane(old, axis, 7 * 1440.0, TEXT))
    assert svg.count("url(#off-separate)") == off > 4
    curtain = re.search(r'<rect class="curtain" x="([\d.]+)%"', svg)
    line = re.search(r'<line class="now" x1="([\d.]+)%"', svg)
    assert curtain
    assert line
    assert curtain[1] == line[1], "the curtain begins at the clock"
    ended = str(race_lane(old, axis, float(axis.minutes), TEXT))
    assert re.search(r'<rect class="curtain"[^>]* width="0%"', ended)


def test_a_segment_is_as_long_as_the_time_that_it_stands_for(
    lanes: tuple[Axis, list[Lane], list[Told]],
) -> None:
    axis, (old, new), _ = lanes
    for lane in (old, new):
        drawn = re.findall(
            r'<rect class="seg \w+" x="([\d.]+)%"[^>]* width="([\d.]+)%"',
            str(race_lane(lane, axis, 0.0, TEXT)),
        )
        segments = [segment for row in lane.rows for segment in row.segments]
        assert len(drawn) == len(segments)
        for (_, width), segment in zip(drawn, segments, strict=True):
            expected = 100 * (segment.ends - segment.starts) / axis.minutes
            assert float(width) == pytest.approx(max(expected, LEAST), abs=0.001)


def test_a_lane_is_as_wide_as_its_place_and_dates_keep_apart_on_a_phone(
    lanes: tuple[Axis, list[Lane], list[Told]],
) -> None:
    axis, (old, new), _ = lanes
    for days in (axis.days, 5, 90):
        root = parsed(race_lane(new, replace(axis, days=days), 0.0, TEXT))
        assert "viewBox" not in root.attrib, "the words would shrink with the picture"
        assert root.attrib["width"] == "100%"
        dates = [each for each in root.iter("text") if each.attrib["class"] == "day"]
        assert 1 <= len(dates) <= 6
    assert len(parsed(race_lane(old, axis, 0.0, TEXT)).findall(".//text[@class='row-label']")) == 3


def test_the_legend_has_the_colours_of_both_lanes() -> None:
    assert re.findall(r'class="(seg [\w ]+)"', str(legend_swatch("desk"))) == ["seg desk old", "seg desk new"]
    assert re.findall(r'class="(seg [\w ]+)"', str(legend_swatch("way"))) == ["seg way"]


def test_costs_grow_and_end_at_what_was_measured(lanes: tuple[Axis, list[Lane], list[Told]]) -> None:
    _, (old, new), _ = lanes
    assert [cost.visits for cost in old.costs] == sorted(cost.visits for cost in old.costs)
    last = old.cost_at(old.ends)
    assert (last.visits, last.documents, last.fields) == (6, 8, 57)
    assert new.cost_at(new.ends).visits == 0
    assert old.cost_at(-1.0).fields == 0, "before the beginning nothing was asked"


def test_each_message_is_a_link_with_words(lanes: tuple[Axis, list[Lane], list[Told]]) -> None:
    _, _, (_, told) = lanes
    found = messages(told, WORDS["en"])
    root = parsed(case_sequence(WORDS["en"], told, found))
    links = root.findall("a")
    assert root.attrib["role"] == "group"
    assert [each.attrib["href"] for each in links] == [
        f"/ho-so/run/{told.case.dossier}/su-kien/{each.event}" for each in found
    ]
    assert all(each.attrib["aria-label"] for each in links)
    heights = [float(each.find("rect").attrib["height"]) for each in links]  # type: ignore[union-attr]
    assert min(heights) >= 24, "large enough to be hit"


def test_a_case_of_five_hundred_events_is_shown_within_a_second(
    lanes: tuple[Axis, list[Lane], list[Told]],
) -> None:
    _, _, (_, told) = lanes
    tried = next(each for each in told.raw if each["kind"] == "sent")
    payload = {"move": "send", "service": "residence", "next_try_at": tried["at"], "attempts": 1}
    failed = [{**tried, "kind": "attempt_failed", "payload": payload}] * 490
    raw = [
        {**each, "sequence": number}
        for number, each in enumerate([*told.raw[:2], *failed, *told.raw[2:]], start=1)
    ]
    many = replace(told, raw=raw, events=tuple(event_of(each) for each in raw))
    began = perf_counter()
    numbers = wanted_numbers(many, Wanted("can-bo", "", "", 1))
    lines = event_lines(WORDS["vi"], many, numbers[:MOST_LINES], "can-bo", [], [])
    arrows = [each for each in messages(many, WORDS["vi"]) if each.event in set(numbers[:MOST_LINES])]
    svg = case_sequence(WORDS["vi"], many, arrows)
    assert perf_counter() - began < 1.0
    assert (len(numbers), len(lines)) == (504, MOST_LINES)
    assert len(svg) < 40_000
