"""The report is one file that stands by itself, says everything, and believes nothing that a story says."""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from lxml import html

from flow_model.catalogue import catalogue
from scenarios.coverage import coverage, unreached
from scenarios.report import report_html
from scenarios.verdict import Failure, Played, Reached
from tests.scenarios.written import CANCELLED, FAILED, PASSED, PLAYS, TIMED_OUT, played

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"


def written(
    plays: Sequence[Played], name: str = "Thư viện", command: str = "python3 run.py play --all"
) -> str:
    return report_html(plays, coverage(plays, catalogue()), name=name, command=command)


def page(plays: Sequence[Played], **more: str) -> Any:
    return html.document_fromstring(written(plays, **more))


def said(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_every_failure_stands_open_with_expected_actual_nearest_and_its_command() -> None:
    (card,) = page([PASSED, FAILED]).xpath("//article")
    assert card.xpath(".//dd[@class='expected']/text()") == ["granted", "exactly 2 visits"]
    assert card.xpath(".//dd[@class='actual']/text()") == ["rejected", "3 visits"]
    assert card.xpath(".//dd[@class='nearest']/text()") == ["granted at round 1"]
    assert card.xpath(".//code/text()") == [FAILED.command]
    assert "Nộp muộn Declared late" in said(card)


def test_a_story_that_never_ended_names_its_last_event_and_why() -> None:
    (card,) = page([TIMED_OUT]).xpath("//article")
    assert TIMED_OUT.error in said(card)
    assert "sent residence_deregistration" in said(card)


def test_the_figures_count_each_verdict_and_the_bar_tells_the_same_in_words() -> None:
    document = page(PLAYS)
    figures = {
        said(each.xpath("./span")[0]): each.xpath("string(./b)") for each in document.xpath("//ul/li[b]")
    }
    assert figures == {
        "passed": "1",
        "failed": "1",
        "timed out": "1",
        "error": "1",
        "cancelled": "1",
        "scenarios": "5",
        "seconds": "61,75",
    }
    (bar,) = document.xpath("//*[@role='img']")
    assert bar.get("aria-label") == "Đạt: 1, Trượt: 1, Quá giờ: 1, Lỗi: 1, Đã hủy: 1"
    widths = [float(re.findall(r"[\d.]+", each.get("style"))[0]) for each in bar]
    assert sum(widths) == pytest.approx(100)


def test_every_play_has_a_row_with_what_was_told_and_how_to_play_it_again() -> None:
    rows = page(PLAYS).xpath("//table[@id='plays']/tbody/tr")
    assert [row.get("data-verdict") for row in rows] == [play.verdict for play in PLAYS]
    first = said(rows[0])
    for words in (
        "grandparents",
        "Ông bà là chủ hộ",
        "02/03/2026 08:00",
        "Người mẹ khai sinh",
        PASSED.command,
        "0,25",
    ):
        assert words in first


def test_a_failed_row_leads_to_its_card_even_when_one_story_was_played_twice() -> None:
    document = page([FAILED, PASSED, FAILED])
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    links = [link[1:] for link in document.xpath("//a/@href")]
    assert len(links) > 5
    assert set(links) <= set(ids)


def test_the_coverage_shows_every_procedure_and_everything_that_none_reached() -> None:
    covered = coverage(PLAYS, catalogue())
    text = said(page(PLAYS).xpath("//section[@aria-labelledby='coverage']")[0])
    for name in dict.fromkeys(procedure for procedure, _ in covered.states):
        assert covered.title(name)[0] in text
    for thing in (*unreached(covered.faults), *unreached(covered.reported), *unreached(covered.articles)):
        assert " ".join(thing.split()) in text


@pytest.mark.parametrize("plays", [(), (PASSED,), (CANCELLED,), PLAYS])
def test_it_refers_to_nothing_outside_of_itself(plays: Sequence[Played]) -> None:
    text = written(plays)
    assert not re.search(r"https?:|//[a-z0-9-]+\.[a-z]|url\(|@import|\bdata:", text)
    document = page(plays)
    assert document.xpath("//*[@src] | //link | //iframe | //object") == []
    assert all(address.startswith("#") for address in document.xpath("//@href"))


def test_it_is_marked_as_a_simulation_and_in_vietnamese_with_english_beside_it() -> None:
    document = page(PLAYS)
    assert document.get("lang") == "vi"
    assert "MÔ PHỎNG" in said(document.xpath("//header")[0])
    assert "MÔ PHỎNG" in document.xpath("string(//title)")
    assert len(document.xpath("//*[@lang='en']")) > 20


def test_what_a_story_says_is_text_and_never_markup() -> None:
    play = Played(
        scenario=HOSTILE,
        title_vi=HOSTILE,
        title_en=HOSTILE,
        file=HOSTILE,
        seed=1,
        verdict="failed",
        command=HOSTILE,
        failures=(Failure(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        last_event=HOSTILE,
        dossiers={HOSTILE: HOSTILE},
        told=((HOSTILE, HOSTILE, HOSTILE),),
        reached=Reached(
            states=((HOSTILE, "granted"),),
            faults=(HOSTILE,),
            checks=((HOSTILE, HOSTILE),),
            articles=(HOSTILE,),
            paths=((HOSTILE, "separate", "granted"),),
            reported=(HOSTILE,),
        ),
        error=HOSTILE,
    )
    document = page([play], name=HOSTILE, command=HOSTILE)
    assert len(document.xpath("//script")) == 1
    assert document.xpath("//img | //@onerror") == []
    assert document.xpath("//code/text()") == [HOSTILE] * 3
    assert "49" not in said(document.xpath("//article")[0])


def test_its_one_script_is_the_one_that_the_page_allows() -> None:
    document = page(PLAYS)
    (script,) = document.xpath("//script/text()")
    (policy,) = document.xpath("//meta[@http-equiv]/@content")
    assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")


def test_without_javascript_nothing_is_hidden_but_the_filter_that_needs_it() -> None:
    assert [each.tag for each in page(PLAYS).xpath("//*[@hidden]")] == ["form"]


def test_headings_follow_each_other_and_every_table_that_may_be_wide_can_be_scrolled_by_key() -> None:
    document = page(PLAYS)
    levels = [int(each.tag[1]) for each in document.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for region in document.xpath("//div[@class='scroll']"):
        assert (region.get("role"), region.get("tabindex")) == ("region", "0")
        assert region.get("aria-label")


def test_a_report_without_plays_is_a_report_too() -> None:
    document = page([])
    assert document.xpath("//article") == []
    assert "0" in document.xpath("//ul/li/b/text()")


def test_an_instant_that_cannot_be_read_is_shown_as_it_is() -> None:
    assert "hôm sau" in written([played(told=(("hôm sau", "a", "b"),))])
